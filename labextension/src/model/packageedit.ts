/**
 * A change of single packages of an environment.
 */

import { VDomModel } from '@jupyterlab/ui-components';

import { IEnvironment, UpdateRequest } from '../types';

/** Separates match specs: "numpy >=1,<2, pandas" is two. */
const SEPARATOR = /\n|,\s+(?=\w)(?![^[]*\])/;

/** Packages to add to an environment and to remove from it. */
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

  /** Whether to update all other packages, too. */
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

  /** Add match specs, separated by commas or newlines; duplicates are ignored. */
  add(text: string): void {
    for (const spec of text.split(SEPARATOR).map(part => part.trim())) {
      if (spec && !this._added.includes(spec)) {
        this._added = [...this._added, spec];
      }
    }
    this.stateChanged.emit();
  }

  /** Remove a match spec from the additions. */
  drop(spec: string): void {
    this._added = this._added.filter(other => other !== spec);
    this.stateChanged.emit();
  }

  /** Mark a package for removal, or unmark it. */
  toggle(name: string): void {
    const removed = new Set(this._removed);
    if (!removed.delete(name)) {
      removed.add(name);
    }
    this._removed = removed;
    this.stateChanged.emit();
  }

  /** Reset the change. */
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
