/**
 * What the server is asked for when a person wants to see it.
 */

import { VDomModel } from '@jupyterlab/ui-components';

import { RequestError } from '../restapi';

/** An answer of the server, the question to it, and why there is no answer. */
export class AsyncValue<T> extends VDomModel {
  constructor(private readonly _ask: () => Promise<T>) {
    super();
  }

  /** The newest answer; null before the first one. */
  get value(): T | null {
    return this._value;
  }

  /** Why there is no newer answer; null while there is none. */
  get error(): RequestError | null {
    return this._error;
  }

  /** Ask, again if need be. The answer to an earlier question is then thrown away. */
  async load(): Promise<void> {
    const turn = ++this._turn;
    let value = this._value;
    let error: RequestError | null = null;
    try {
      value = await this._ask();
    } catch (reason) {
      error = reason as RequestError;
    }
    if (turn === this._turn && !this.isDisposed) {
      this._value = value;
      this._error = error;
      this.stateChanged.emit();
    }
  }

  private _value: T | null = null;
  private _error: RequestError | null = null;
  private _turn = 0;
}
