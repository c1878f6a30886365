/**
 * Jobs and failures in words.
 */

import { TranslationBundle } from '@jupyterlab/translation';

import { NOT_UNDERSTOOD, RequestError, UNREACHABLE } from '../restapi';
import {
  IJob,
  IProblem,
  JobKind,
  JobPhase,
  JobState,
  PlannedKind
} from '../types';

/** What the job does: "Create ml". */
export function jobTitle(job: IJob, trans: TranslationBundle): string {
  const title = kindTitle(job.plans ?? job.kind, job.environment, trans);
  return job.kind === 'plan' ? trans.__('Preview: %1', title) : title;
}

function kindTitle(
  kind: JobKind,
  name: string,
  trans: TranslationBundle
): string {
  const titles: { [kind in JobKind]: string } = {
    plan: name,
    create: trans.__('Create %1', name),
    clone: trans.__('Clone to %1', name),
    update: trans.__('Update %1', name),
    'add-kernel': trans.__('Add a kernel to %1', name),
    rollback: trans.__('Take %1 back', name),
    rename: trans.__('Rename to %1', name),
    remove: trans.__('Delete %1', name)
  };
  return titles[kind];
}

/** What the job has done: "ml is ready". */
export function jobOutcome(job: IJob, trans: TranslationBundle): string {
  if (job.state === 'cancelled') {
    return trans.__('Cancelled');
  }
  if (job.state === 'interrupted') {
    return trans.__('"%1" was interrupted', jobTitle(job, trans));
  }
  const name = job.environment;
  return job.state === 'succeeded'
    ? success(job.kind, name, trans)
    : failure(job.plans ?? job.kind, name, trans);
}

function success(
  kind: JobKind,
  name: string,
  trans: TranslationBundle
): string {
  const words: { [kind in JobKind]: string } = {
    plan: trans.__('The preview of %1 is ready', name),
    create: trans.__('%1 is ready', name),
    clone: trans.__('%1 is ready', name),
    update: trans.__('%1 is updated', name),
    'add-kernel': trans.__('%1 has a kernel', name),
    rollback: trans.__('%1 is as it was', name),
    rename: trans.__('%1 has its new name', name),
    remove: trans.__('%1 was deleted', name)
  };
  return words[kind];
}

function failure(
  kind: JobKind,
  name: string,
  trans: TranslationBundle
): string {
  const words: { [kind in JobKind]: string } = {
    plan: trans.__('There is no preview of %1', name),
    create: trans.__('%1 could not be created', name),
    clone: trans.__('%1 could not be cloned', name),
    update: trans.__('%1 could not be updated', name),
    'add-kernel': trans.__('%1 could not be given a kernel', name),
    rollback: trans.__('%1 could not be taken back', name),
    rename: trans.__('Renaming to %1 failed', name),
    remove: trans.__('%1 could not be deleted', name)
  };
  return words[kind];
}

/** The button that carries out a plan. */
export function applyName(kind: PlannedKind, trans: TranslationBundle): string {
  const names: { [kind in PlannedKind]: string } = {
    create: trans.__('Create'),
    clone: trans.__('Clone'),
    update: trans.__('Update'),
    'add-kernel': trans.__('Add kernel'),
    rollback: trans.__('Go back')
  };
  return names[kind];
}

/** The button that takes a job up again. */
export function againName(job: IJob, trans: TranslationBundle): string {
  return job.state === 'interrupted'
    ? trans.__('Resume')
    : trans.__('Try again');
}

export function stateName(state: JobState, trans: TranslationBundle): string {
  const names: { [name in JobState]: string } = {
    queued: trans.__('Queued'),
    running: trans.__('Running'),
    succeeded: trans.__('Done'),
    failed: trans.__('Failed'),
    cancelled: trans.__('Cancelled'),
    interrupted: trans.__('Interrupted')
  };
  return names[state];
}

export function phaseName(phase: JobPhase, trans: TranslationBundle): string {
  const names: { [name in JobPhase]: string } = {
    checking: trans.__('Check'),
    solving: trans.__('Solve'),
    copying: trans.__('Copy'),
    downloading: trans.__('Download'),
    linking: trans.__('Link'),
    pip: trans.__('Install with pip'),
    verifying: trans.__('Verify'),
    removing: trans.__('Delete'),
    'rolling-back': trans.__('Roll back')
  };
  return names[phase];
}

/** A failure in words for the person: those of the server, or ours where it did not answer. */
export function describe(error: unknown, trans: TranslationBundle): IProblem {
  const problem = error instanceof RequestError ? error.problem : error;
  const { code = '', message, remedy = '' } = problem as Partial<IProblem>;
  if (code === UNREACHABLE) {
    return {
      code,
      message: trans.__('The Jupyter server does not answer.'),
      remedy: trans.__(
        'Check the connection and whether the server still runs; then refresh.'
      )
    };
  }
  if (code === NOT_UNDERSTOOD) {
    return {
      code,
      message: trans.__(
        'The server did not answer as jupyter-envkernels does (%1).',
        message
      ),
      remedy: trans.__(
        'Check with "jupyter server extension list" that jupyter_envkernels is enabled, and restart the server.'
      )
    };
  }
  return {
    ...(problem as Partial<IProblem>),
    code,
    message: message ?? String(error),
    remedy
  };
}
