/**
 * The running and the most recent jobs.
 */

import { redoIcon, stopIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IJob, isActive } from '../../types';
import { formatTime } from '../format';
import { IBaseProps, IconButton, ProgressBar } from '../common';
import { StateIcon } from '../icons';
import { againName, jobTitle, stateName } from '../labels';

/** How many jobs are listed at most. */
const SHOWN = 20;

export interface IActivityProps extends IBaseProps {
  /** Newest first. */
  jobs: ReadonlyArray<IJob>;
  isCancelling: (id: string) => boolean;
  actions: IActivityActions;
}

/** What can be done with a job. */
export interface IActivityActions {
  showJob: (id: string) => void;
  cancel: (id: string) => void;
  /** Resume or repeat an unfinished job. */
  runJob: (job: IJob) => void;
}

export function Activity(props: IActivityProps): JSX.Element {
  const { jobs, trans } = props;
  if (!jobs.length) {
    return (
      <p className="jp-EnvKernels-hint">
        {trans.__('What you create, change or delete appears here.')}
      </p>
    );
  }
  return (
    <ul className="jp-EnvKernels-list" aria-label={trans.__('Activity')}>
      {jobs.slice(0, SHOWN).map(job => (
        <JobRow key={job.id} {...props} job={job} />
      ))}
    </ul>
  );
}

function JobRow(props: IActivityProps & { job: IJob }): JSX.Element {
  const { actions, isCancelling, job, jobs, trans } = props;
  const title = jobTitle(job, trans);
  const isStopping = isCancelling(job.id);
  return (
    <li
      className="jp-EnvKernels-row"
      data-job-id={job.id}
      data-job-kind={job.kind}
      data-job-state={job.state}
    >
      <StateIcon state={job.state} />
      <button
        type="button"
        className="jp-EnvKernels-rowBody jp-EnvKernels-jobLink"
        title={job.error?.message ?? job.message}
        onClick={() => actions.showJob(job.id)}
      >
        <span className="jp-EnvKernels-rowName">{title}</span>
        <span className="jp-EnvKernels-rowSubtitle">
          <span className="jp-EnvKernels-jobMessage">
            {isStopping ? trans.__('Cancelling…') : jobLine(props)}
          </span>
        </span>
        {job.state === 'running' && (
          <ProgressBar label={title} progress={job.progress} trans={trans} />
        )}
      </button>
      {isActive(job) && (
        <IconButton
          icon={stopIcon}
          label={trans.__('Cancel: %1', title)}
          title={trans.__('Cancel')}
          disabledReason={isStopping ? trans.__('Cancelling…') : null}
          onClick={() => actions.cancel(job.id)}
        />
      )}
      {isUnfinished(job, jobs) && (
        <IconButton
          icon={redoIcon}
          label={`${againName(job, trans)}: ${title}`}
          title={againName(job, trans)}
          onClick={() => actions.runJob(job)}
        />
      )}
    </li>
  );
}

/** Return whether the job did not succeed, and no later job concerns its environment. */
export function isUnfinished(job: IJob, jobs: ReadonlyArray<IJob>): boolean {
  return (
    !isActive(job) &&
    job.state !== 'succeeded' &&
    !jobs.some(
      other =>
        other.environment_id === job.environment_id &&
        other.created > job.created
    )
  );
}

function jobLine({ job, trans }: IActivityProps & { job: IJob }): string {
  if (isActive(job)) {
    return job.message || stateName(job.state, trans);
  }
  const time = formatTime(job.finished ?? job.created);
  return trans.__('%1 · %2', stateName(job.state, trans), time);
}
