/**
 * The environments and the jobs of the server, as the panel knows them.
 */

import { Event, KernelSpec } from '@jupyterlab/services';
import { VDomModel } from '@jupyterlab/ui-components';
import { JSONExt, ReadonlyJSONValue } from '@lumino/coreutils';
import { ISignal, Signal } from '@lumino/signaling';

import { RequestError, RestAPI } from '../restapi';
import { Doorbell, ENVIRONMENTS_SCHEMA, JobStream, LogTail } from '../stream';
import {
  ICheckedSpec,
  IEnvironment,
  IJob,
  IJobEvent,
  isActive,
  JobPhase,
  JobRequest,
  SpecSource
} from '../types';

/** The state of the panel. `stateChanged` is emitted only when something differs. */
export class EnvModel extends VDomModel {
  constructor(private readonly _options: EnvModel.IOptions) {
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
    this._reload = new Doorbell(
      () => this._loadEnvironments(),
      _options.stream?.pause ?? 200
    );
    _options.kernelspecs.specsChanged.connect(this._onSpecsChanged, this);
    _options.bus.connect(this._onEmission, this);
  }

  /** Ordered by name; null until the server has answered. */
  get environments(): ReadonlyArray<IEnvironment> | null {
    return this._environments;
  }

  /** Why there is no newer list of environments; null while there is none. */
  get error(): RequestError | null {
    return this._error;
  }

  /** Whether the server has told which jobs there are. */
  get hasJobs(): boolean {
    return this._hasJobs;
  }

  /** Newest first. */
  get jobs(): ReadonlyArray<IJob> {
    return [...this._jobs.values()].sort((a, b) =>
      b.created === a.created
        ? b.id.localeCompare(a.id)
        : b.created.localeCompare(a.created)
    );
  }

  /** A job that this page saw running has ended. */
  get jobEnded(): ISignal<this, IJob> {
    return this._jobEnded;
  }

  job(id: string): IJob | undefined {
    return this._jobs.get(id);
  }

  environment(id: string): IEnvironment | undefined {
    return this._environments?.find(environment => environment.id === id);
  }

  /** The phases that the job has entered, in order. */
  phases(id: string): ReadonlyArray<JobPhase> {
    return this._phases.get(id) ?? [];
  }

  /** What the job was started with; only known to the page that started it. */
  request(id: string): JobRequest | undefined {
    return this._requests.get(id);
  }

  /** Whether the job was asked to stop and has not ended yet. */
  isCancelling(id: string): boolean {
    return this._cancelling.has(id);
  }

  /** Read all there is, and follow the jobs that run. */
  async start(): Promise<void> {
    this.refresh();
    try {
      for (const job of await this._api.listJobs()) {
        this._jobs.set(job.id, this._jobs.get(job.id) ?? job);
        if (isActive(job)) {
          this._stream.follow(job.id);
        }
      }
    } catch (error) {
      console.warn('The jobs were not read.', error);
    }
    this._hasJobs = true;
    this.stateChanged.emit();
  }

  /** Read the environments again. */
  refresh(): void {
    this._reload.ring();
  }

  /** Read the environments and the kernelspecs again: something outside may have changed them. */
  async rescan(): Promise<void> {
    this.refresh();
    await this._refreshSpecs();
  }

  checkSpec(source: SpecSource): Promise<ICheckedSpec> {
    return this._api.checkSpec(source);
  }

  /** Start a job. Throws a RequestError where the server refuses it. */
  async startJob(request: JobRequest): Promise<IJob> {
    const job = await this._api.startJob(request);
    this._requests.set(job.id, request);
    this._put(job);
    return job;
  }

  /** Cancel a job; returns when it is over. Throws a RequestError. */
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

  /** Learn the history of a job that is over, which `phases` then tells. */
  async recall(id: string): Promise<void> {
    if (!this._phases.has(id)) {
      this._remember(await this._api.replayEvents(id, 0));
      this.stateChanged.emit();
    }
  }

  /** The log of a job; the caller disposes of it. */
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
    this._reload.dispose();
    super.dispose();
    Signal.clearData(this);
  }

  private async _loadEnvironments(): Promise<void> {
    let found = this._environments;
    let error: RequestError | null = null;
    try {
      found = await this._api.listEnvironments();
    } catch (reason) {
      error = reason as RequestError;
    }
    if (!same(found, this._environments) || error || this._error) {
      this._environments = found;
      this._error = error;
      this.stateChanged.emit();
    }
  }

  private _onSpecsChanged(): void {
    this.refresh();
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
      console.warn(`The job ${id} was not read.`, error);
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
      this._end(job);
    }
  }

  private _end(job: IJob): void {
    if (job.state === 'succeeded') {
      void this._refreshSpecs();
    }
    this.refresh();
    this._jobEnded.emit(job);
  }

  /** JupyterLab asks for kernelspecs once a minute only; launcher and picker follow this at once. */
  /** Other programs make and remove environments too. */
  private _onEmission(_: unknown, emission: Event.Emission): void {
    if (emission.schema_id === ENVIRONMENTS_SCHEMA) {
      void this.rescan();
    }
  }

  private async _refreshSpecs(): Promise<void> {
    try {
      await this._options.kernelspecs.refreshSpecs();
    } catch (error) {
      console.warn('The kernelspecs were not refreshed.', error);
    }
  }

  private readonly _api: RestAPI;
  private readonly _cancelling = new Set<string>();
  private _environments: ReadonlyArray<IEnvironment> | null = null;
  private _error: RequestError | null = null;
  private _hasJobs = false;
  private readonly _jobEnded = new Signal<this, IJob>(this);
  private readonly _jobs = new Map<string, IJob>();
  private readonly _phases = new Map<string, JobPhase[]>();
  private readonly _reload: Doorbell;
  private readonly _requests = new Map<string, JobRequest>();
  private readonly _stream: JobStream;
}

function same(a: unknown, b: unknown): boolean {
  return JSONExt.deepEqual(a as ReadonlyJSONValue, b as ReadonlyJSONValue);
}

/** A namespace for EnvModel statics. */
export namespace EnvModel {
  /** The options of an EnvModel. */
  export interface IOptions {
    api: RestAPI;
    /** The event bus. */
    bus: ISignal<unknown, Event.Emission>;
    kernelspecs: Pick<KernelSpec.IManager, 'refreshSpecs' | 'specsChanged'>;
    /** Times in milliseconds, see JobStream and LogTail. */
    stream?: { pollInterval?: number; pause?: number };
  }
}
