const jestJupyterLab = require('@jupyterlab/testutils/lib/jest-config');

// Packages that are published as ES modules only.
const ES_MODULES = [
  '@codemirror',
  '@jupyter/',
  '@jupyterlab/',
  '@marijn',
  '@microsoft/',
  '@rjsf/',
  'exenv-es6',
  'lib0',
  'marked',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
];

const base = jestJupyterLab(__dirname);

module.exports = {
  ...base,
  automock: false,
  collectCoverageFrom: ['src/**/*.{ts,tsx}', '!src/__tests__/**'],
  coverageReporters: ['text'],
  reporters: ['default'],
  testRegex: 'src/__tests__/.*\\.spec\\.tsx?$',
  transformIgnorePatterns: [`/node_modules/(?!${ES_MODULES.join('|')}).+`]
};
