/**
 * The page of a job.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { IJobActions, JobView } from '../components/job/jobview';
import { AsyncValue, EnvModel, JobModel, SessionModel } from '../model';
import { RestAPI } from '../restapi';
import { LogTail } from '../stream';
import { IJob, IPlan, isActive } from '../types';

/** Shows one job at a time. */
export class JobPanel extends ReactWidget {
  constructor(private readonly _options: JobPanel.IOptions) {
    super();
    this.addClass('jp-EnvKernels-jobPanel');
    this.node.tabIndex = -1;
    _options.jobs.stateChanged.connect(this._onChanged, this);
    _options.environments.stateChanged.connect(this.update, this);
    _options.sessions.stateChanged.connect(this.update, this);
  }

  /** The id of the shown job; null if there is none. */
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
    this._plan?.dispose();
    this._plan = null;
    this._onChanged();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._options.jobs.stateChanged.disconnect(this._onChanged, this);
    this._options.environments.stateChanged.disconnect(this.update, this);
    this._options.sessions.stateChanged.disconnect(this.update, this);
    this._log?.dispose();
    this._plan?.dispose();
    super.dispose();
  }

  protected onActivateRequest(): void {
    this.node.focus();
  }

  protected render(): JSX.Element | null {
    const { actions, environments, jobs, sessions, trans } = this._options;
    const job = this._job;
    if (!job) {
      return jobs.isKnown ? (
        <p className="jp-EnvKernels-hint" role="status">
          {trans.__('This job no longer exists on the server.')}
        </p>
      ) : null;
    }
    const environment = environments.get(job.environment_id);
    return (
      <JobView
        key={job.id}
        actions={actions(job)}
        isCancelling={jobs.isCancelling(job.id)}
        isStale={jobs.isStale}
        job={job}
        log={{ text: this._log?.text ?? '', isCut: this._log?.isCut ?? false }}
        phases={jobs.phases(job.id)}
        plan={this._plan}
        sessions={environment ? sessions.of(environment) : []}
        trans={trans}
      />
    );
  }

  private get _job(): IJob | undefined {
    return this._jobId === null
      ? undefined
      : this._options.jobs.get(this._jobId);
  }

  private _onChanged(): void {
    const job = this._job;
    if (job) {
      this._openLog(job);
      this._readPlan(job);
    }
    this.update();
  }

  private _openLog(job: IJob): void {
    const { jobs } = this._options;
    if (this._log) {
      return;
    }
    this._log = jobs.openLog(job.id);
    this._log.changed.connect(() => this.update());
    if (!isActive(job)) {
      void jobs.recall(job.id).catch(console.warn);
    }
  }

  private _readPlan(job: IJob): void {
    if (this._plan || job.kind !== 'plan' || job.state !== 'succeeded') {
      return;
    }
    this._plan = new AsyncValue(() => this._options.api.getPlan(job.id));
    this._plan.stateChanged.connect(() => this.update());
    void this._plan.load();
  }

  private _jobId: string | null = null;
  private _log: LogTail | null = null;
  private _plan: AsyncValue<IPlan> | null = null;
}

/** A namespace for JobPanel statics. */
export namespace JobPanel {
  /** The options of a JobPanel. */
  export interface IOptions {
    api: Pick<RestAPI, 'getPlan'>;
    /** A notebook is offered once the environment of a job is listed. */
    environments: EnvModel;
    jobs: JobModel;
    sessions: SessionModel;
    trans: TranslationBundle;
    /** Return the actions of a job. */
    actions: (job: IJob) => IJobActions;
  }
}
