/**
 * The packages that a person wants to add to an environment, and to remove from it.
 */

import { VDomModel } from '@jupyterlab/ui-components';

import { IEnvironment, UpdateRequest } from '../types';

/** Parts a list of match specs: "numpy >=1,<2, pandas" is two. */
const SEPARATOR = /\n|,\s+(?=\w)(?![^[]*\])/;

/** A change of single packages that is being put together. */
export class PackageEdit extends VDomModel {
  constructor(readonly environment: Pick<IEnvironment, 'id' | 'name'>) {
    super();
  }

  /** Match specs, in the order in which they were entered. */
  get added(): ReadonlyArray<string> {
    return this._added;
  }

  /** Names, in the order in which they were marked. */
  get removed(): ReadonlySet<string> {
    return this._removed;
  }

  /** Whether the other packages shall become the newest that there are, too. */
  get upgrade(): boolean {
    return this._upgrade;
  }
  set upgrade(upgrade: boolean) {
    this._upgrade = upgrade;
    this.stateChanged.emit();
  }

  get isEmpty(): boolean {
    return !this._added.length && !this._removed.size && !this._upgrade;
  }

  /** Add the match specs of a text, which commas or line ends part. Those that are there already are not doubled. */
  add(text: string): void {
    for (const spec of text.split(SEPARATOR).map(part => part.trim())) {
      if (spec && !this._added.includes(spec)) {
        this._added = [...this._added, spec];
      }
    }
    this.stateChanged.emit();
  }

  /** Take back an addition. */
  drop(spec: string): void {
    this._added = this._added.filter(other => other !== spec);
    this.stateChanged.emit();
  }

  /** Mark a package for removal, or take the mark back. */
  toggle(name: string): void {
    const removed = new Set(this._removed);
    if (!removed.delete(name)) {
      removed.add(name);
    }
    this._removed = removed;
    this.stateChanged.emit();
  }

  /** Forget all of it. */
  clear(): void {
    this._added = [];
    this._removed = new Set();
    this._upgrade = false;
    this.stateChanged.emit();
  }

  get request(): UpdateRequest {
    return {
      kind: 'update',
      environment: this.environment.id,
      add: [...this._added],
      remove: [...this._removed],
      upgrade: this._upgrade
    };
  }

  private _added: ReadonlyArray<string> = [];
  private _removed: ReadonlySet<string> = new Set();
  private _upgrade = false;
}
