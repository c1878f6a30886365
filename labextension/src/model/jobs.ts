/**
 * The model of the jobs.
 */

import { Event } from '@jupyterlab/services';
import { VDomModel } from '@jupyterlab/ui-components';
import { JSONExt, ReadonlyJSONValue } from '@lumino/coreutils';
import { ISignal, Signal } from '@lumino/signaling';

import { RestAPI } from '../restapi';
import { JobStream, LogTail } from '../stream';
import { IJob, IJobEvent, isActive, JobPhase, JobRequest } from '../types';

/** The jobs, kept up to date. `stateChanged` is emitted only on changes. */
export class JobModel extends VDomModel {
  constructor(private readonly _options: JobModel.IOptions) {
    super();
    this._api = _options.api;
    this._stream = new JobStream({
      bus: _options.bus,
      replay: (id, after) => this._api.replayEvents(id, after),
      ..._options.stream
    });
    this._stream.advanced.connect(this._onAdvanced, this);
    this._stream.discovered.connect(this._onDiscovered, this);
    this._stream.lost.connect(this._onLost, this);
    this._stream.staleChanged.connect(() => this.stateChanged.emit());
  }

  /** Whether the server does not answer, so that running jobs are shown as they were. */
  get isStale(): boolean {
    return this._stream.isStale;
  }

  /** Whether the jobs were loaded. */
  get isKnown(): boolean {
    return this._isKnown;
  }

  /** Newest first. */
  get all(): ReadonlyArray<IJob> {
    return [...this._jobs.values()].sort((a, b) =>
      b.created === a.created
        ? b.id.localeCompare(a.id)
        : b.created.localeCompare(a.created)
    );
  }

  /** All jobs but plans, newest first. */
  get work(): ReadonlyArray<IJob> {
    return this.all.filter(({ kind }) => kind !== 'plan');
  }

  /** Emitted when a job ends that this page saw running. */
  get ended(): ISignal<this, IJob> {
    return this._ended;
  }

  get(id: string): IJob | undefined {
    return this._jobs.get(id);
  }

  /** Return the phases that the job has entered, in order. */
  phases(id: string): ReadonlyArray<JobPhase> {
    return this._phases.get(id) ?? [];
  }

  /** Return whether this page started the job. */
  isOwn(id: string): boolean {
    return this._own.has(id);
  }

  /** Return whether a cancel of the job is pending. */
  isCancelling(id: string): boolean {
    return this._cancelling.has(id);
  }

  /** Load the jobs, and follow the active ones. */
  async load(): Promise<void> {
    try {
      for (const job of await this._api.listJobs()) {
        this._jobs.set(job.id, this._jobs.get(job.id) ?? job);
        if (isActive(job)) {
          this._stream.follow(job.id);
        }
      }
    } catch (error) {
      console.warn('Failed to read the jobs.', error);
    }
    this._isKnown = true;
    this.stateChanged.emit();
  }

  /** Start a job. Throws a RequestError if the server refuses it. */
  async start(request: JobRequest): Promise<IJob> {
    return this._adopt(await this._api.startJob(request));
  }

  /** Carry out a plan, or resume or repeat an unfinished job. Throws a RequestError. */
  async run(id: string): Promise<IJob> {
    return this._adopt(await this._api.runJob(id));
  }

  /** Cancel a job; resolves when it has ended. Throws a RequestError. */
  async cancel(id: string): Promise<void> {
    this._cancelling.add(id);
    this.stateChanged.emit();
    try {
      this._put(await this._api.cancelJob(id));
    } finally {
      this._cancelling.delete(id);
      this.stateChanged.emit();
    }
  }

  /** Load the events of a job that has ended, for `phases`. */
  async recall(id: string): Promise<void> {
    if (!this._phases.has(id)) {
      this._remember(await this._api.replayEvents(id, 0));
      this.stateChanged.emit();
    }
  }

  /** Open the log of a job; the caller disposes of it. */
  openLog(id: string): LogTail {
    return new LogTail({
      read: offset => this._api.readLog(id, offset),
      ...this._options.stream
    });
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._stream.dispose();
    super.dispose();
    Signal.clearData(this);
  }

  private _adopt(job: IJob): IJob {
    this._own.add(job.id);
    this._put(job);
    return job;
  }

  private _onAdvanced(_: JobStream, events: IJobEvent[]): void {
    const { job_id, ...step } = events[events.length - 1];
    const known = this._jobs.get(job_id);
    this._remember(events);
    if (known) {
      this._put({ ...known, ...step });
    }
    if (known?.state !== step.state) {
      // Events do not tell when the job was started and when it ended.
      void this._fetch(job_id);
    }
  }

  private _onDiscovered(_: JobStream, id: string): void {
    if (!this._jobs.has(id)) {
      void this._fetch(id);
    }
  }

  private _onLost(_: JobStream, id: string): void {
    this._jobs.delete(id);
    this.stateChanged.emit();
  }

  private _remember(events: IJobEvent[]): void {
    for (const { job_id, phase } of events) {
      const phases = this._phases.get(job_id) ?? [];
      if (phase && !phases.includes(phase)) {
        phases.push(phase);
      }
      this._phases.set(job_id, phases);
    }
  }

  private async _fetch(id: string): Promise<void> {
    try {
      this._put(await this._api.getJob(id));
    } catch (error) {
      console.warn(`Failed to read job ${id}.`, error);
    }
  }

  private _put(job: IJob): void {
    const known = this._jobs.get(job.id);
    if (known && (job.seq < known.seq || same(job, known))) {
      return;
    }
    this._jobs.set(job.id, job);
    if (isActive(job)) {
      this._stream.follow(job.id);
    }
    this.stateChanged.emit();
    if (!isActive(job) && (!known || isActive(known))) {
      this._ended.emit(job);
    }
  }

  private readonly _api: RestAPI;
  private readonly _cancelling = new Set<string>();
  private readonly _ended = new Signal<this, IJob>(this);
  private _isKnown = false;
  private readonly _jobs = new Map<string, IJob>();
  private readonly _own = new Set<string>();
  private readonly _phases = new Map<string, JobPhase[]>();
  private readonly _stream: JobStream;
}

function same(a: IJob, b: IJob): boolean {
  return JSONExt.deepEqual(
    a as unknown as ReadonlyJSONValue,
    b as unknown as ReadonlyJSONValue
  );
}

/** A namespace for JobModel statics. */
export namespace JobModel {
  /** The options of a JobModel. */
  export interface IOptions {
    api: RestAPI;
    /** The event bus. */
    bus: ISignal<unknown, Event.Emission>;
    /** Times in milliseconds, see JobStream and LogTail. */
    stream?: { pollInterval?: number };
  }
}
