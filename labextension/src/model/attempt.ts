/**
 * A request that the server may refuse.
 */

import { VDomModel } from '@jupyterlab/ui-components';

import { RequestError } from '../restapi';

/** Runs one task at a time, and keeps the error of the last. */
export class Attempt extends VDomModel {
  get isRunning(): boolean {
    return this._isRunning;
  }

  /** Why the last task failed; null if it did not. */
  get error(): RequestError | null {
    return this._error;
  }

  /** Run a task unless one is running. What it throws becomes the error. */
  async run(task: () => Promise<void>): Promise<void> {
    if (this._isRunning) {
      return;
    }
    this._set(true, null);
    let error: RequestError | null = null;
    try {
      await task();
    } catch (reason) {
      error = reason as RequestError;
    }
    this._set(false, error);
  }

  /** Clear the error, because the request is being changed. */
  forget(): void {
    if (this._error) {
      this._set(this._isRunning, null);
    }
  }

  private _set(isRunning: boolean, error: RequestError | null): void {
    this._isRunning = isRunning;
    this._error = error;
    this.stateChanged.emit();
  }

  private _isRunning = false;
  private _error: RequestError | null = null;
}
