/**
 * The commands and the menu of one environment.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import {
  ReadonlyJSONObject,
  ReadonlyPartialJSONObject
} from '@lumino/coreutils';
import { Menu } from '@lumino/widgets';

import { formatName } from '../components/environment/exportview';
import {
  canHaveKernel,
  usableKernels,
  whyKept,
  whyNotTrusted
} from '../components/permissions';
import { EnvModel } from '../model';
import {
  EXPORT_FORMATS,
  ExportFormat,
  IEnvironment,
  JobRequest
} from '../types';
import { askNewName } from './dialogs';
import { Route } from './routes';

/** The command that opens a notebook; its arguments are `kernelName` and `label`. */
export const OPEN_NOTEBOOK = 'envkernels:open-notebook';

/** The ids of the commands; each takes the `environment` by its id. */
export namespace EnvironmentCommandIDs {
  /** Show its page. */
  export const open = 'envkernels:open-environment';
  /** Show its packages, add some and remove some. */
  export const packages = 'envkernels:packages';
  /** Update it from a spec. */
  export const update = 'envkernels:update';
  /** Show its revisions, to roll back. */
  export const history = 'envkernels:history';
  /** Export it in `format`. */
  export const exportAs = 'envkernels:export';
  /** Add a kernel. */
  export const addKernel = 'envkernels:add-kernel';
  /** Clone it. */
  export const clone = 'envkernels:clone';
  /** Rename it. */
  export const rename = 'envkernels:rename';
  /** Delete it. */
  export const remove = 'envkernels:remove';
  /** Remove it from conda's list, if its folder is gone. */
  export const unlist = 'envkernels:remove-from-list';
}

interface ICommandOptions {
  environments: EnvModel;
  trans: TranslationBundle;
  actions: {
    show: (route: Route) => void;
    showEnvironment: (environment: IEnvironment) => void;
    exportAs: (environment: IEnvironment, format: ExportFormat) => void;
    addKernel: (environment: IEnvironment) => void;
    clone: (environment: IEnvironment) => void;
    remove: (environment: IEnvironment) => void;
    unlist: (environment: IEnvironment) => void;
    start: (request: JobRequest) => void;
  };
}

/** Register the commands. */
export function addEnvironmentCommands(
  commands: CommandRegistry,
  { actions, environments, trans }: ICommandOptions
): void {
  const {
    addKernel,
    clone,
    exportAs,
    history,
    open,
    packages,
    remove,
    rename,
    unlist,
    update
  } = EnvironmentCommandIDs;
  const find = (args: ReadonlyPartialJSONObject) =>
    environments.get(String(args['environment']));
  const isChangeable = (environment: IEnvironment) =>
    whyKept(environment, trans) === null;
  const isTrusted = (environment: IEnvironment) =>
    whyNotTrusted(environment, trans) === null;

  const add = (
    id: string,
    label: string,
    execute: (environment: IEnvironment) => void | Promise<void>,
    isEnabled: (environment: IEnvironment) => boolean = () => true
  ) =>
    commands.addCommand(id, {
      label,
      describedBy: { args: describeArgs(trans) },
      isEnabled: args => {
        const environment = find(args);
        return environment !== undefined && isEnabled(environment);
      },
      execute: args => execute(find(args)!)
    });

  add(open, trans.__('Open'), actions.showEnvironment);
  add(packages, trans.__('Add or Remove Packages…'), ({ id }) =>
    actions.show({ page: 'packages', environment: id })
  );
  add(
    update,
    trans.__('Update from a File or Spec…'),
    ({ id }) => actions.show({ page: 'update', environment: id }),
    environment => isChangeable(environment) && isTrusted(environment)
  );
  add(history, trans.__('History…'), ({ id }) =>
    actions.show({ page: 'history', environment: id })
  );
  add(addKernel, trans.__('Add Kernel'), actions.addKernel, environment =>
    canHaveKernel(environment, trans)
  );
  add(clone, trans.__('Clone…'), actions.clone, isTrusted);
  add(
    rename,
    trans.__('Rename…'),
    async environment => {
      const taken = (environments.all ?? []).map(({ name }) => name);
      const name = await askNewName(environment, taken, trans);
      if (name !== null) {
        actions.start({ kind: 'rename', environment: environment.id, name });
      }
    },
    environment => isChangeable(environment) && isTrusted(environment)
  );
  add(remove, trans.__('Delete…'), actions.remove, isChangeable);
  add(unlist, trans.__('Remove from List'), actions.unlist, isGone);
  commands.addCommand(exportAs, {
    label: args => formatName(toFormat(args), trans),
    describedBy: { args: describeArgs(trans) },
    isEnabled: args => find(args) !== undefined,
    execute: args => actions.exportAs(find(args)!, toFormat(args))
  });
}

function isGone({ problem }: IEnvironment): boolean {
  return problem?.code === 'gone';
}

function toFormat(args: ReadonlyPartialJSONObject): ExportFormat {
  return EXPORT_FORMATS.find(one => one === args['format']) ?? 'yaml';
}

function describeArgs(trans: TranslationBundle): ReadonlyJSONObject {
  return {
    type: 'object',
    required: ['environment'],
    properties: {
      environment: {
        type: 'string',
        description: trans.__('The id of the environment')
      },
      format: {
        enum: [...EXPORT_FORMATS],
        description: trans.__('The export format')
      }
    }
  };
}

interface IMenuOptions {
  commands: CommandRegistry;
  environment: IEnvironment;
  /** Where the focus returns to. */
  anchor: HTMLElement;
  position: { x: number; y: number };
  trans: TranslationBundle;
}

/** Open the menu of an environment. */
export function openEnvironmentMenu(options: IMenuOptions): void {
  const { anchor, commands, position } = options;
  const menu = new MenuSvg({ commands });
  menu.addClass('jp-EnvKernels-menu');
  if (isGone(options.environment)) {
    const args = { environment: options.environment.id };
    menu.addItem({ command: EnvironmentCommandIDs.unlist, args });
  } else {
    fill(menu, options);
  }
  menu.aboutToClose.connect(() => {
    anchor.focus();
    requestAnimationFrame(() => menu.dispose());
  });
  menu.open(position.x, position.y);
}

function fill(menu: Menu, options: IMenuOptions): void {
  const { commands, environment, trans } = options;
  const {
    addKernel,
    clone,
    exportAs,
    history,
    open,
    packages,
    remove,
    rename,
    update
  } = EnvironmentCommandIDs;
  const args = { environment: environment.id };
  const exports = new MenuSvg({ commands });
  exports.title.label = trans.__('Export');
  for (const format of EXPORT_FORMATS) {
    exports.addItem({ command: exportAs, args: { ...args, format } });
  }
  menu.addItem({ command: open, args });
  notebookItems(environment, trans).forEach(item => menu.addItem(item));
  if (!usableKernels(environment).length) {
    menu.addItem({ command: addKernel, args });
  }
  menu.addItem({ type: 'separator' });
  for (const command of [packages, update, history]) {
    menu.addItem({ command, args });
  }
  menu.addItem({ type: 'separator' });
  menu.addItem({ command: clone, args });
  menu.addItem({ command: rename, args });
  menu.addItem({ type: 'submenu', submenu: exports });
  menu.addItem({ type: 'separator' });
  menu.addItem({ command: remove, args });
}

/** Return an item for each kernel that opens a notebook with it. */
function notebookItems(
  environment: IEnvironment,
  trans: TranslationBundle
): Menu.IItemOptions[] {
  const kernels = usableKernels(environment);
  return kernels.map(({ display_name, id }) => ({
    command: OPEN_NOTEBOOK,
    args: {
      kernelName: id,
      label:
        kernels.length === 1
          ? trans.__('Open a Notebook')
          : trans.__('Open a Notebook: %1', display_name)
    }
  }));
}
