/**
 * The spec of an update.
 */

import { IEnvironment, UpdateRequest } from '../types';
import { SpecDraft } from './draft';

/** The options of an update. */
export interface IUpdateOptions {
  /** Remove packages that the spec does not need. */
  prune: boolean;
  /** Update all packages to the newest compatible versions. */
  upgrade: boolean;
}

/** A spec for an existing environment. */
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
      ...this._updateOptions,
      ...this.cutoff
    };
  }

  private _updateOptions: IUpdateOptions = { prune: false, upgrade: false };
}
