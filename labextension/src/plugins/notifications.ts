/**
 * Notifications about jobs that have ended.
 */

import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { Notifier } from '../panel';
import { IEnvController, IEnvKernels } from '../tokens';
import { workspace } from './workspace';

/** Shows notifications about jobs that have ended, unless disabled in the settings. */
export const notifications: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-envkernels:notifications',
  description:
    'Shows notifications when environments are ready or could not be created.',
  autoStart: true,
  requires: [IEnvKernels, IEnvController],
  optional: [ITranslator, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    envKernels: IEnvKernels,
    controller: IEnvController,
    translator: ITranslator | null,
    settings: ISettingRegistry | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_envkernels');
    const notifier = new Notifier(controller, trans);
    let isWanted = true;
    envKernels.jobs.ended.connect((_, job) => {
      if (isWanted) {
        notifier.notify(job);
      }
    });
    envKernels.jobs.stateChanged.connect(({ all }) => notifier.dismiss(all));
    settings
      ?.load(workspace.id)
      .then(loaded => {
        const update = () => {
          isWanted = loaded.get('notify').composite as boolean;
        };
        update();
        loaded.changed.connect(update);
      })
      .catch(reason => console.error('Failed to read the settings.', reason));
  }
};
