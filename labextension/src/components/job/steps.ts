/**
 * The phases of a job as steps.
 */

import { IJob, isActive, JobPhase } from '../../types';

/** The state of a step: `skipped` was not needed, `stopped` is where an unsuccessful job ended. */
export type StepState = 'pending' | 'current' | 'done' | 'skipped' | 'stopped';

export interface IStep {
  phase: JobPhase;
  state: StepState;
}

const CREATE_STEPS: JobPhase[] = [
  'checking',
  'solving',
  'downloading',
  'linking',
  'pip',
  'verifying'
];

/**
 * Return the steps of a job.
 *
 * All steps of a create job are known in advance; other kinds show the steps that they have entered.
 *
 * @param job - The job.
 * @param entered - The phases that it has entered, in order; may lag behind the job.
 */
export function steps(job: IJob, entered: ReadonlyArray<JobPhase>): IStep[] {
  const seen = withCurrent(job, entered);
  const forward = seen.filter(phase => phase !== 'rolling-back');
  const shown = job.kind === 'create' ? CREATE_STEPS : forward;
  const reached = shown.indexOf(forward[forward.length - 1]);
  const result = shown.map((phase, place): IStep => {
    if (place > reached) {
      return {
        phase,
        state: job.state === 'succeeded' ? 'skipped' : 'pending'
      };
    }
    if (place < reached || job.state === 'succeeded') {
      return { phase, state: seen.includes(phase) ? 'done' : 'skipped' };
    }
    const isCurrent = isActive(job) && job.phase === phase;
    return { phase, state: isCurrent ? 'current' : 'stopped' };
  });
  if (seen.includes('rolling-back')) {
    const state = isActive(job) ? 'current' : 'done';
    result.push({ phase: 'rolling-back', state });
  }
  return result;
}

function withCurrent(
  { kind, phase }: IJob,
  entered: ReadonlyArray<JobPhase>
): ReadonlyArray<JobPhase> {
  if (phase === null || entered.includes(phase)) {
    return entered;
  }
  // Before the journal is read, assume that all earlier phases were entered.
  return kind === 'create' && !entered.length && CREATE_STEPS.includes(phase)
    ? CREATE_STEPS.slice(0, CREATE_STEPS.indexOf(phase) + 1)
    : [...entered, phase];
}
