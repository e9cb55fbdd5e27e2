// JupyterLab's test environment takes fetch and Request from Node. They accept Node's own abort
// signals only, and jsdom brings others.
const JupyterLabEnvironment =
  require('@jupyterlab/testing/lib/jest-env').default;

module.exports = class extends JupyterLabEnvironment {
  constructor(...options) {
    super(...options);
    this.global.AbortController = AbortController;
    this.global.AbortSignal = AbortSignal;
  }
};
