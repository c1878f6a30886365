/**
 * What the server says and takes, as described by `rest-api.yml`.
 */

export * from './environment';
export * from './job';
export * from './plan';
export * from './problem';
export * from './request';
export * from './settings';
export * from './spec';
