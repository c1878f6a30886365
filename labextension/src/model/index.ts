export * from './attempt';
export * from './draft';
export * from './edits';
export * from './environments';
export * from './jobs';
export * from './loadable';
export * from './packageedit';
export * from './updatedraft';
