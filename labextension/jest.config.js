const jupyterlab = require('@jupyterlab/testing/lib/jest-config');

// Packages that come as ES modules, which Jest has to translate.
const modules = [
  '@codemirror',
  '@jupyter/react-components',
  '@jupyter/web-components',
  '@jupyter/ydoc',
  '@jupyterlab/',
  '@marijn',
  '@microsoft',
  'exenv-es6',
  'lib0',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

module.exports = {
  ...jupyterlab(__dirname),
  automock: false,
  collectCoverageFrom: ['src/**/*.{ts,tsx}', '!src/**/*.d.ts'],
  coverageReporters: ['lcov', 'text'],
  reporters: ['default'],
  testEnvironment: '<rootDir>/jest-environment.js',
  setupFilesAfterEnv: ['<rootDir>/jest-setup.js'],
  testRegex: 'src/__tests__/.*\\.spec\\.tsx?$',
  // A limit for what hangs, not for a slow machine.
  testTimeout: 120_000,
  transformIgnorePatterns: [`/node_modules/(?!${modules}).+`]
};
