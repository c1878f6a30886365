/**
 * The JupyterLab extension: conda environments as kernels.
 */

import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  MainAreaWidget,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { FileDialog, IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { Contents } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';

import { environmentIcon } from './components/icons';
import { EnvModel, SpecDraft } from './model';
import {
  addCommands,
  CommandIDs,
  Controller,
  notifyEnd,
  Sidebar,
  SIDEBAR_ID,
  Workspace,
  WORKSPACE_ID
} from './panel';
import { RestAPI } from './restapi';

const PLUGIN_ID = 'jupyter-envkernels:plugin';

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Conda environments as Jupyter kernels: create, clone, delete.',
  autoStart: true,
  requires: [IEditorServices],
  optional: [
    ITranslator,
    ISettingRegistry,
    IStateDB,
    ICommandPalette,
    ILauncher,
    IDefaultFileBrowser,
    ILayoutRestorer
  ],
  activate: (
    app: JupyterFrontEnd,
    editorServices: IEditorServices,
    maybeTranslator: ITranslator | null,
    settings: ISettingRegistry | null,
    state: IStateDB | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    browser: IDefaultFileBrowser | null,
    restorer: ILayoutRestorer | null
  ) => {
    const { commands, serviceManager, shell } = app;
    const translator = maybeTranslator ?? nullTranslator;
    const trans = translator.load('jupyter_envkernels');

    const model = new EnvModel({
      api: new RestAPI(serviceManager.serverSettings),
      bus: serviceManager.events.stream,
      kernelspecs: serviceManager.kernelspecs
    });
    const draft = new SpecDraft({
      check: source => model.checkSpec(source),
      state
    });
    const tracker = new WidgetTracker<MainAreaWidget<Workspace>>({
      namespace: 'jupyter-envkernels'
    });

    const controller = new Controller({
      model,
      draft,
      commands,
      trans,
      currentTab,
      openTab,
      readFile: path => readText(serviceManager.contents, path)
    });

    function currentTab(): Workspace | null {
      return tracker.currentWidget?.content ?? null;
    }

    function openTab(): Workspace {
      // The tracker and the shell own the tab.
      // eslint-disable-next-line jupyter/require-disposable-transfer
      const { content, id } = tracker.find(() => true) ?? createTab();
      shell.activateById(id);
      return content;
    }

    function createTab(): MainAreaWidget<Workspace> {
      const content = new Workspace({
        editor: {
          draft,
          editorServices,
          trans,
          browse: browser && (() => void browse(browser)),
          open: controller.open,
          start: controller.create
        },
        job: { model, trans, actions: controller.jobActions }
      });
      const tab = new MainAreaWidget({ content });
      tab.id = WORKSPACE_ID;
      tab.toolbar.hide();
      content.changed.connect(() => void tracker.save(tab));
      void tracker.add(tab);
      shell.add(tab, 'main');
      return tab;
    }

    async function browse({ model }: IDefaultFileBrowser): Promise<void> {
      const { value } = await FileDialog.getOpenFiles({
        manager: model.manager,
        translator,
        title: trans.__('Open a Spec'),
        filter: ({ name, type }) =>
          type === 'directory' || /\.ya?ml$/i.test(name) ? {} : null
      });
      const file = value?.find(({ type }) => type !== 'directory');
      if (file) {
        await controller.openFile(file.path);
      }
    }

    const panel = new Sidebar({ model, translator, actions: controller });
    shell.add(panel, 'left', { rank: 900, type: 'Environments' });
    restorer?.add(panel, panel.id);

    addCommands(commands, {
      controller,
      trans,
      showPanel: () => shell.activateById(SIDEBAR_ID),
      currentTab,
      chosenPath: () => browser?.selectedItems().next().value?.path ?? null,
      folder: () => browser?.model.path ?? ''
    });
    addEntries(palette, launcher, trans);
    addFileType(app, trans);

    void restorer?.restore(tracker, {
      command: CommandIDs.newEnvironment,
      args: ({ content }) => ({ job: content.jobId }),
      name: () => WORKSPACE_ID
    });
    followEnds(settings, model, controller, trans);
    void draft.restore();
    void model.start();
  }
};

async function readText(
  contents: Contents.IManager,
  path: string
): Promise<string> {
  const options = { content: true, type: 'file', format: 'text' } as const;
  const { content } = await contents.get(path, options);
  return String(content);
}

function addEntries(
  palette: ICommandPalette | null,
  launcher: ILauncher | null,
  trans: TranslationBundle
): void {
  const category = trans.__('Environments');
  const { create, newEnvironment, open, refresh } = CommandIDs;
  for (const command of [open, newEnvironment, create, refresh]) {
    palette?.addItem({ command, category, args: { isPalette: true } });
  }
  launcher?.add({
    command: newEnvironment,
    category: trans.__('Other'),
    rank: 5
  });
}

/** Files named environment*.yml get an icon and an entry in the file browser's context menu (see the schema). */
function addFileType(app: JupyterFrontEnd, trans: TranslationBundle): void {
  app.docRegistry.addFileType({
    name: 'conda-environment',
    displayName: trans.__('Conda Environment'),
    pattern: '^environment.*\\.ya?ml$',
    extensions: [],
    mimeTypes: ['text/x-yaml'],
    icon: environmentIcon
  });
}

/** Tell of jobs that have ended, as long as the settings want it. */
function followEnds(
  settings: ISettingRegistry | null,
  model: EnvModel,
  controller: Controller,
  trans: TranslationBundle
): void {
  let isWanted = true;
  model.jobEnded.connect((_, job) => {
    if (isWanted) {
      notifyEnd(job, controller, trans);
    }
  });
  settings
    ?.load(PLUGIN_ID)
    .then(loaded => {
      const update = () => {
        isWanted = loaded.get('notify').composite as boolean;
      };
      update();
      loaded.changed.connect(update);
    })
    .catch(reason => console.error('The settings were not read.', reason));
}

export default plugin;
