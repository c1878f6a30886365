/**
 * The check of a spec by the server.
 */

import { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { RequestError } from '../restapi';
import { ICheckedSpec, IDiagnostic, SpecSource } from '../types';
import { carried, merged, without } from './remarks';

/** Diagnostics after which the channels are checked again, and how often at most. */
const UNFINISHED = ['channel-slow', 'channels-not-asked'];
const MAX_TURNS = 5;

/** Checks a text: the text itself after each change, and its channels once typing pauses. */
export class SpecCheck implements IDisposable {
  constructor(private readonly _options: SpecCheck.IOptions) {
    const { channelsDelay = 600, delay = 150 } = _options;
    this._soon = new Debouncer(() => this.run(), delay);
    this._channelsSoon = new Debouncer(
      () => this._checkChannels(),
      channelsDelay
    );
  }

  /** Emitted when the result has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The result; null before the first response. */
  get checked(): ICheckedSpec | null {
    return this._shown;
  }

  /** The first error in the text itself, without the channels. */
  get wrong(): IDiagnostic | undefined {
    return this._checked?.diagnostics.find(d => d.severity === 'error');
  }

  /** Why the text could not be checked; null if it was. */
  get error(): RequestError | null {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._soon.isDisposed;
  }

  dispose(): void {
    this._soon.dispose();
    this._channelsSoon.dispose();
    Signal.clearData(this);
  }

  /** Schedule a check, because the text has changed. */
  invalidate(): void {
    void this._soon.invoke();
  }

  /** Check the text now. The result for an older text is dropped. */
  async run(withChannels = true): Promise<void> {
    const { source, text } = this._options.read();
    const turn = ++this._turn;
    this._channelTurns = 0;
    if (withChannels) {
      void this._channelsSoon.invoke();
    }
    let checked = this._checked;
    let error: RequestError | null = null;
    try {
      checked = await this._options.check(source, false);
    } catch (reason) {
      error = reason as RequestError;
    }
    if (turn === this._turn && !this.isDisposed) {
      this._checked = checked;
      this._error = error;
      this._remarks = carried(this._remarks, this._remarksText, text);
      this._remarksText = text;
      this._show();
    }
  }

  /** Check the channels. A failure is not shown: their diagnostics are optional. */
  private async _checkChannels(): Promise<void> {
    const { source, text } = this._options.read();
    const turn = this._turn;
    let answer: ICheckedSpec;
    try {
      answer = await this._options.check(source, true);
    } catch (reason) {
      console.debug('Failed to check the spec against its channels.', reason);
      return;
    }
    if (turn !== this._turn || this.isDisposed || !this._checked) {
      return;
    }
    this._remarks = without(answer.diagnostics, this._checked.diagnostics);
    this._remarksText = text;
    this._show();
    const isUnfinished = ({ code }: IDiagnostic) => UNFINISHED.includes(code);
    if (this._remarks.some(isUnfinished) && ++this._channelTurns < MAX_TURNS) {
      void this._channelsSoon.invoke();
    }
  }

  private _show(): void {
    const checked = this._checked;
    this._shown = checked && {
      spec: checked.spec,
      diagnostics: [
        ...merged(
          checked.diagnostics,
          without(this._remarks, checked.diagnostics)
        )
      ]
    };
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _channelsSoon: Debouncer<void, Error>;
  private _channelTurns = 0;
  /** The result for the text itself. */
  private _checked: ICheckedSpec | null = null;
  private _error: RequestError | null = null;
  /** The diagnostics from the channels, and their text. */
  private _remarks: IDiagnostic[] = [];
  private _remarksText = '';
  private _shown: ICheckedSpec | null = null;
  private readonly _soon: Debouncer<void, Error>;
  private _turn = 0;
}

/** A namespace for SpecCheck statics. */
export namespace SpecCheck {
  /** Check on the server, with or without the channels. */
  export type Check = (
    source: SpecSource,
    withChannels: boolean
  ) => Promise<ICheckedSpec>;

  /** The options of a SpecCheck; times are in milliseconds. */
  export interface IOptions {
    check: Check;
    /** Return the current text and its source for the server. */
    read: () => { text: string; source: SpecSource };
    /** Delay before the text is checked. */
    delay?: number;
    /** Delay before the channels are checked. */
    channelsDelay?: number;
  }
}
