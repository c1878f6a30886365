/**
 * The tab of the main area: the spec editor, a job, or the pages of an environment.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';

import { environmentIcon } from '../components/icons';
import { jobTitle } from '../components/labels';
import { EnvModel, JobModel, SpecDraft } from '../model';
import { EnvironmentView } from './environmentview';
import { JobPanel } from './jobpanel';
import { IEnvironmentRoute, Route } from './routes';
import { SpecEditor } from './speceditor';

/** The id of the tab. */
export const WORKSPACE_ID = 'jp-envkernels-workspace';

/** Shows one route at a time. */
export class Workspace extends Panel {
  constructor(private readonly _options: Workspace.IOptions) {
    super();
    const { draft, editor, environments, job, jobs } = _options;
    this.addClass('jp-EnvKernels-workspace');
    this._spec = editor(draft, { page: 'spec' });
    this._job = new JobPanel(job);
    this._hint.addClass('jp-EnvKernels-hint');
    this._hint.node.setAttribute('role', 'status');
    [this._spec, this._job, this._hint].forEach(one => this.addWidget(one));
    this.title.icon = environmentIcon;
    environments.stateChanged.connect(this._onChanged, this);
    jobs.stateChanged.connect(this._onChanged, this);
    this._show(this._route);
  }

  get route(): Route {
    return this._route;
  }

  /** The id of the shown job; null for other routes. */
  get jobId(): string | null {
    return this._job.jobId;
  }

  /** The shown editor; null for other routes. */
  get editor(): SpecEditor | null {
    if (this._route.page === 'spec') {
      return this._spec;
    }
    return this._route.page === 'update' ? (this._view?.editor ?? null) : null;
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
    Signal.clearData(this);
    super.dispose();
  }

  protected onActivateRequest(): void {
    this._widget.activate();
  }

  private _show(route: Route): void {
    this._route = route;
    this._job.jobId = route.page === 'job' ? route.job : null;
    if ('environment' in route) {
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
    const route = this._route;
    if (route.page === 'spec') {
      return this._spec;
    }
    if (route.page === 'job') {
      return this._job;
    }
    return this._view ?? this._hint;
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
    const route = this._route;
    const { environments } = this._options;
    if (
      'environment' in route &&
      environments.get(route.environment)?.id !== this._view?.environment.id
    ) {
      this._show(route);
    }
    this._onTitleChanged();
  }

  private _onTitleChanged(): void {
    const { jobs, trans } = this._options;
    const route = this._route;
    const job = route.page === 'job' ? jobs.get(route.job) : undefined;
    if (job) {
      this.title.label = jobTitle(job, trans);
    } else if ('environment' in route) {
      this.title.label =
        this._view?.environment.name ?? trans.__('Environment');
    } else {
      this.title.label =
        route.page === 'spec'
          ? trans.__('New Environment')
          : trans.__('Environment');
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _hint = new Widget();
  private readonly _job: JobPanel;
  private _route: Route = { page: 'spec' };
  private readonly _spec: SpecEditor;
  private _view: EnvironmentView | null = null;
}

/** A namespace for Workspace statics. */
export namespace Workspace {
  /** The options of a Workspace. */
  export interface IOptions {
    environments: EnvModel;
    jobs: JobModel;
    /** The spec of a new environment. */
    draft: SpecDraft;
    job: JobPanel.IOptions;
    trans: TranslationBundle;
    /** Create an editor for a draft. */
    editor: (draft: SpecDraft, origin: Route) => SpecEditor;
    /** Create the pages of an environment. */
    view: (environment: EnvironmentView['environment']) => EnvironmentView;
  }
}
