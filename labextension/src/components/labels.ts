/**
 * The labels of jobs, their kinds, phases and states, and the texts of failures.
 */

import { Session } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';

import { sessionName } from '../model';
import { NOT_UNDERSTOOD, RequestError, UNREACHABLE } from '../restapi';
import {
  IJob,
  IProblem,
  JobKind,
  JobPhase,
  JobState,
  PlannedKind
} from '../types';

/** Return what the job does: "Create ml". */
export function jobTitle(job: IJob, trans: TranslationBundle): string {
  const { title } = kindLabels(job.plans ?? job.kind, job.environment, trans);
  return job.kind === 'plan' ? trans.__('Preview: %1', title) : title;
}

/** Return what the job did: "Updated ml", "ml could not be updated"; for one that was stopped, what it was to do. */
export function jobDone(job: IJob, trans: TranslationBundle): string {
  const { environment: name, kind, plans, state } = job;
  if (state === 'failed') {
    return kindLabels(plans ?? kind, name, trans).failure;
  }
  return state === 'succeeded'
    ? kindLabels(kind, name, trans).done
    : jobTitle(job, trans);
}

/** Return how the job ended: "ml is ready". */
export function jobOutcome(job: IJob, trans: TranslationBundle): string {
  const { environment: name, kind, plans, state } = job;
  if (state === 'cancelled') {
    return trans.__('Cancelled');
  }
  if (state === 'interrupted') {
    return trans.__('"%1" was interrupted', jobTitle(job, trans));
  }
  return state === 'succeeded'
    ? kindLabels(kind, name, trans).success
    : kindLabels(plans ?? kind, name, trans).failure;
}

interface IKindLabels {
  title: string;
  done: string;
  success: string;
  failure: string;
}

function kindLabels(
  kind: JobKind,
  name: string,
  trans: TranslationBundle
): IKindLabels {
  const labels: { [kind in JobKind]: IKindLabels } = {
    plan: {
      title: name,
      done: name,
      success: trans.__('The preview of %1 is ready', name),
      failure: trans.__('The preview of %1 failed', name)
    },
    create: {
      title: trans.__('Create %1', name),
      done: trans.__('Created %1', name),
      success: trans.__('%1 is ready', name),
      failure: trans.__('%1 could not be created', name)
    },
    clone: {
      title: trans.__('Clone to %1', name),
      done: trans.__('Cloned to %1', name),
      success: trans.__('%1 is ready', name),
      failure: trans.__('%1 could not be cloned', name)
    },
    update: {
      title: trans.__('Update %1', name),
      done: trans.__('Updated %1', name),
      success: trans.__('%1 was updated', name),
      failure: trans.__('%1 could not be updated', name)
    },
    'add-kernel': {
      title: trans.__('Add a kernel to %1', name),
      done: trans.__('Added a kernel to %1', name),
      success: trans.__('%1 now has a kernel', name),
      failure: trans.__('A kernel could not be added to %1', name)
    },
    rollback: {
      title: trans.__('Roll back %1', name),
      done: trans.__('Rolled back %1', name),
      success: trans.__('%1 was rolled back', name),
      failure: trans.__('Rollback of %1 failed', name)
    },
    rename: {
      title: trans.__('Rename to %1', name),
      done: trans.__('Renamed to %1', name),
      success: trans.__('Renamed to %1', name),
      failure: trans.__('Renaming to %1 failed', name)
    },
    remove: {
      title: trans.__('Delete %1', name),
      done: trans.__('Deleted %1', name),
      success: trans.__('%1 was deleted', name),
      failure: trans.__('%1 could not be deleted', name)
    }
  };
  return labels[kind];
}

/**
 * Return the names of running kernels: of their notebooks and consoles, then the number of other kernels.
 *
 * @param sessions - The notebooks and consoles.
 * @param count - The number of all running kernels.
 */
export function kernelNames(
  sessions: ReadonlyArray<Session.IModel>,
  count: number,
  trans: TranslationBundle
): string[] {
  const known = new Set(sessions.map(({ kernel }) => kernel?.id)).size;
  const others = count - known;
  return [
    ...sessions.map(sessionName),
    others > 0
      ? trans._n(
          '%1 kernel of another program',
          '%1 kernels of other programs',
          others
        )
      : ''
  ].filter(Boolean);
}

/** Return the label of the button that carries out a plan. */
export function applyName(kind: PlannedKind, trans: TranslationBundle): string {
  const names: { [kind in PlannedKind]: string } = {
    create: trans.__('Create'),
    clone: trans.__('Clone'),
    update: trans.__('Update'),
    'add-kernel': trans.__('Add kernel'),
    rollback: trans.__('Roll back')
  };
  return names[kind];
}

/** Return the label of the button that resumes or repeats a job. */
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

/** Return what a job does in a phase. */
export function phaseWork(phase: JobPhase, trans: TranslationBundle): string {
  const words: { [phase in JobPhase]: string } = {
    checking: trans.__('Checking'),
    solving: trans.__('Solving'),
    copying: trans.__('Copying'),
    downloading: trans.__('Downloading'),
    linking: trans.__('Linking'),
    pip: trans.__('Installing with pip'),
    verifying: trans.__('Verifying'),
    removing: trans.__('Deleting'),
    'rolling-back': trans.__('Rolling back')
  };
  return words[phase];
}

/** Return the problem of a failure: the server's, or one of our own if the server did not answer. */
export function describe(error: unknown, trans: TranslationBundle): IProblem {
  const problem = error instanceof RequestError ? error.problem : error;
  const { code = '', message, remedy = '' } = problem as Partial<IProblem>;
  if (code === UNREACHABLE) {
    return {
      code,
      message: trans.__('The Jupyter server does not answer.'),
      remedy: trans.__(
        'Check that you are connected and that the server is running. Then refresh.'
      )
    };
  }
  if (code === NOT_UNDERSTOOD) {
    return {
      code,
      message: trans.__('Unexpected response from the server (%1).', message),
      remedy: trans.__(
        'Check with "jupyter server extension list" that jupyter_envkernels is enabled. Then restart the server.'
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
