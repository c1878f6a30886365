/**
 * The model of the environments.
 */

import { Event, KernelSpec } from '@jupyterlab/services';
import { VDomModel } from '@jupyterlab/ui-components';
import { JSONExt, ReadonlyJSONValue } from '@lumino/coreutils';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { RequestError, RestAPI } from '../restapi';
import { ENVIRONMENTS_SCHEMA } from '../stream';
import { IEnvironment, IJob } from '../types';
import { JobModel } from './jobs';

/** The list of environments, kept up to date. `stateChanged` is emitted only on changes. */
export class EnvModel extends VDomModel {
  constructor(private readonly _options: EnvModel.IOptions) {
    super();
    this._poll = new Poll({
      auto: false,
      name: 'jupyter_envkernels:environments',
      factory: () => this._load(),
      frequency: { interval: Poll.NEVER, max: Poll.NEVER, backoff: false },
      standby: 'never'
    });
    _options.kernelspecs.specsChanged.connect(this.refresh, this);
    _options.bus.connect(this._onEmission, this);
    _options.jobs.ended.connect(this._onJobEnded, this);
  }

  /** Sorted by name; null before the first response. */
  get all(): ReadonlyArray<IEnvironment> | null {
    return this._environments;
  }

  /** Why the last read failed; null if it did not. */
  get error(): RequestError | null {
    return this._error;
  }

  get(id: string): IEnvironment | undefined {
    return this._environments?.find(environment => environment.id === id);
  }

  /** Read the environments again. */
  refresh(): void {
    // Poll.refresh() does nothing during a request, whose response may be too old.
    void this._poll.schedule({ interval: Poll.IMMEDIATE, phase: 'refreshed' });
  }

  /** Remove an environment whose folder is gone from conda's list. Throws a RequestError. */
  async unlist(id: string): Promise<void> {
    await this._options.api.unlistEnvironment(id);
    this.refresh();
  }

  /** Read the environments and the kernelspecs again, after a change from outside. */
  async rescan(): Promise<void> {
    this.refresh();
    await this._refreshSpecs();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._poll.dispose();
    super.dispose();
    Signal.clearData(this);
  }

  private async _load(): Promise<void> {
    const { tick } = this._poll;
    let found = this._environments;
    let error: RequestError | null = null;
    try {
      found = await this._options.api.listEnvironments();
    } catch (reason) {
      error = reason as RequestError;
    }
    if (this.isDisposed || tick !== this._poll.tick) {
      return; // a newer request is under way
    }
    if (!same(found, this._environments) || error || this._error) {
      this._environments = found;
      this._error = error;
      this.stateChanged.emit();
    }
  }

  private _onJobEnded(_: JobModel, job: IJob): void {
    if (job.kind === 'plan') {
      return;
    }
    if (job.state === 'succeeded') {
      void this._refreshSpecs();
    }
    this.refresh();
  }

  /** Rescan on events: other programs create and remove environments, too. */
  private _onEmission(_: unknown, emission: Event.Emission): void {
    if (emission.schema_id === ENVIRONMENTS_SCHEMA) {
      void this.rescan();
    }
  }

  /** Refresh the kernelspecs, which JupyterLab polls only once a minute. */
  private async _refreshSpecs(): Promise<void> {
    try {
      await this._options.kernelspecs.refreshSpecs();
    } catch (error) {
      console.warn('Failed to refresh the kernelspecs.', error);
    }
  }

  private _environments: ReadonlyArray<IEnvironment> | null = null;
  private _error: RequestError | null = null;
  private readonly _poll: Poll;
}

function same(a: unknown, b: unknown): boolean {
  return JSONExt.deepEqual(a as ReadonlyJSONValue, b as ReadonlyJSONValue);
}

/** A namespace for EnvModel statics. */
export namespace EnvModel {
  /** The options of an EnvModel. */
  export interface IOptions {
    api: Pick<RestAPI, 'listEnvironments' | 'unlistEnvironment'>;
    /** The event bus. */
    bus: ISignal<unknown, Event.Emission>;
    jobs: JobModel;
    kernelspecs: Pick<KernelSpec.IManager, 'refreshSpecs' | 'specsChanged'>;
  }
}
