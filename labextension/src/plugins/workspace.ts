/**
 * The tabs of the main area, and the commands.
 */

import {
  ILabShell,
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { FileDialog, IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';

import {
  DraftStorage,
  SpecCheck,
  SpecDraft,
  SpecDrafts,
  UpdateDraft,
  UpdateDrafts
} from '../model';
import {
  addCommands,
  addEnvironmentCommands,
  CommandIDs,
  Controller,
  EnvironmentView,
  readText,
  Route,
  saveNew,
  showExport,
  SIDEBAR_ID,
  SpecEditor,
  subjectOf,
  Workspace,
  WORKSPACE_ID,
  WorkspaceTab
} from '../panel';
import { IEnvController, IEnvKernels } from '../tokens';
import { IPlace, openPage, pageRoute, placeOf } from './places';

/** Provides the tabs of the main area and the commands. */
export const workspace: JupyterFrontEndPlugin<IEnvController> = {
  id: 'jupyter-envkernels:plugin',
  description:
    'Conda environments as Jupyter kernels: create, change, clone, delete.',
  autoStart: true,
  provides: IEnvController,
  requires: [IEnvKernels, IEditorServices],
  optional: [ITranslator, IDefaultFileBrowser, ILayoutRestorer, ILabShell],
  activate: async (
    app: JupyterFrontEnd,
    envKernels: IEnvKernels,
    editorServices: IEditorServices,
    maybeTranslator: ITranslator | null,
    browser: IDefaultFileBrowser | null,
    restorer: ILayoutRestorer | null,
    labShell: ILabShell | null
  ) => {
    const translator = maybeTranslator ?? nullTranslator;
    const trans = translator.load('jupyter_envkernels');
    const { serverSettings, user } = app.serviceManager;
    await user.ready.catch(console.warn);
    const tabs = new WorkspaceTabs({
      app,
      browser,
      editorServices,
      envKernels,
      place: placeOf(app, labShell),
      storage: new DraftStorage(
        serverSettings.baseUrl,
        user.identity?.username ?? ''
      ),
      trans,
      translator
    });
    addAllCommands(app, envKernels, tabs, browser, trans);
    void restorer?.restore(tabs.tracker, {
      command: CommandIDs.show,
      args: ({ content }) => ({ ...content.route }),
      name: ({ content }) => tabs.nameOf(content.route!)
    });
    void app.restored.then(() => {
      const route = pageRoute();
      if (route) {
        tabs.controller.show(route);
      }
      // the layout is stored some time after a change, and so may lack the last tabs
      if (labShell) {
        tabs.reopen();
      }
    });
    return tabs.controller;
  }
};

/** Creates the tabs of the main area on demand: one for each draft, and one for each environment. */
class WorkspaceTabs {
  constructor(private readonly _options: WorkspaceTabs.IOptions) {
    const { app, envKernels, storage, trans } = _options;
    const { api, environments, jobs, sessions } = envKernels;
    const { contents } = app.serviceManager;
    const check: SpecCheck.Check = (source, withChannels) =>
      api.checkSpec(source, withChannels);
    this._drafts = new SpecDrafts({ jobs, draft: { check, storage } });
    this._updates = new UpdateDrafts({ jobs, draft: { check } });
    this.controller = new Controller({
      environments,
      jobs,
      drafts: this._drafts,
      draftOf: route => this._draftOf(route),
      commands: app.commands,
      trans,
      tabs: () => this._tabs.map(({ content }) => content),
      openTab: route => this._open(route),
      readFile: path => readText(contents, path),
      sessions
    });
  }

  readonly controller: Controller;

  readonly tracker = new WidgetTracker<WorkspaceTab>({
    namespace: 'jupyter-envkernels'
  });

  /** The content of the tab that was used last; null if there is none. */
  get current(): Workspace | null {
    return this.tracker.currentWidget?.content ?? null;
  }

  /** Return the name of the tab of a route. */
  nameOf(route: Route): string {
    const { origin } = this.controller.starter;
    return subjectOf(route, id => origin({ id }));
  }

  /** Open the drafts of earlier sessions that are in no tab. */
  reopen(): void {
    for (const draft of this._drafts.left) {
      this.controller.show({ page: 'spec', draft });
    }
  }

  private get _tabs(): WorkspaceTab[] {
    return this.tracker.filter(({ content }) => content.route !== null);
  }

  private _draftOf(route: Route): SpecDraft | null {
    if (route.page === 'spec') {
      return this._drafts.get(route.draft);
    }
    const { environments } = this._options.envKernels;
    const environment =
      route.page === 'update' && environments.get(route.environment);
    return environment ? this._updates.of(environment).draft : null;
  }

  private _open(route: Route): void {
    const { app, place } = this._options;
    if (!place.isHere) {
      openPage(app.serviceManager.serverSettings.baseUrl, route);
      return;
    }
    const name = this.nameOf(route);
    const isOf = ({ content }: WorkspaceTab) =>
      this.nameOf(content.route!) === name;
    // The tracker and the shell own the tab.
    const tab = this._tabs.find(isOf) ?? this._create(route, name);
    place.activate(tab);
    tab.content.showRoute(route);
  }

  private _create(route: Route, name: string): WorkspaceTab {
    const { envKernels, place, trans } = this._options;
    const { api, environments, jobs, sessions, settings } = envKernels;
    const { controller } = this;
    const editor = (spec: SpecDraft, origin: Route) =>
      this._createEditor(spec, origin);
    const content = new Workspace({
      drafts: this._drafts,
      environments,
      jobs,
      trans,
      job: {
        api,
        environments,
        jobs,
        sessions,
        trans,
        actions: controller.starter.actions
      },
      editor,
      view: environment =>
        new EnvironmentView(environment, {
          api,
          edits: this._updates,
          environments,
          jobs,
          sessions,
          settings,
          trans,
          actions: controller,
          editor,
          plan: controller.plan,
          show: controller.show
        })
    });
    content.showRoute(route);
    const tab = new WorkspaceTab(content, this._drafts, trans);
    tab.id = `${WORKSPACE_ID}-${name}`;
    content.changed.connect(() => void this.tracker.save(tab));
    void this.tracker.add(tab);
    place.add(tab);
    return tab;
  }

  private _createEditor(spec: SpecDraft, origin: Route): SpecEditor {
    const { browser, editorServices, envKernels, trans } = this._options;
    const { jobs, settings, templates } = envKernels;
    const { controller } = this;
    const isNew = !(spec instanceof UpdateDraft);
    return new SpecEditor({
      draft: spec,
      templates: isNew ? templates : null,
      settings: isNew ? settings : null,
      begin: text => controller.begin(spec, text),
      editorServices,
      jobs,
      trans,
      browse: browser && (() => void this._browse(browser, spec)),
      open: (text, path) => controller.open(spec, text, path),
      apply: () => controller.apply(spec, origin),
      preview: () => controller.preview(spec, origin),
      showJob: controller.showJob
    });
  }

  private async _browse(
    { model }: IDefaultFileBrowser,
    spec: SpecDraft
  ): Promise<void> {
    const { trans, translator } = this._options;
    const { value } = await FileDialog.getOpenFiles({
      manager: model.manager,
      translator,
      title: trans.__('Open a Spec'),
      filter: ({ name, type }) =>
        type === 'directory' || /\.(ya?ml|lock|txt)$/i.test(name) ? {} : null
    });
    const file = value?.find(({ type }) => type !== 'directory');
    if (file) {
      await this.controller.openFile(file.path, spec);
    }
  }

  private readonly _drafts: SpecDrafts;
  private readonly _updates: UpdateDrafts;
}

/** A namespace for WorkspaceTabs statics. */
namespace WorkspaceTabs {
  /** The options of a WorkspaceTabs. */
  export interface IOptions {
    app: JupyterFrontEnd;
    browser: IDefaultFileBrowser | null;
    editorServices: IEditorServices;
    envKernels: IEnvKernels;
    place: IPlace;
    /** Keeps the specs of new environments. */
    storage: DraftStorage;
    trans: TranslationBundle;
    translator: ITranslator;
  }
}

function addAllCommands(
  { commands, serviceManager, shell }: JupyterFrontEnd,
  { api, environments }: IEnvKernels,
  tabs: WorkspaceTabs,
  browser: IDefaultFileBrowser | null,
  trans: TranslationBundle
): void {
  const { controller } = tabs;
  addCommands(commands, {
    controller,
    trans,
    showPanel: () => shell.activateById(SIDEBAR_ID),
    currentTab: () => tabs.current,
    chosenPath: () => browser?.selectedItems().next().value?.path ?? null,
    folder: () => browser?.model.path ?? ''
  });
  const saveFile =
    browser &&
    ((name: string, text: string) =>
      saveNew(serviceManager.contents, browser.model.path, name, text));
  addEnvironmentCommands(commands, {
    environments,
    trans,
    actions: {
      show: controller.show,
      showEnvironment: controller.showEnvironment,
      exportAs: (environment, format) =>
        void showExport(environment, format, { api, saveFile, trans }),
      addKernel: environment => void controller.addKernel(environment),
      clone: environment => void controller.clone(environment),
      remove: environment => void controller.remove(environment),
      unlist: environment => void controller.unlist(environment),
      start: request => void controller.starter.attempt(request)
    }
  });
}
