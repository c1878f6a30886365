/**
 * A job: its phases, how far it is, its log, and how it ended.
 */

import {
  checkIcon,
  closeIcon,
  editIcon,
  redoIcon
} from '@jupyterlab/ui-components';
import React from 'react';

import { IJob, IProgress, isActive, JobPhase } from '../types';
import { IBaseProps, ProblemText, ProgressBar, TextButton } from './common';
import { StateIcon } from './icons';
import { Log } from './log';
import { IStep, steps } from './steps';
import {
  formatBytes,
  formatDuration,
  formatProgress,
  jobOutcome,
  jobTitle,
  phaseName,
  stateName
} from './words';

export interface IJobViewProps extends IBaseProps {
  job: IJob;
  /** The phases that it has entered. */
  phases: ReadonlyArray<JobPhase>;
  isCancelling: boolean;
  log: { text: string; isCut: boolean };
  actions: IJobActions;
}

/** What can be done with the job; what is null cannot. */
export interface IJobActions {
  cancel: () => void;
  newEnvironment: () => void;
  openNotebook: ((anchor: HTMLElement) => void) | null;
  editSpec: (() => void) | null;
  tryAgain: (() => void) | null;
}

export function JobView(props: IJobViewProps): JSX.Element {
  const { job, log, trans } = props;
  return (
    <div
      className="jp-EnvKernels-job"
      data-envkernels-job={job.id}
      data-job-kind={job.kind}
      data-job-state={job.state}
      data-job-phase={job.phase ?? undefined}
    >
      <Header {...props} />
      <Stepper {...props} />
      {isActive(job) ? <Advance {...props} /> : <Outcome {...props} />}
      <h3 className="jp-EnvKernels-logTitle">{trans.__('Log')}</h3>
      <Log {...log} trans={trans} />
    </div>
  );
}

function Header(props: IJobViewProps): JSX.Element {
  const { actions, isCancelling, job, trans } = props;
  const time = useElapsed(job);
  return (
    <div className="jp-EnvKernels-jobHeader">
      <StateIcon state={job.state} />
      <div className="jp-EnvKernels-jobName">
        <h2>{jobTitle(job, trans)}</h2>
        <div className="jp-EnvKernels-jobPrefix" title={job.prefix}>
          {job.prefix}
        </div>
      </div>
      <span
        className="jp-EnvKernels-elapsed"
        title={trans.__('Elapsed time')}
        aria-label={trans.__('Elapsed time: %1', time)}
      >
        {time}
      </span>
      {isActive(job) && (
        <TextButton disabled={isCancelling} onClick={actions.cancel}>
          {isCancelling ? trans.__('Cancelling…') : trans.__('Cancel')}
        </TextButton>
      )}
    </div>
  );
}

function Stepper({ job, phases, trans }: IJobViewProps): JSX.Element {
  return (
    <ol className="jp-EnvKernels-steps" aria-label={trans.__('Phases')}>
      {steps(job, phases).map(step => (
        <li
          key={step.phase}
          className="jp-EnvKernels-step"
          data-phase={step.phase}
          data-step-state={step.state}
          data-outcome={job.state}
          aria-current={step.state === 'current' ? 'step' : undefined}
          title={step.state === 'skipped' ? trans.__('Not needed') : undefined}
        >
          <span className="jp-EnvKernels-stepMark" aria-hidden="true">
            <StepMark state={step.state} />
          </span>
          <span>{phaseName(step.phase, trans)}</span>
        </li>
      ))}
    </ol>
  );
}

function StepMark({ state }: Pick<IStep, 'state'>): JSX.Element | null {
  if (state === 'current') {
    return <span className="jp-EnvKernels-spinner" />;
  }
  if (state === 'done') {
    return <checkIcon.react tag="span" />;
  }
  if (state === 'skipped') {
    return <span>–</span>;
  }
  return state === 'stopped' ? <closeIcon.react tag="span" /> : null;
}

function Advance(props: IJobViewProps): JSX.Element {
  const { isCancelling, job, trans } = props;
  const rate = useRate(job.progress);
  const message = job.message || stateName(job.state, trans);
  return (
    <div className="jp-EnvKernels-advance">
      <ProgressBar
        label={jobTitle(job, trans)}
        progress={job.progress}
        trans={trans}
      />
      <div className="jp-EnvKernels-advanceLine">
        <span role="status" className="jp-EnvKernels-message">
          {isCancelling ? trans.__('Cancelling…') : message}
        </span>
        {job.progress && (
          <span className="jp-EnvKernels-amount">
            {formatProgress(job.progress, trans)}
            {rate !== null && ` · ${trans.__('%1/s', formatBytes(rate))}`}
          </span>
        )}
      </div>
    </div>
  );
}

function Outcome(props: IJobViewProps): JSX.Element {
  const { actions, job, trans } = props;
  const { editSpec, newEnvironment, openNotebook, tryAgain } = actions;
  return (
    <section
      className="jp-EnvKernels-outcome"
      data-outcome={job.state}
      aria-label={trans.__('Outcome')}
    >
      <p className="jp-EnvKernels-outcomeTitle" role="status">
        {jobOutcome(job, trans)}
      </p>
      {job.error && <ProblemText problem={job.error} />}
      <div className="jp-EnvKernels-buttons">
        {openNotebook && (
          <TextButton
            kind="primary"
            onClick={event => openNotebook(event.currentTarget)}
          >
            {trans.__('Open a notebook')}
          </TextButton>
        )}
        {editSpec && (
          <TextButton kind="primary" icon={editIcon} onClick={editSpec}>
            {trans.__('Edit spec')}
          </TextButton>
        )}
        {tryAgain && (
          <TextButton icon={redoIcon} onClick={tryAgain}>
            {trans.__('Try again')}
          </TextButton>
        )}
        {!editSpec && (
          <TextButton onClick={newEnvironment}>
            {trans.__('New environment')}
          </TextButton>
        )}
      </div>
    </section>
  );
}

/** The time that the job has taken, kept current while it runs. */
function useElapsed(job: IJob): string {
  const [now, setNow] = React.useState(Date.now());
  const ticks = isActive(job);
  React.useEffect(() => {
    if (ticks) {
      const timer = setInterval(() => setNow(Date.now()), 1000);
      return () => clearInterval(timer);
    }
  }, [ticks]);
  const end = job.finished ? Date.parse(job.finished) : now;
  return formatDuration(end - Date.parse(job.started ?? job.created));
}

/** Over how many milliseconds the rate is taken. */
const RATE_WINDOW = 5000;

/** Bytes per second of late; null while it cannot be told. */
function useRate(progress: IProgress | null): number | null {
  const samples = React.useRef<{ time: number; done: number }[]>([]);
  if (progress?.unit !== 'bytes') {
    samples.current = [];
    return null;
  }
  const { done } = progress;
  const time = Date.now();
  const last = samples.current[samples.current.length - 1];
  if (last && done < last.done) {
    samples.current = [];
  }
  if (done !== last?.done) {
    samples.current.push({ time, done });
  }
  samples.current = samples.current.filter(
    sample => time - sample.time < RATE_WINDOW
  );
  const first = samples.current[0];
  return first && time - first.time > 500
    ? ((done - first.done) / (time - first.time)) * 1000
    : null;
}
