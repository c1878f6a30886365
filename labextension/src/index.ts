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
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';

import { environmentIcon } from './components/icons';
import {
  UpdateDrafts,
  EnvModel,
  JobModel,
  AsyncValue,
  SpecCheck,
  SpecDraft
} from './model';
import {
  addCommands,
  addEnvironmentCommands,
  CommandIDs,
  Controller,
  EnvironmentView,
  notifyEnd,
  Route,
  readText,
  saveNew,
  showExport,
  Sidebar,
  SIDEBAR_ID,
  SpecEditor,
  Workspace,
  WORKSPACE_ID
} from './panel';
import { RestAPI } from './restapi';

const PLUGIN_ID = 'jupyter-envkernels:plugin';

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description:
    'Conda environments as Jupyter kernels: create, change, clone, delete.',
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

    const { contents, events, kernelspecs, sessions } = serviceManager;
    const api = new RestAPI(serviceManager.serverSettings);
    const jobs = new JobModel({ api, bus: events.stream });
    const environments = new EnvModel({
      api,
      bus: events.stream,
      jobs,
      kernelspecs
    });
    const check: SpecCheck.Check = (source, withChannels) =>
      api.checkSpec(source, withChannels);
    const draft = new SpecDraft({ check, state });
    const templates = new AsyncValue(() => api.listTemplates());
    const settingsOfServer = new AsyncValue(() => api.getSettings());
    environments.stateChanged.connect(() => void settingsOfServer.load());
    const edits = new UpdateDrafts({ jobs, draft: { check } });
    const tracker = new WidgetTracker<MainAreaWidget<Workspace>>({
      namespace: 'jupyter-envkernels'
    });

    const controller = new Controller({
      environments,
      jobs,
      draft,
      draftOf,
      commands,
      trans,
      currentTab,
      openTab,
      readFile: path => readText(contents, path),
      notebooksOf: ({ kernels }) =>
        [...sessions.running()]
          .filter(one => kernels.some(({ id }) => id === one.kernel?.name))
          .map(({ path }) => path)
    });

    function draftOf(route: Route): SpecDraft | null {
      if (route.page === 'spec') {
        return draft;
      }
      const environment =
        route.page === 'update' && environments.get(route.environment);
      return environment ? edits.of(environment).draft : null;
    }

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
        draft,
        environments,
        jobs,
        trans,
        job: {
          api,
          environments,
          jobs,
          trans,
          actions: controller.starter.actions
        },
        editor: createEditor,
        view: environment =>
          new EnvironmentView(environment, {
            api,
            edits,
            environments,
            jobs,
            trans,
            editor: createEditor,
            plan: controller.plan,
            show: controller.show
          })
      });
      const tab = new MainAreaWidget({ content });
      tab.id = WORKSPACE_ID;
      tab.toolbar.hide();
      content.changed.connect(() => void tracker.save(tab));
      void tracker.add(tab);
      shell.add(tab, 'main');
      return tab;
    }

    function createEditor(spec: SpecDraft, origin: Route): SpecEditor {
      return new SpecEditor({
        draft: spec,
        templates: spec === draft ? templates : null,
        settings: spec === draft ? settingsOfServer : null,
        begin: text => controller.begin(spec, text),
        editorServices,
        jobs,
        trans,
        browse: browser && (() => void browse(browser, spec)),
        open: (text, path) => controller.open(spec, text, path),
        apply: () => controller.apply(spec, origin),
        preview: () => controller.preview(spec, origin),
        showJob: controller.showJob
      });
    }

    async function browse(
      { model }: IDefaultFileBrowser,
      spec: SpecDraft
    ): Promise<void> {
      const { value } = await FileDialog.getOpenFiles({
        manager: model.manager,
        translator,
        title: trans.__('Open a Spec'),
        filter: ({ name, type }) =>
          type === 'directory' || /\.(ya?ml|lock|txt)$/i.test(name) ? {} : null
      });
      const file = value?.find(({ type }) => type !== 'directory');
      if (file) {
        await controller.openFile(file.path, spec);
      }
    }

    const panel = new Sidebar({
      environments,
      jobs,
      settings: settingsOfServer,
      translator,
      actions: controller
    });
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
    const saveFile =
      browser &&
      ((name: string, text: string) =>
        saveNew(contents, browser.model.path, name, text));
    addEnvironmentCommands(commands, {
      environments,
      trans,
      actions: {
        show: controller.show,
        exportAs: (environment, format) =>
          void showExport(environment, format, { api, saveFile, trans }),
        addKernel: environment => void controller.addKernel(environment),
        clone: environment => void controller.clone(environment),
        remove: environment => void controller.remove(environment)
      }
    });
    addEntries(palette, launcher, trans);
    addFileType(app, trans);

    void restorer?.restore(tracker, {
      command: CommandIDs.show,
      args: ({ content }) => ({ ...content.route }),
      name: () => WORKSPACE_ID
    });
    followEnds(settings, jobs, controller, trans);
    void draft.restore();
    environments.refresh();
    void jobs.load();
  }
};

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
  jobs: JobModel,
  controller: Controller,
  trans: TranslationBundle
): void {
  let isWanted = true;
  jobs.ended.connect((_, job) => {
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
