/**
 * What the server says of a spec that is being written.
 */

import { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { RequestError } from '../restapi';
import { ICheckedSpec, IDiagnostic, SpecSource } from '../types';
import { carried, merged, without } from './remarks';

/** Remarks after which it is worth asking again, and how often. */
const UNFINISHED = ['channel-slow', 'channels-not-asked'];
const MAX_TURNS = 5;

/** Has a text checked: by itself as soon as it changes, and with what the channels know once the typing pauses. */
export class SpecCheck implements IDisposable {
  constructor(private readonly _options: SpecCheck.IOptions) {
    const { channelsDelay = 600, delay = 150 } = _options;
    this._soon = new Debouncer(() => this.run(), delay);
    this._channelsSoon = new Debouncer(
      () => this._askChannels(),
      channelsDelay
    );
  }

  /** Emitted when there is something new. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What is known of the text; null before the first answer. */
  get checked(): ICheckedSpec | null {
    return this._shown;
  }

  /** An error in the text itself, whatever the channels say; undefined where there is none. */
  get wrong(): IDiagnostic | undefined {
    return this._checked?.diagnostics.find(d => d.severity === 'error');
  }

  /** Why the text was not checked; null where it was. */
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

  /** The text has changed. */
  invalidate(): void {
    void this._soon.invoke();
  }

  /** Have the text checked now. The answer to an older text is thrown away. */
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

  /** The channels' answer is an addition: where there is none, nothing is missed. */
  private async _askChannels(): Promise<void> {
    const { source, text } = this._options.read();
    const turn = this._turn;
    let answer: ICheckedSpec;
    try {
      answer = await this._options.check(source, true);
    } catch (reason) {
      console.debug('The channels were not asked.', reason);
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
  /** What the check of the text itself has found. */
  private _checked: ICheckedSpec | null = null;
  private _error: RequestError | null = null;
  /** What only the channels know, and of which text. */
  private _remarks: IDiagnostic[] = [];
  private _remarksText = '';
  private _shown: ICheckedSpec | null = null;
  private readonly _soon: Debouncer<void, Error>;
  private _turn = 0;
}

/** A namespace for SpecCheck statics. */
export namespace SpecCheck {
  /** Ask the server, with or without its channels. */
  export type Check = (
    source: SpecSource,
    withChannels: boolean
  ) => Promise<ICheckedSpec>;

  /** The options of a SpecCheck; times are in milliseconds. */
  export interface IOptions {
    check: Check;
    /** The present text, and what the server is to read for it. */
    read: () => { text: string; source: SpecSource };
    /** How long the typing pauses before the text is checked. */
    delay?: number;
    /** How long it pauses before the channels are asked. */
    channelsDelay?: number;
  }
}
