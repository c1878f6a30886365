export * from './draft';
export * from './environments';
