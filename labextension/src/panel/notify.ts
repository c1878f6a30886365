/**
 * Notifications about jobs that have ended.
 */

import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { jobOutcome } from '../components/labels';
import { IJob, isActive } from '../types';

/** The actions of notifications. */
export interface INotifyActions {
  openJobNotebook: (job: IJob) => void;
  showJob: (id: string) => void;
  /** Return whether the job is visible. */
  isShown: (id: string) => boolean;
  /** Return whether this page started the job. */
  isOwn: (job: IJob) => boolean;
}

/** Notifies that jobs have ended. */
export class Notifier {
  constructor(
    private readonly _actions: INotifyActions,
    private readonly _trans: TranslationBundle
  ) {}

  /** Notify that a job has ended, unless it was cancelled. */
  notify(job: IJob): void {
    const { environment_id: environment, kind, state } = job;
    if (state === 'cancelled' || isUnwanted(job, this._actions)) {
      return;
    }
    const id = this._emit(job);
    if (state === 'succeeded' && kind !== 'plan' && kind !== 'remove') {
      this._ready.set(environment, id);
    }
  }

  /** Dismiss the notification that an environment is ready, once a job deletes it. */
  dismiss(jobs: ReadonlyArray<IJob>): void {
    for (const job of jobs) {
      const ready = this._ready.get(job.environment_id);
      if (ready && job.kind === 'remove' && isActive(job)) {
        Notification.dismiss(ready);
        this._ready.delete(job.environment_id);
      }
    }
  }

  private _emit(job: IJob): string {
    const actions = this._actions;
    const trans = this._trans;
    const message = jobOutcome(job, trans);
    const show = {
      label: trans.__('Show'),
      displayType: 'accent' as const,
      callback: () => actions.showJob(job.id)
    };
    if (job.state !== 'succeeded') {
      // The notification of a failure stays, unless the job is visible.
      const autoClose = actions.isShown(job.id) ? 8000 : false;
      return Notification.error(message, { autoClose, actions: [show] });
    }
    if (job.kind === 'plan') {
      return Notification.info(message, { autoClose: 15000, actions: [show] });
    }
    if (job.kind === 'remove') {
      return Notification.success(message, { autoClose: 5000 });
    }
    const open = {
      label: trans.__('Open a notebook'),
      displayType: 'accent' as const,
      callback: () => actions.openJobNotebook(job)
    };
    return Notification.success(message, { autoClose: 15000, actions: [open] });
  }

  private readonly _ready = new Map<string, string>();
}

/** Return whether a plan needs no notification: it is visible, or another page started it. */
function isUnwanted(job: IJob, actions: INotifyActions): boolean {
  return (
    job.kind === 'plan' && (!actions.isOwn(job) || actions.isShown(job.id))
  );
}
