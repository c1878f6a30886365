/**
 * Starts jobs, shows them, and keeps the page to return to.
 */

import { TranslationBundle } from '@jupyterlab/translation';

import { usableKernels } from '../components/permissions';
import { IJobActions } from '../components/job/jobview';
import { EnvModel, JobModel, SpecDraft, SpecDrafts } from '../model';
import { RequestError } from '../restapi';
import { IEnvironment, IJob, isActive, JobRequest } from '../types';
import { showProblem } from './dialogs';
import { Route } from './routes';

/** Starts, cancels, resumes and repeats jobs. */
export class JobStarter {
  constructor(private readonly _options: JobStarter.IOptions) {}

  /**
   * Start a job and show it. Throws a RequestError if the server refuses it.
   *
   * @param request - The request.
   * @param origin - The page to return to.
   */
  async start(request: JobRequest, origin: Route | null = null): Promise<IJob> {
    const job = await this._options.jobs.start(request);
    this._showStarted(job, origin);
    return job;
  }

  /**
   * Start a job, and show a refusal in a dialog.
   *
   * @param request - The request.
   * @param expected - The code of an error that is returned instead.
   */
  async attempt(
    request: JobRequest,
    expected?: string
  ): Promise<RequestError | null> {
    const { trans } = this._options;
    try {
      await this.start(request);
    } catch (error) {
      if (error instanceof RequestError && error.code === expected) {
        return error;
      }
      await showProblem(trans.__('The job could not be started'), error, trans);
    }
    return null;
  }

  /** Carry out a plan, or resume or repeat an unfinished job, and show the new job. */
  run = async (job: IJob): Promise<void> => {
    const { jobs, trans } = this._options;
    const origin = this.origin(job);
    try {
      const next = await jobs.run(job.id);
      this._passDraft(job, next, origin);
      this._showStarted(next, origin);
    } catch (error) {
      await showProblem(trans.__('The job could not be started'), error, trans);
    }
  };

  cancel = (id: string): void => {
    const { jobs, trans } = this._options;
    jobs
      .cancel(id)
      .catch(error =>
        showProblem(trans.__('The job could not be cancelled'), error, trans)
      );
  };

  /** Return the actions that a job allows now. */
  actions = (job: IJob): IJobActions => ({
    cancel: () => this.cancel(job.id),
    newEnvironment: () => this._options.newEnvironment(),
    openNotebook: this._notebookOf(job),
    back: this._back(job),
    run:
      isActive(job) || (job.state === 'succeeded' && job.kind !== 'plan')
        ? null
        : () => void this.run(job)
  });

  /** Assign the draft of a job to the job that continues it. */
  private _passDraft(job: IJob, next: IJob, origin: Route | null): void {
    const draft = origin && this._options.draftOf(origin);
    if (draft && next.kind !== 'plan') {
      draft.jobId = next.id;
    } else if (draft?.preview?.jobId === job.id) {
      draft.preview = { ...draft.preview, jobId: next.id };
    }
  }

  private _showStarted(job: IJob, origin: Route | null): void {
    if (origin) {
      this._origins.set(job.id, origin);
    }
    if (job.kind !== 'remove') {
      this._options.show({ page: 'job', job: job.id });
    }
  }

  private _notebookOf(job: IJob): IJobActions['openNotebook'] {
    const { environments, openNotebook } = this._options;
    const environment = environments.get(job.environment_id);
    return job.state === 'succeeded' &&
      job.kind !== 'plan' &&
      environment &&
      usableKernels(environment).length
      ? anchor => openNotebook(environment, anchor)
      : null;
  }

  private _back(job: IJob): IJobActions['back'] {
    const { show, trans } = this._options;
    const origin = this.origin(job);
    const isDone = job.state === 'succeeded' && job.kind !== 'plan';
    if (!origin || isActive(job) || (isDone && origin.page === 'spec')) {
      return null;
    }
    const labels: { [page in Route['page']]: string } = {
      spec: trans.__('Edit spec'),
      update: isDone ? trans.__('Back to the spec') : trans.__('Edit spec'),
      overview: trans.__('Back to the environment'),
      packages: trans.__('Back to the packages'),
      history: trans.__('Back to the history'),
      log: trans.__('Back to the log'),
      job: trans.__('Back to the job')
    };
    return { label: labels[origin.page], go: () => show(origin) };
  }

  /** Return the page to return to; after a page reload, only that of the stored draft. */
  origin = ({ id }: Pick<IJob, 'id'>): Route | null => {
    const draft = this._options.drafts.ofJob(id);
    const route: Route | null = draft && { page: 'spec', draft: draft.id };
    return this._origins.get(id) ?? route;
  };

  private readonly _origins = new Map<string, Route>();
}

/** A namespace for JobStarter statics. */
export namespace JobStarter {
  /** The options of a JobStarter. */
  export interface IOptions {
    environments: EnvModel;
    jobs: JobModel;
    /** The specs of new environments. */
    drafts: SpecDrafts;
    /** Open an editor for a new environment. */
    newEnvironment: () => void;
    /** Return the draft of a route; null if it has none. */
    draftOf: (route: Route) => SpecDraft | null;
    trans: TranslationBundle;
    /** Show a route in its tab. */
    show: (route: Route) => void;
    openNotebook: (environment: IEnvironment, anchor: HTMLElement) => void;
  }
}
