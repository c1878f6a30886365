/**
 * The list of environments in the left area.
 */

import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { Sidebar } from '../panel';
import { IEnvController, IEnvKernels } from '../tokens';

/** Lists the environments in the left area. */
export const sidebar: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-envkernels:sidebar',
  description: 'Lists the environments in the left area.',
  autoStart: true,
  requires: [IEnvKernels, IEnvController],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    envKernels: IEnvKernels,
    controller: IEnvController,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ) => {
    const { environments, jobs, sessions, settings } = envKernels;
    const panel = new Sidebar({
      environments,
      jobs,
      sessions,
      settings,
      translator: translator ?? nullTranslator,
      actions: controller
    });
    app.shell.add(panel, 'left', { rank: 900, type: 'Environments' });
    restorer?.add(panel, panel.id);
    // JupyterLab restores sizes too, but does not save them when the split is moved.
    void app.restored.then(() => panel.restoreSizes());
  }
};
