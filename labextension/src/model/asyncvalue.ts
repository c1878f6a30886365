/**
 * A value that is loaded from the server on demand.
 */

import { VDomModel } from '@jupyterlab/ui-components';

import { RequestError } from '../restapi';

/** A value, the function that loads it, and the error if loading failed. */
export class AsyncValue<T> extends VDomModel {
  constructor(private readonly _fetch: () => Promise<T>) {
    super();
  }

  /** The last loaded value; null before the first. */
  get value(): T | null {
    return this._value;
  }

  /** Why the last load failed; null if it did not. */
  get error(): RequestError | null {
    return this._error;
  }

  /** Load the value. The result of an earlier, unfinished load is dropped. */
  async load(): Promise<void> {
    const turn = ++this._turn;
    let value = this._value;
    let error: RequestError | null = null;
    try {
      value = await this._fetch();
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
