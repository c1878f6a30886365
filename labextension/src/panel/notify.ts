/**
 * Notifications about jobs that have ended.
 */

import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { jobOutcome } from '../components/labels';
import { IJob } from '../types';

/** The actions of notifications. */
export interface INotifyActions {
  openJobNotebook: (job: IJob) => void;
  showJob: (id: string) => void;
  /** Return whether the job is visible. */
  isShown: (id: string) => boolean;
  /** Return whether this page started the job. */
  isOwn: (job: IJob) => boolean;
}

/** Notify that a job has ended, unless it was cancelled. */
export function notifyEnd(
  job: IJob,
  actions: INotifyActions,
  trans: TranslationBundle
): void {
  const message = jobOutcome(job, trans);
  const show = {
    label: trans.__('Show'),
    displayType: 'accent' as const,
    callback: () => actions.showJob(job.id)
  };
  const open = {
    label: trans.__('Open a notebook'),
    displayType: 'accent' as const,
    callback: () => actions.openJobNotebook(job)
  };
  if (job.state === 'cancelled' || isUnwanted(job, actions)) {
    return;
  }
  if (job.state !== 'succeeded') {
    // The notification of a failure stays, unless the job is visible.
    const autoClose = actions.isShown(job.id) ? 8000 : false;
    Notification.error(message, { autoClose, actions: [show] });
  } else if (job.kind === 'plan') {
    Notification.info(message, { autoClose: 15000, actions: [show] });
  } else if (job.kind === 'remove') {
    Notification.success(message, { autoClose: 5000 });
  } else {
    Notification.success(message, { autoClose: 15000, actions: [open] });
  }
}

/** Return whether a plan needs no notification: it is visible, or another page started it. */
function isUnwanted(job: IJob, actions: INotifyActions): boolean {
  return (
    job.kind === 'plan' && (!actions.isOwn(job) || actions.isShown(job.id))
  );
}
