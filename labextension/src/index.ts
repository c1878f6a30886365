/**
 * The JupyterLab extension: conda environments as kernels. Each plugin can be disabled on its own.
 */

import { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { fileType, launcher, palette } from './plugins/entries';
import { models } from './plugins/models';
import { notifications } from './plugins/notifications';
import { sidebar } from './plugins/sidebar';
import { workspace } from './plugins/workspace';

export * from './tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  models,
  workspace,
  sidebar,
  palette,
  launcher,
  fileType,
  notifications
];

export default plugins;
