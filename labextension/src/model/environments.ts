/**
 * The environments of the server, as the panel knows them.
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

/** The list of environments, kept true. `stateChanged` is emitted only when something differs. */
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

  /** Ordered by name; null until the server has answered. */
  get all(): ReadonlyArray<IEnvironment> | null {
    return this._environments;
  }

  /** Why there is no newer list; null while there is none. */
  get error(): RequestError | null {
    return this._error;
  }

  get(id: string): IEnvironment | undefined {
    return this._environments?.find(environment => environment.id === id);
  }

  /** Read the environments again. */
  refresh(): void {
    // Poll.refresh() does nothing while an answer is under way, which may be too old.
    void this._poll.schedule({ interval: Poll.IMMEDIATE, phase: 'refreshed' });
  }

  /** Read the environments and the kernelspecs again: something outside may have changed them. */
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
      return; // a newer answer follows
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

  /** Other programs make and remove environments too. */
  private _onEmission(_: unknown, emission: Event.Emission): void {
    if (emission.schema_id === ENVIRONMENTS_SCHEMA) {
      void this.rescan();
    }
  }

  /** JupyterLab asks for kernelspecs once a minute only; launcher and picker follow this at once. */
  private async _refreshSpecs(): Promise<void> {
    try {
      await this._options.kernelspecs.refreshSpecs();
    } catch (error) {
      console.warn('The kernelspecs were not refreshed.', error);
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
    api: Pick<RestAPI, 'listEnvironments'>;
    /** The event bus. */
    bus: ISignal<unknown, Event.Emission>;
    jobs: JobModel;
    kernelspecs: Pick<KernelSpec.IManager, 'refreshSpecs' | 'specsChanged'>;
  }
}
