/**
 * Follow jobs: their journal and their log.
 *
 * An event of the bus is used directly if its seq is the next one. The bus keeps nothing, and any logged-in client can
 * write to it: gaps and the end of a job are read from the job's journal, after the last known seq. A slow poll reads the
 * journal, too, so that there is progress without a connection to the bus.
 */

import { Event } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { decode } from './decode';
import { RequestError } from './restapi';
import { IJobEvent, ILogChunk, isActive } from './types';

/** The schema of the event that environments have changed, by any program. */
export const ENVIRONMENTS_SCHEMA =
  'https://events.jupyter.org/jupyter_envkernels/environments/v1';

/** The schema of the events of jobs. */
export const JOB_SCHEMA =
  'https://events.jupyter.org/jupyter_envkernels/job/v1';

/** A followed job. */
interface IFollowed {
  /** The seq of the last event that was emitted. */
  seq: number;
  /** The poll that reads its journal. */
  poll: Poll;
}

/** Emits the events of jobs, each once and in order. */
export class JobStream implements IDisposable {
  constructor(private readonly _options: JobStream.IOptions) {
    _options.bus.connect(this._onEmission, this);
  }

  isDisposed = false;

  /** Whether the last attempt to read a journal failed, so that what is known may be out of date. */
  get isStale(): boolean {
    return this._isStale;
  }

  /** Emitted when `isStale` has changed. */
  get staleChanged(): ISignal<this, void> {
    return this._staleChanged;
  }

  /** Emitted with the new events of one job. */
  get advanced(): ISignal<this, IJobEvent[]> {
    return this._advanced;
  }

  /** Emitted with the id of a job on the bus that is not followed. */
  get discovered(): ISignal<this, string> {
    return this._discovered;
  }

  /** Emitted with the id of a followed job that no longer exists on the server. */
  get lost(): ISignal<this, string> {
    return this._lost;
  }

  dispose(): void {
    this.isDisposed = true;
    [...this._followed.keys()].forEach(id => this._unfollow(id));
    Signal.clearData(this);
  }

  /** Emit the events of a job after `seq`, until it ends. */
  follow(id: string, seq = 0): void {
    if (this.isDisposed || this._followed.has(id)) {
      return;
    }
    const poll = new Poll({
      name: `jupyter_envkernels:job-${id}`,
      factory: () => this._pull(id),
      frequency: {
        interval: this._options.pollInterval ?? 2000,
        backoff: false
      }
    });
    this._followed.set(id, { seq, poll });
  }

  private _unfollow(id: string): void {
    this._followed.get(id)?.poll.dispose();
    this._followed.delete(id);
  }

  private _onEmission(_: unknown, emission: Event.Emission): void {
    const { schema_id, job_id: id, seq } = emission;
    if (schema_id !== JOB_SCHEMA || typeof id !== 'string') {
      return;
    }
    const followed = this._followed.get(id);
    if (!followed) {
      this._discovered.emit(id);
      return;
    }
    const event = seq === followed.seq + 1 ? asActive(emission) : null;
    if (event) {
      this._emit(id, [event]);
    } else if (typeof seq === 'number' && seq > followed.seq) {
      void followed.poll.refresh();
    }
  }

  private async _pull(id: string): Promise<void> {
    try {
      const answer = await this._options.replay(id, this._seq(id));
      this._setStale(false);
      // Read seq again: the job may have ended, or the stream been disposed, during the request.
      const events = answer.filter(event => event.seq > this._seq(id));
      if (events.length) {
        this._emit(id, events);
      }
    } catch (error) {
      if (error instanceof RequestError && error.status === 404) {
        this._unfollow(id);
        this._lost.emit(id);
      } else if (!this._isStale) {
        console.warn('Failed to read the events of jobs; trying again.', error);
        this._setStale(true);
      }
    }
  }

  private _setStale(isStale: boolean): void {
    if (isStale !== this._isStale && !this.isDisposed) {
      this._isStale = isStale;
      this._staleChanged.emit();
    }
  }

  private _emit(id: string, events: IJobEvent[]): void {
    const last = events[events.length - 1];
    this._followed.get(id)!.seq = last.seq;
    if (!isActive(last)) {
      this._unfollow(id);
    }
    this._advanced.emit(events);
  }

  private _seq(id: string): number {
    return this._followed.get(id)?.seq ?? Infinity;
  }

  private readonly _advanced = new Signal<this, IJobEvent[]>(this);
  private readonly _discovered = new Signal<this, string>(this);
  private _isStale = false;
  private readonly _lost = new Signal<this, string>(this);
  private readonly _staleChanged = new Signal<this, void>(this);
  private readonly _followed = new Map<string, IFollowed>();
}

/** Decode an emission; null if it is invalid or its job has ended. */
function asActive(emission: Event.Emission): IJobEvent | null {
  try {
    const event = decode('JobEvent', emission);
    return isActive(event) ? event : null;
  } catch {
    return null;
  }
}

/** A namespace for JobStream statics. */
export namespace JobStream {
  /** The options of a JobStream; times are in milliseconds. */
  export interface IOptions {
    /** The event bus. */
    bus: ISignal<unknown, Event.Emission>;
    /** Read a job's journal: its events with a greater seq than `after`, in order. */
    replay: (id: string, after: number) => Promise<IJobEvent[]>;
    /** How often to read the journal without events on the bus. */
    pollInterval?: number;
  }
}

/** Reads the end of a job's log as it grows. */
export class LogTail implements IDisposable {
  constructor(private readonly _options: LogTail.IOptions) {
    this._poll = new Poll({
      name: 'jupyter_envkernels:log',
      factory: () => this._pull(),
      frequency: { interval: _options.pollInterval ?? 500, backoff: false }
    });
  }

  /** Emitted when there is new text. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The text; at most 2^20 characters. */
  get text(): string {
    return this._text;
  }

  /** Whether the beginning was dropped. */
  get isCut(): boolean {
    return this._isCut;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  private async _pull(): Promise<void> {
    let chunk: ILogChunk;
    do {
      try {
        chunk = await this._options.read(this._offset);
        this._hasFailed = false;
      } catch (error) {
        if (!this._hasFailed) {
          this._hasFailed = true;
          console.warn('Failed to read the log of a job; trying again.', error);
        }
        return;
      }
      if (this.isDisposed) {
        return;
      }
      this._add(chunk);
    } while (chunk.text && !chunk.complete);
    if (chunk.complete) {
      void this._poll.stop();
    }
  }

  private _add({ text, offset }: ILogChunk): void {
    this._offset = offset;
    if (!text) {
      return;
    }
    this._text += text;
    if (this._text.length > LogTail.LIMIT) {
      const from = this._text.indexOf('\n', this._text.length - LogTail.LIMIT);
      this._text = this._text.slice(from + 1);
      this._isCut = true;
    }
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  /** Whether the last attempt to read failed. */
  private _hasFailed = false;
  private readonly _poll: Poll;
  private _text = '';
  private _isCut = false;
  private _offset = 0;
}

/** A namespace for LogTail statics. */
export namespace LogTail {
  /** How many characters are kept. */
  export const LIMIT = 2 ** 20;

  /** The options of a LogTail; times are in milliseconds. */
  export interface IOptions {
    /** Read a chunk of the log, from an offset in bytes. */
    read: (offset: number) => Promise<ILogChunk>;
    pollInterval?: number;
  }
}
