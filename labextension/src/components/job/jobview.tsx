/**
 * A job: its phases, progress, log and outcome.
 */

import { Session } from '@jupyterlab/services';
import { checkIcon, closeIcon, redoIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { RequestError } from '../../restapi';
import { IJob, IPlan, isActive, JobPhase } from '../../types';
import { formatDuration, formatProgress, fraction } from '../format';
import {
  amounts,
  Fold,
  IBaseProps,
  Notice,
  ProblemText,
  ProgressBar,
  TextButton
} from '../common';
import { StateIcon } from '../icons';
import { Log } from './log';
import { PlanView } from './planview';
import { IStep, steps } from './steps';
import {
  againName,
  applyName,
  describe,
  jobOutcome,
  jobTitle,
  phaseName,
  stateName
} from '../labels';

export interface IJobViewProps extends IBaseProps {
  job: IJob;
  /** The phases that it has entered. */
  phases: ReadonlyArray<JobPhase>;
  isCancelling: boolean;
  /** Whether the server does not answer. */
  isStale: boolean;
  log: { text: string; isCut: boolean };
  /** The plan of a succeeded `plan` job. */
  plan: { value: IPlan | null; error: RequestError | null } | null;
  /** The notebooks and consoles that run in the environment. */
  sessions: ReadonlyArray<Session.IModel>;
  actions: IJobActions;
}

/** The actions of a job; null where not possible. */
export interface IJobActions {
  cancel: () => void;
  newEnvironment: () => void;
  openNotebook: ((anchor: HTMLElement) => void) | null;
  /** Go back to the page that started the job. */
  back: { label: string; go: () => void } | null;
  /** Carry out a plan, or resume or repeat an unfinished job. */
  run: (() => void) | null;
}

export function JobView(props: IJobViewProps): JSX.Element {
  const { job, plan } = props;
  return (
    <div
      className="jp-EnvKernels-job"
      data-envkernels-job={job.id}
      data-job-kind={job.kind}
      data-job-state={job.state}
      data-job-phase={job.phase ?? undefined}
    >
      <Header {...props} />
      {plan ? <Preview {...props} plan={plan} /> : <JobProgress {...props} />}
    </div>
  );
}

/** Show the phases, the progress or outcome, and the log. */
function JobProgress(props: IJobViewProps): JSX.Element {
  const { job, log, trans } = props;
  return (
    <>
      <Stepper {...props} />
      {isActive(job) ? <CurrentPhase {...props} /> : <Outcome {...props} />}
      <h3 className="jp-EnvKernels-logTitle">{trans.__('Log')}</h3>
      <Log {...log} trans={trans} />
    </>
  );
}

/** Show the plan, and the button that carries it out. */
function Preview(
  props: IJobViewProps & { plan: NonNullable<IJobViewProps['plan']> }
): JSX.Element {
  const { actions, job, log, plan, sessions, trans } = props;
  const { back, run } = actions;
  return (
    <>
      {plan.error && (
        <Notice problem={describe(plan.error, trans)} trans={trans} />
      )}
      {plan.value ? (
        <PlanView plan={plan.value} sessions={sessions} trans={trans} />
      ) : (
        !plan.error && <p role="status">{trans.__('Reading the plan…')}</p>
      )}
      <Fold summary={trans.__('Log')}>
        {() => <Log {...log} trans={trans} />}
      </Fold>
      <div className="jp-EnvKernels-buttons jp-EnvKernels-planButtons">
        {back && <TextButton onClick={back.go}>{back.label}</TextButton>}
        {plan.value && run && job.plans && (
          <TextButton kind="primary" onClick={run}>
            {applyName(job.plans, trans)}
          </TextButton>
        )}
      </div>
    </>
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

function CurrentPhase(props: IJobViewProps): JSX.Element {
  const { isCancelling, isStale, job, trans } = props;
  const message = isStale
    ? trans.__(
        'The server does not answer. The job goes on there; this is how far it was.'
      )
    : job.message || stateName(job.state, trans);
  return (
    <div className="jp-EnvKernels-advance">
      <ProgressBar
        label={jobTitle(job, trans)}
        progress={job.progress}
        trans={trans}
      />
      <div className="jp-EnvKernels-advanceLine">
        <span className="jp-EnvKernels-message">
          {isCancelling ? trans.__('Cancelling…') : message}
        </span>
        {job.progress && (
          <span className="jp-EnvKernels-amount">
            {isStale
              ? formatProgress(job.progress, trans)
              : amounts(job.progress, trans)}
          </span>
        )}
      </div>
      <span role="status" className="jp-EnvKernels-screenReader">
        {isStale
          ? message
          : isCancelling
            ? trans.__('Cancelling…')
            : spoken(props)}
      </span>
    </div>
  );
}

/** Return the text for screen readers: the phase and each quarter of it, not each package. */
function spoken({ job, trans }: IJobViewProps): string {
  const name = job.phase
    ? phaseName(job.phase, trans)
    : stateName(job.state, trans);
  const quarters = Math.floor(4 * (fraction(job.progress) ?? 0));
  return quarters ? trans.__('%1: %2 percent', name, 25 * quarters) : name;
}

function Outcome(props: IJobViewProps): JSX.Element {
  const { actions, job, trans } = props;
  const { openNotebook } = actions;
  return (
    <section
      className="jp-EnvKernels-outcome"
      data-outcome={job.state}
      aria-label={trans.__('Outcome')}
    >
      <p className="jp-EnvKernels-outcomeTitle" role="status">
        {jobOutcome(job, trans)}
      </p>
      {job.error && <ProblemText problem={job.error} trans={trans} />}
      <div className="jp-EnvKernels-buttons">
        {openNotebook && (
          <TextButton
            kind="primary"
            onClick={event => openNotebook(event.currentTarget)}
          >
            {trans.__('Open a notebook')}
          </TextButton>
        )}
        <NextSteps {...props} />
      </div>
    </section>
  );
}

/** Show the next actions; for an interrupted job, Resume comes first. */
function NextSteps({ actions, job, trans }: IJobViewProps): JSX.Element {
  const { back, newEnvironment, openNotebook, run } = actions;
  const isInterrupted = job.state === 'interrupted';
  const again = run && (
    <TextButton
      kind={isInterrupted ? 'primary' : 'plain'}
      icon={redoIcon}
      onClick={run}
    >
      {againName(job, trans)}
    </TextButton>
  );
  return (
    <>
      {isInterrupted && again}
      {back ? (
        <TextButton
          kind={openNotebook || isInterrupted ? 'plain' : 'primary'}
          onClick={back.go}
        >
          {back.label}
        </TextButton>
      ) : (
        <TextButton onClick={newEnvironment}>
          {trans.__('New environment')}
        </TextButton>
      )}
      {!isInterrupted && again}
    </>
  );
}

/** Return the elapsed time of the job, updated while it runs. */
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
