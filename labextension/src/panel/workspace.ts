/**
 * The tab of the main area: the editor of a new spec, a job, or the pages about an environment.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';

import { environmentIcon } from '../components/icons';
import { jobTitle } from '../components/words';
import { EnvModel, JobModel, SpecDraft } from '../model';
import { EnvironmentView } from './environmentview';
import { JobPanel } from './jobpanel';
import { IEnvironmentPlace, Place } from './places';
import { SpecEditor } from './speceditor';

/** The id of the tab. */
export const WORKSPACE_ID = 'jp-envkernels-workspace';

/** Shows one place at a time. */
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
    this._show(this._place);
  }

  get place(): Place {
    return this._place;
  }

  /** The id of the job that is shown; null while something else is. */
  get jobId(): string | null {
    return this._job.jobId;
  }

  /** The editor that is shown; null while something else is. */
  get editor(): SpecEditor | null {
    if (this._place.page === 'spec') {
      return this._spec;
    }
    return this._place.page === 'update' ? (this._view?.editor ?? null) : null;
  }

  /** Emitted when something else is shown. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Show something else, and have the focus there. */
  showPlace(place: Place): void {
    this._show(place);
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

  private _show(place: Place): void {
    this._place = place;
    this._job.jobId = place.page === 'job' ? place.job : null;
    if ('environment' in place) {
      this._showEnvironment(place);
    }
    const shown = this._widget;
    for (const widget of this.widgets) {
      widget.setHidden(widget !== shown);
    }
    this._onTitleChanged();
    this._changed.emit();
  }

  /** What shows the place. */
  private get _widget(): Widget {
    const place = this._place;
    if (place.page === 'spec') {
      return this._spec;
    }
    if (place.page === 'job') {
      return this._job;
    }
    return this._view ?? this._hint;
  }

  private _showEnvironment(place: IEnvironmentPlace): void {
    const { environments, trans, view } = this._options;
    const environment = environments.get(place.environment);
    if (environment?.id !== this._view?.environment.id) {
      this._view?.dispose();
      this._view = null;
    }
    if (environment && !this._view) {
      this._view = view(environment);
      this.addWidget(this._view);
    }
    this._hint.node.textContent = environments.all
      ? trans.__('This environment is not there any more.')
      : trans.__('Looking for environments…');
    this._view?.showPage(place.page);
  }

  /** An environment may have come, or gone. */
  private _onChanged(): void {
    const place = this._place;
    const { environments } = this._options;
    if (
      'environment' in place &&
      environments.get(place.environment)?.id !== this._view?.environment.id
    ) {
      this._show(place);
    }
    this._onTitleChanged();
  }

  private _onTitleChanged(): void {
    const { jobs, trans } = this._options;
    const place = this._place;
    const job = place.page === 'job' ? jobs.get(place.job) : undefined;
    if (job) {
      this.title.label = jobTitle(job, trans);
    } else if ('environment' in place) {
      this.title.label =
        this._view?.environment.name ?? trans.__('Environment');
    } else {
      this.title.label =
        place.page === 'spec'
          ? trans.__('New Environment')
          : trans.__('Environment');
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _hint = new Widget();
  private readonly _job: JobPanel;
  private _place: Place = { page: 'spec' };
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
    /** Make an editor of a draft. */
    editor: (draft: SpecDraft, origin: Place) => SpecEditor;
    /** Make the pages about an environment. */
    view: (environment: EnvironmentView['environment']) => EnvironmentView;
  }
}
