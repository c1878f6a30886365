/**
 * The tab of the main area, and the commands.
 */

import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { FileDialog, IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IStateDB } from '@jupyterlab/statedb';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';

import { SpecCheck, SpecDraft, UpdateDrafts } from '../model';
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
  Workspace,
  WORKSPACE_ID
} from '../panel';
import { IEnvController, IEnvKernels } from '../tokens';

/** Provides the tab of the main area and the commands. */
export const workspace: JupyterFrontEndPlugin<IEnvController> = {
  id: 'jupyter-envkernels:plugin',
  description:
    'Conda environments as Jupyter kernels: create, change, clone, delete.',
  autoStart: true,
  provides: IEnvController,
  requires: [IEnvKernels, IEditorServices],
  optional: [ITranslator, IStateDB, IDefaultFileBrowser, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    envKernels: IEnvKernels,
    editorServices: IEditorServices,
    maybeTranslator: ITranslator | null,
    state: IStateDB | null,
    browser: IDefaultFileBrowser | null,
    restorer: ILayoutRestorer | null
  ) => {
    const translator = maybeTranslator ?? nullTranslator;
    const trans = translator.load('jupyter_envkernels');
    const tab = new WorkspaceTab({
      app,
      browser,
      editorServices,
      envKernels,
      state,
      trans,
      translator
    });
    addAllCommands(app, envKernels, tab, browser, trans);
    void restorer?.restore(tab.tracker, {
      command: CommandIDs.show,
      args: ({ content }) => ({ ...content.route }),
      name: () => WORKSPACE_ID
    });
    void tab.draft.restore();
    return tab.controller;
  }
};

/** Creates the tab of the main area on demand, with its content. */
class WorkspaceTab {
  constructor(private readonly _options: WorkspaceTab.IOptions) {
    const { app, envKernels, state, trans } = _options;
    const { api, environments, jobs } = envKernels;
    const { contents, sessions } = app.serviceManager;
    const check: SpecCheck.Check = (source, withChannels) =>
      api.checkSpec(source, withChannels);
    this.draft = new SpecDraft({ check, state });
    this._updates = new UpdateDrafts({ jobs, draft: { check } });
    this.controller = new Controller({
      environments,
      jobs,
      draft: this.draft,
      draftOf: route => this._draftOf(route),
      commands: app.commands,
      trans,
      currentTab: () => this.current,
      openTab: () => this._open(),
      readFile: path => readText(contents, path),
      notebooksOf: ({ kernels }) =>
        [...sessions.running()]
          .filter(one => kernels.some(({ id }) => id === one.kernel?.name))
          .map(({ path }) => path)
    });
  }

  readonly controller: Controller;

  /** The spec of a new environment. */
  readonly draft: SpecDraft;

  readonly tracker = new WidgetTracker<MainAreaWidget<Workspace>>({
    namespace: 'jupyter-envkernels'
  });

  /** The content of the tab; null if it is closed. */
  get current(): Workspace | null {
    return this.tracker.currentWidget?.content ?? null;
  }

  private _draftOf(route: Route): SpecDraft | null {
    if (route.page === 'spec') {
      return this.draft;
    }
    const { environments } = this._options.envKernels;
    const environment =
      route.page === 'update' && environments.get(route.environment);
    return environment ? this._updates.of(environment).draft : null;
  }

  private _open(): Workspace {
    // The tracker and the shell own the tab.
    const { content, id } = this.tracker.find(() => true) ?? this._create();
    this._options.app.shell.activateById(id);
    return content;
  }

  private _create(): MainAreaWidget<Workspace> {
    const { app, envKernels, trans } = this._options;
    const { api, environments, jobs } = envKernels;
    const { controller, draft } = this;
    const editor = (spec: SpecDraft, origin: Route) =>
      this._createEditor(spec, origin);
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
      editor,
      view: environment =>
        new EnvironmentView(environment, {
          api,
          edits: this._updates,
          environments,
          jobs,
          trans,
          editor,
          plan: controller.plan,
          show: controller.show
        })
    });
    const tab = new MainAreaWidget({ content });
    tab.id = WORKSPACE_ID;
    tab.toolbar.hide();
    content.changed.connect(() => void this.tracker.save(tab));
    void this.tracker.add(tab);
    app.shell.add(tab, 'main');
    return tab;
  }

  private _createEditor(spec: SpecDraft, origin: Route): SpecEditor {
    const { browser, editorServices, envKernels, trans } = this._options;
    const { jobs, settings, templates } = envKernels;
    const { controller } = this;
    const isNew = spec === this.draft;
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

  private readonly _updates: UpdateDrafts;
}

/** A namespace for WorkspaceTab statics. */
namespace WorkspaceTab {
  /** The options of a WorkspaceTab. */
  export interface IOptions {
    app: JupyterFrontEnd;
    browser: IDefaultFileBrowser | null;
    editorServices: IEditorServices;
    envKernels: IEnvKernels;
    /** The database that keeps the spec of a new environment. */
    state: IStateDB | null;
    trans: TranslationBundle;
    translator: ITranslator;
  }
}

function addAllCommands(
  { commands, serviceManager, shell }: JupyterFrontEnd,
  { api, environments }: IEnvKernels,
  tab: WorkspaceTab,
  browser: IDefaultFileBrowser | null,
  trans: TranslationBundle
): void {
  const { controller } = tab;
  addCommands(commands, {
    controller,
    trans,
    showPanel: () => shell.activateById(SIDEBAR_ID),
    currentTab: () => tab.current,
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
      exportAs: (environment, format) =>
        void showExport(environment, format, { api, saveFile, trans }),
      addKernel: environment => void controller.addKernel(environment),
      clone: environment => void controller.clone(environment),
      remove: environment => void controller.remove(environment),
      start: request => void controller.starter.attempt(request)
    }
  });
}
