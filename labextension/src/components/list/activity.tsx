/**
 * The jobs that are over, newest first.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { redoIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IJob, isActive } from '../../types';
import { IBaseProps, IconButton } from '../common';
import { formatClock } from '../format';
import { StateIcon } from '../icons';
import { againName, jobDone, jobTitle, stateName } from '../labels';

/** How many jobs are listed at most. */
const SHOWN = 20;

export interface IActivityProps extends IBaseProps {
  /** All jobs, newest first. */
  jobs: ReadonlyArray<IJob>;
  actions: IActivityActions;
}

/** What can be done with a job that is over. */
export interface IActivityActions {
  showJob: (id: string) => void;
  /** Resume or repeat an unfinished job. */
  runJob: (job: IJob) => void;
}

export function Activity(props: IActivityProps): JSX.Element {
  const { jobs, trans } = props;
  const list = React.useRef<HTMLUListElement>(null);
  const over = jobs
    .filter(job => !isActive(job))
    .sort((a, b) => endOf(b) - endOf(a));
  const newest = over[0]?.id;
  React.useEffect(() => {
    list.current?.firstElementChild?.scrollIntoView?.({ block: 'nearest' });
  }, [newest]);
  if (!over.length) {
    return (
      <p className="jp-EnvKernels-hint">
        {trans.__('What you create, change or delete appears here.')}
      </p>
    );
  }
  return (
    <ul
      ref={list}
      className="jp-EnvKernels-list"
      aria-label={trans.__('Activity')}
    >
      {over.slice(0, SHOWN).map(job => (
        <JobRow key={job.id} {...props} job={job} />
      ))}
    </ul>
  );
}

function JobRow(props: IActivityProps & { job: IJob }): JSX.Element {
  const { actions, job, jobs, trans } = props;
  const title = jobDone(job, trans);
  const time = formatClock(job.finished ?? job.created, trans);
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
          <span>{jobEnd(job, trans)}</span>
          <span>{time}</span>
        </span>
      </button>
      {isUnfinished(job, jobs) && (
        <IconButton
          icon={redoIcon}
          label={`${againName(job, trans)}: ${jobTitle(job, trans)}`}
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

function endOf({ created, finished }: IJob): number {
  return Date.parse(finished ?? created);
}

/** Return how a job ended that did not succeed: for a conflict, between which packages. */
function jobEnd(job: IJob, trans: TranslationBundle): string | undefined {
  const { error, state } = job;
  const words: { [state in IJob['state']]?: string } = {
    failed: error?.packages.join(', ') || error?.message,
    cancelled: stateName(state, trans),
    interrupted: stateName(state, trans)
  };
  return words[state];
}
