/**
 * Entries of the launcher and the command palette, and the file type of specs.
 */

import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { environmentIcon } from '../components/icons';
import { CommandIDs } from '../panel';
import { IEnvController } from '../tokens';

/** Adds the commands to the command palette. */
export const palette: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-envkernels:palette',
  description: 'Adds the commands for environments to the command palette.',
  autoStart: true,
  requires: [IEnvController],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    _: IEnvController,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_envkernels');
    const category = trans.__('Environments');
    const { create, newEnvironment, open, refresh } = CommandIDs;
    for (const command of [open, newEnvironment, create, refresh]) {
      palette?.addItem({ command, category, args: { isPalette: true } });
    }
  }
};

/** Adds an entry for a new environment to the launcher. */
export const launcher: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-envkernels:launcher',
  description: 'Adds an entry for a new environment to the launcher.',
  autoStart: true,
  requires: [IEnvController],
  optional: [ILauncher, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    _: IEnvController,
    launcher: ILauncher | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_envkernels');
    launcher?.add({
      command: CommandIDs.newEnvironment,
      category: trans.__('Other'),
      rank: 5
    });
  }
};

/** Gives files named environment*.yml an icon, and the context menu of the schema. */
export const fileType: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-envkernels:file-type',
  description: 'Adds the file type of environment.yml.',
  autoStart: true,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load('jupyter_envkernels');
    app.docRegistry.addFileType({
      name: 'conda-environment',
      displayName: trans.__('Conda Environment'),
      pattern: '^environment.*\\.ya?ml$',
      extensions: [],
      mimeTypes: ['text/x-yaml'],
      icon: environmentIcon
    });
  }
};
