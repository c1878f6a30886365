/**
 * The spec from which an environment is to be updated.
 */

import { IEnvironment, UpdateRequest } from '../types';
import { SpecDraft } from './draft';

/** How far an update may go. */
export interface IUpdateOptions {
  /** Remove also what nobody has asked for. */
  prune: boolean;
  /** Prefer the newest packages to those that are installed. */
  upgrade: boolean;
}

/** A spec for an environment that there is. */
export class UpdateDraft extends SpecDraft {
  constructor(
    readonly environment: Pick<IEnvironment, 'id' | 'name'>,
    options: SpecDraft.IOptions
  ) {
    super({ ...options, example: '' });
  }

  get options(): IUpdateOptions {
    return this._updateOptions;
  }
  set options(options: IUpdateOptions) {
    this._updateOptions = options;
    this.changed();
  }

  get request(): UpdateRequest {
    return {
      kind: 'update',
      environment: this.environment.id,
      ...this.source,
      ...this._updateOptions
    };
  }

  private _updateOptions: IUpdateOptions = { prune: false, upgrade: false };
}
