/**
 * The phases of a job as steps.
 */

import { IJob, isActive, JobPhase } from '../types';

/** How a step stands: `skipped` was passed without need, `stopped` is where the job ended before its time. */
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
 * The steps of a job.
 *
 * All steps of a create are known beforehand; the other kinds show those that they have entered.
 *
 * @param job - The job.
 * @param entered - The phases that it has entered, in order; may lag behind the job.
 */
export function steps(job: IJob, entered: ReadonlyArray<JobPhase>): IStep[] {
  const seen = withCurrent(entered, job.phase);
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
  entered: ReadonlyArray<JobPhase>,
  phase: JobPhase | null
): ReadonlyArray<JobPhase> {
  if (phase === null || entered.includes(phase)) {
    return entered;
  }
  // Before the journal was read: what comes before the present phase counts as entered.
  const before = CREATE_STEPS.slice(0, CREATE_STEPS.indexOf(phase) + 1);
  return entered.length || !before.length ? [...entered, phase] : before;
}
