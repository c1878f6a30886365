/**
 * The tab of the main area: the editor of a spec, or a job.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';
import { Panel } from '@lumino/widgets';

import { environmentIcon } from '../components/icons';
import { jobTitle } from '../components/words';
import { EnvModel } from '../model';
import { JobPanel } from './jobpanel';
import { SpecEditor } from './speceditor';

/** The id of the tab. */
export const WORKSPACE_ID = 'jp-envkernels-workspace';

/** Shows the editor of a spec, and in its place the job that was started with it. */
export class Workspace extends Panel {
  constructor(private readonly _options: Workspace.IOptions) {
    super();
    this.addClass('jp-EnvKernels-workspace');
    this.editor = new SpecEditor(_options.editor);
    this._job = new JobPanel(_options.job);
    this.addWidget(this.editor);
    this.addWidget(this._job);
    this.title.icon = environmentIcon;
    this.showEditor();
  }

  readonly editor: SpecEditor;

  /** The id of the job that is shown; null while the editor is. */
  get jobId(): string | null {
    return this._job.jobId;
  }

  /** Emitted when something else is shown. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  showEditor(): void {
    this._show(null);
  }

  showJob(id: string): void {
    this._show(id);
  }

  private _show(jobId: string | null): void {
    const { model, trans } = this._options.job;
    const job = jobId === null ? undefined : model.job(jobId);
    this._job.jobId = jobId;
    this.editor.setHidden(jobId !== null);
    this._job.setHidden(jobId === null);
    this.title.label = job ? jobTitle(job, trans) : this._editorTitle(jobId);
    this._changed.emit();
  }

  private _editorTitle(jobId: string | null): string {
    const { trans } = this._options.job;
    return jobId === null
      ? trans.__('New Environment')
      : trans.__('Environment');
  }

  private readonly _job: JobPanel;
  private readonly _changed = new Signal<this, void>(this);
}

/** A namespace for Workspace statics. */
export namespace Workspace {
  /** The options of a Workspace. */
  export interface IOptions {
    editor: SpecEditor.IOptions;
    job: JobPanel.IOptions & { model: EnvModel; trans: TranslationBundle };
  }
}
