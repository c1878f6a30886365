/**
 * The commands of the extension.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, refreshIcon } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';

import { ENVIRONMENT_PAGES } from '../components/environment/environmentheader';
import { environmentIcon } from '../components/icons';
import { Controller } from './controller';
import { OPEN_NOTEBOOK } from './environmentmenu';
import { toRoute } from './routes';
import { Workspace } from './workspace';

/** The ids of the commands. */
export namespace CommandIDs {
  /** Show the panel. */
  export const open = 'envkernels:open';
  /** Show a route in its tab. */
  export const show = 'envkernels:show';
  /** Open the spec editor, with the file at `path` if given. */
  export const newEnvironment = 'envkernels:new';
  /** Create or update the environment of the current spec editor. */
  export const create = 'envkernels:create';
  /** Open the spec editor with the file selected in the file browser. */
  export const createFromFile = 'envkernels:create-from-file';
  /** Read environments and kernelspecs again. */
  export const refresh = 'envkernels:refresh';
  /** Open a notebook with a kernel. */
  export const openNotebook = OPEN_NOTEBOOK;
}

interface ICommandOptions {
  controller: Controller;
  trans: TranslationBundle;
  showPanel: () => void;
  /** The tab that was used last; null if there is none. */
  currentTab: () => Workspace | null;
  /** The path of the file selected in the file browser; null if there is none. */
  chosenPath: () => string | null;
  /** The folder that the file browser shows. */
  folder: () => string;
}

const NO_ARGUMENTS = { args: { type: 'object', properties: {} } } as const;

/** Register the commands. */
export function addCommands(
  commands: CommandRegistry,
  options: ICommandOptions
): void {
  addPanelCommands(commands, options);
  addSpecCommands(commands, options);
  const { folder, trans } = options;
  commands.addCommand(CommandIDs.openNotebook, {
    label: args => (args['label'] as string) ?? trans.__('Open a Notebook'),
    describedBy: {
      args: {
        type: 'object',
        required: ['kernelName'],
        properties: {
          kernelName: {
            type: 'string',
            description: trans.__('The name of the kernelspec')
          },
          label: {
            type: 'string',
            description: trans.__('The label in a menu')
          }
        }
      }
    },
    execute: args =>
      commands.execute('notebook:create-new', {
        kernelName: args['kernelName'],
        cwd: folder()
      })
  });
}

function addPanelCommands(
  commands: CommandRegistry,
  { controller, showPanel, trans }: ICommandOptions
): void {
  commands.addCommand(CommandIDs.open, {
    label: trans.__('Show Environments'),
    icon: args => (args['isPalette'] ? undefined : environmentIcon),
    describedBy: NO_ARGUMENTS,
    execute: showPanel
  });
  commands.addCommand(CommandIDs.show, {
    label: trans.__('Show an Environment or a Job'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          page: {
            enum: ['spec', 'job', ...ENVIRONMENT_PAGES],
            description: trans.__('What to show')
          },
          draft: { type: 'string', description: trans.__('The id of a draft') },
          job: { type: 'string', description: trans.__('The id of a job') },
          environment: {
            type: 'string',
            description: trans.__('The id of an environment')
          }
        }
      }
    },
    execute: args => {
      const route = toRoute(args);
      if (route) {
        controller.show(route);
      } else {
        controller.newEnvironment();
      }
    }
  });
  commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Refresh Environments'),
    icon: args => (args['isPalette'] ? undefined : refreshIcon),
    describedBy: NO_ARGUMENTS,
    execute: () => controller.refresh()
  });
}

function addSpecCommands(
  commands: CommandRegistry,
  { chosenPath, controller, currentTab, trans }: ICommandOptions
): void {
  commands.addCommand(CommandIDs.newEnvironment, {
    label: args =>
      args['isMenu'] ? trans.__('Environment…') : trans.__('New Environment'),
    caption: trans.__('Create a conda environment with a kernel'),
    icon: args => (args['isPalette'] ? undefined : environmentIcon),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: {
            type: 'string',
            description: trans.__('The path of an environment.yml')
          }
        }
      }
    },
    execute: ({ path }) =>
      typeof path === 'string'
        ? controller.openFile(path)
        : controller.newEnvironment()
  });
  commands.addCommand(CommandIDs.createFromFile, {
    label: trans.__('Create Environment…'),
    caption: trans.__('Create a conda environment from this file'),
    icon: addIcon,
    isVisible: () => chosenPath() !== null,
    describedBy: NO_ARGUMENTS,
    execute: () => controller.openFile(chosenPath()!)
  });
  commands.addCommand(CommandIDs.create, {
    label: trans.__('Create or Update Environment from the Spec Editor'),
    isEnabled: () => (currentTab()?.editor ?? null) !== null,
    describedBy: NO_ARGUMENTS,
    execute: () => currentTab()?.editor?.apply()
  });
}
