/**
 * Notifications about jobs that have ended.
 */

import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { jobOutcome } from '../components/words';
import { IJob } from '../types';

/** What a notification offers. */
export interface INotifyActions {
  openJobNotebook: (job: IJob) => void;
  showJob: (id: string) => void;
  /** Whether the person sees the job now. */
  isShown: (id: string) => boolean;
}

/** Tell that a job has ended, unless the person ended it. */
export function notifyEnd(
  job: IJob,
  actions: INotifyActions,
  trans: TranslationBundle
): void {
  const message = jobOutcome(job, trans);
  if (job.state === 'succeeded') {
    const open = {
      label: trans.__('Open a notebook'),
      displayType: 'accent' as const,
      callback: () => actions.openJobNotebook(job)
    };
    Notification.success(message, {
      autoClose: job.kind === 'remove' ? 5000 : 15000,
      actions: job.kind === 'remove' ? [] : [open]
    });
  } else if (job.state !== 'cancelled') {
    const show = {
      label: trans.__('Show'),
      displayType: 'accent' as const,
      callback: () => actions.showJob(job.id)
    };
    Notification.error(message, {
      // A failure waits for the person, unless it is in view.
      autoClose: actions.isShown(job.id) ? 8000 : false,
      actions: [show]
    });
  }
}
