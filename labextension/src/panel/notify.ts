/**
 * Notifications about jobs that have ended.
 */

import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { jobOutcome } from '../components/labels';
import { IJob } from '../types';

/** What a notification offers. */
export interface INotifyActions {
  openJobNotebook: (job: IJob) => void;
  showJob: (id: string) => void;
  /** Whether the person sees the job now. */
  isShown: (id: string) => boolean;
  /** Whether this page has asked for it. */
  isOwn: (job: IJob) => boolean;
}

/** Tell that a job has ended, unless the person ended it. */
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
    // A failure waits for the person, unless it is in view.
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

/** A plan concerns only the person who asked for it, as long as that one does not see it. */
function isUnwanted(job: IJob, actions: INotifyActions): boolean {
  return (
    job.kind === 'plan' && (!actions.isOwn(job) || actions.isShown(job.id))
  );
}
