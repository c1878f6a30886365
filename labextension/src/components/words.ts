/**
 * States, amounts and failures in words.
 */

import { TranslationBundle } from '@jupyterlab/translation';

import { NOT_UNDERSTOOD, UNREACHABLE } from '../restapi';
import {
  IJob,
  IProblem,
  IProgress,
  JobKind,
  JobPhase,
  JobState
} from '../types';

/** What the job does: "Create ml". */
export function jobTitle(job: IJob, trans: TranslationBundle): string {
  const titles: { [kind in JobKind]: string } = {
    create: trans.__('Create %1', job.environment),
    clone: trans.__('Clone to %1', job.environment),
    remove: trans.__('Delete %1', job.environment)
  };
  return titles[job.kind];
}

/** What the job has done: "ml is ready". */
export function jobOutcome(job: IJob, trans: TranslationBundle): string {
  if (job.state === 'succeeded') {
    return job.kind === 'remove'
      ? trans.__('%1 was deleted', job.environment)
      : trans.__('%1 is ready', job.environment);
  }
  if (job.state === 'cancelled') {
    return trans.__('Cancelled');
  }
  if (job.state === 'interrupted') {
    return trans.__('The job was interrupted');
  }
  const failures: { [kind in JobKind]: string } = {
    create: trans.__('%1 could not be created', job.environment),
    clone: trans.__('%1 could not be cloned', job.environment),
    remove: trans.__('%1 could not be deleted', job.environment)
  };
  return failures[job.kind];
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
    downloading: trans.__('Download'),
    linking: trans.__('Link'),
    pip: trans.__('Install with pip'),
    verifying: trans.__('Verify'),
    removing: trans.__('Delete'),
    'rolling-back': trans.__('Roll back')
  };
  return names[phase];
}

/** A number of bytes: "1.5 MB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = bytes;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** A time in milliseconds: "0:07", "1:02:03". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const pad = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${pad(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

/** How far a phase is: "1.5 MB of 20 MB", "3 of 12 packages". */
export function formatProgress(
  progress: IProgress,
  trans: TranslationBundle
): string {
  const { done, total, unit } = progress;
  if (unit === 'bytes') {
    return total === null
      ? formatBytes(done)
      : trans.__('%1 of %2', formatBytes(done), formatBytes(total));
  }
  return total === null
    ? trans._n('%1 package', '%1 packages', done)
    : trans._n('%2 of %1 package', '%2 of %1 packages', total, done);
}

/** Between 0 and 1; null while unknown. */
export function fraction(progress: IProgress | null): number | null {
  if (!progress?.total) {
    return null;
  }
  return Math.min(1, progress.done / progress.total);
}

/** A failure in words for the person: those of the server, or ours where it did not answer. */
export function describe(error: unknown, trans: TranslationBundle): IProblem {
  const { code = '', message, remedy = '' } = error as Partial<IProblem>;
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
  return { code, message: message ?? String(error), remedy };
}
