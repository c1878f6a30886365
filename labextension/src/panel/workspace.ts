/**
 * A tab of the main area: a spec editor with its jobs, or the pages of an environment with its jobs.
 */

import { PathExt } from '@jupyterlab/coreutils';
import { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';

import { environmentIcon } from '../components/icons';
import { jobTitle } from '../components/labels';
import { EnvModel, JobModel, SpecDraft, SpecDrafts } from '../model';
import { IJob } from '../types';
import { EnvironmentView } from './environmentview';
import { JobPanel } from './jobpanel';
import { IEnvironmentRoute, ISpecRoute, Route } from './routes';
import { SpecEditor } from './speceditor';

/** The beginning of the ids of the tabs. */
export const WORKSPACE_ID = 'jp-envkernels-workspace';

/**
 * Return what a tab is about: a draft, a job or an environment; two routes with the same subject share a tab.
 *
 * @param route - The route.
 * @param origin - Returns the page from which a job was started.
 */
export function subjectOf(
  route: Route,
  origin: (job: string) => Route | null
): string {
  if (route.page === 'spec') {
    return `spec-${route.draft}`;
  }
  if (route.page !== 'job') {
    return `environment-${route.environment}`;
  }
  const from = origin(route.job);
  return from ? subjectOf(from, origin) : `job-${route.job}`;
}

/** Shows one route at a time. */
export class Workspace extends Panel {
  constructor(private readonly _options: Workspace.IOptions) {
    super();
    const { environments, job, jobs } = _options;
    this.addClass('jp-EnvKernels-workspace');
    this._job = new JobPanel(job);
    this._hint.addClass('jp-EnvKernels-hint');
    this._hint.node.setAttribute('role', 'status');
    [this._job, this._hint].forEach(one => this.addWidget(one));
    this.title.icon = environmentIcon;
    environments.stateChanged.connect(this._onChanged, this);
    jobs.stateChanged.connect(this._onChanged, this);
    jobs.ended.connect(this._onJobEnded, this);
  }

  /** The shown route; null before the first. */
  get route(): Route | null {
    return this._route;
  }

  /** The draft of the editor; null if the tab has none. */
  get draft(): SpecDraft | null {
    return this._draft;
  }

  /** The id of the shown job; null for other routes. */
  get jobId(): string | null {
    return this._job.jobId;
  }

  /** The shown editor; null for other routes. */
  get editor(): SpecEditor | null {
    switch (this._route?.page) {
      case 'spec':
        return this._spec;
      case 'update':
        return this._view?.editor ?? null;
      default:
        return null;
    }
  }

  /** Emitted when the route has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Show a route and focus it. */
  showRoute(route: Route): void {
    this._show(route);
    if (this.isVisible) {
      this._widget.activate();
    }
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    const { environments, jobs } = this._options;
    environments.stateChanged.disconnect(this._onChanged, this);
    jobs.stateChanged.disconnect(this._onChanged, this);
    jobs.ended.disconnect(this._onJobEnded, this);
    this._draft?.stateChanged.disconnect(this._onTitleChanged, this);
    Signal.clearData(this);
    super.dispose();
  }

  protected onActivateRequest(): void {
    this._widget.activate();
  }

  private _show(route: Route): void {
    this._route = route;
    this._job.jobId = route.page === 'job' ? route.job : null;
    if (route.page === 'spec') {
      this._showSpec(route);
    } else if ('environment' in route) {
      this._showEnvironment(route);
    }
    const shown = this._widget;
    for (const widget of this.widgets) {
      widget.setHidden(widget !== shown);
    }
    this._onTitleChanged();
    this._changed.emit();
  }

  /** The widget of the route. */
  private get _widget(): Widget {
    switch (this._route?.page) {
      case 'spec':
        return this._spec!;
      case 'job':
        return this._job;
      default:
        return this._view ?? this._hint;
    }
  }

  private _showSpec(route: ISpecRoute): void {
    if (this._draft?.id === route.draft) {
      return;
    }
    this._closeSpec();
    this._draft = this._options.drafts.get(route.draft);
    this._draft.stateChanged.connect(this._onTitleChanged, this);
    this._spec = this._options.editor(this._draft, route);
    this.addWidget(this._spec);
  }

  private _closeSpec(): void {
    this._draft?.stateChanged.disconnect(this._onTitleChanged, this);
    this._draft = null;
    this._spec?.dispose();
    this._spec = null;
  }

  private _showEnvironment(route: IEnvironmentRoute): void {
    const { environments, trans, view } = this._options;
    const environment = environments.get(route.environment);
    if (environment?.id !== this._view?.environment.id) {
      this._view?.dispose();
      this._view = null;
    }
    if (environment && !this._view) {
      this._view = view(environment);
      this.addWidget(this._view);
    }
    this._hint.node.textContent = environments.all
      ? trans.__('This environment no longer exists.')
      : trans.__('Loading environments…');
    this._view?.showPage(route.page);
  }

  /** Update the view when environments or jobs have changed. */
  private _onChanged(): void {
    this._showCreated();
    const route = this._route;
    const { environments } = this._options;
    if (
      route !== null &&
      'environment' in route &&
      environments.get(route.environment)?.id !== this._view?.environment.id
    ) {
      this._show(route);
    }
    this._onTitleChanged();
  }

  private _onJobEnded(_: JobModel, job: IJob): void {
    const isNew = job.kind === 'create' || job.kind === 'clone';
    if (isNew && job.state === 'succeeded') {
      this._created = job;
      this._showCreated();
    }
  }

  /** Show the environment in place of the job that has created it, once it is listed. */
  private _showCreated(): void {
    const { environment_id, id } = this._created ?? {};
    if (id === undefined || id !== this.jobId) {
      return;
    }
    const environment = this._options.environments.get(environment_id!);
    if (environment) {
      this._created = null;
      this._closeSpec();
      this.showRoute({ page: 'overview', environment: environment.id });
    }
  }

  private _onTitleChanged(): void {
    const { jobs, trans } = this._options;
    const route = this._route;
    const job = route?.page === 'job' ? jobs.get(route.job) : undefined;
    if (job) {
      this.title.label = jobTitle(job, trans);
    } else if (route?.page === 'spec') {
      const path = this._draft?.openedPath;
      this.title.label = path
        ? PathExt.basename(path)
        : trans.__('New Environment');
    } else {
      this.title.label =
        this._view?.environment.name ?? trans.__('Environment');
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  /** The job that has created an environment last. */
  private _created: IJob | null = null;
  private readonly _hint = new Widget();
  private readonly _job: JobPanel;
  private _draft: SpecDraft | null = null;
  private _route: Route | null = null;
  private _spec: SpecEditor | null = null;
  private _view: EnvironmentView | null = null;
}

/** A namespace for Workspace statics. */
export namespace Workspace {
  /** The options of a Workspace. */
  export interface IOptions {
    environments: EnvModel;
    jobs: JobModel;
    /** The specs of new environments. */
    drafts: SpecDrafts;
    job: JobPanel.IOptions;
    trans: TranslationBundle;
    /** Create an editor for a draft. */
    editor: (draft: SpecDraft, origin: Route) => SpecEditor;
    /** Create the pages of an environment. */
    view: (environment: EnvironmentView['environment']) => EnvironmentView;
  }
}
