export * from './commands';
export * from './controller';
export * from './notify';
export * from './sidebar';
export * from './workspace';
