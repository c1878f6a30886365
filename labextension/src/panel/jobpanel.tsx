/**
 * Shows one job at a time.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, VDomModel } from '@jupyterlab/ui-components';
import React from 'react';

import { IJobActions, JobView } from '../components/jobview';
import { EnvModel } from '../model';
import { LogTail } from '../stream';
import { IJob, isActive } from '../types';

/** A job with its log. */
export class JobPanel extends ReactWidget {
  constructor(private readonly _options: JobPanel.IOptions) {
    super();
    this.addClass('jp-EnvKernels-jobPanel');
    this.node.tabIndex = -1;
    _options.model.stateChanged.connect(this._onModelChanged, this);
  }

  /** The id of the job that is shown; null for none. */
  get jobId(): string | null {
    return this._jobId;
  }

  set jobId(id: string | null) {
    if (id === this._jobId) {
      return;
    }
    this._jobId = id;
    this._log?.dispose();
    this._log = null;
    this._readLog();
    this.update();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._options.model.stateChanged.disconnect(this._onModelChanged, this);
    this._log?.dispose();
    super.dispose();
  }

  protected render(): JSX.Element | null {
    const { actions, model, trans } = this._options;
    const job = this._jobId === null ? undefined : model.job(this._jobId);
    if (!job) {
      return model.hasJobs ? (
        <p className="jp-EnvKernels-hint" role="status">
          {trans.__('The server does not know this job any more.')}
        </p>
      ) : null;
    }
    return (
      <JobView
        key={job.id}
        actions={actions(job)}
        isCancelling={model.isCancelling(job.id)}
        job={job}
        log={{ text: this._log?.text ?? '', isCut: this._log?.isCut ?? false }}
        phases={model.phases(job.id)}
        trans={trans}
      />
    );
  }

  private _onModelChanged(_: VDomModel): void {
    this._readLog();
    this.update();
  }

  private _readLog(): void {
    const { model } = this._options;
    const job = this._jobId === null ? undefined : model.job(this._jobId);
    if (!job) {
      return;
    }
    if (this._log) {
      this._log.read();
      return;
    }
    this._log = model.openLog(job.id);
    this._log.changed.connect(() => this.update());
    if (!isActive(job)) {
      void model.recall(job.id).catch(console.warn);
    }
  }

  private _jobId: string | null = null;
  private _log: LogTail | null = null;
}

/** A namespace for JobPanel statics. */
export namespace JobPanel {
  /** The options of a JobPanel. */
  export interface IOptions {
    model: EnvModel;
    trans: TranslationBundle;
    /** What can be done with a job. */
    actions: (job: IJob) => IJobActions;
  }
}
