import { JupyterFrontEndPlugin } from '@jupyterlab/application';

/** The panel; the commands follow with the next commits. */
const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-envkernels:plugin',
  description: 'Conda environments as Jupyter kernels.',
  autoStart: true,
  activate: () => undefined
};

export default plugin;
