/**
 * Keeps drafts in the browser. Only localStorage is written at once, even while the page is left; the state database of
 * JupyterLab answers later.
 */

/** Stores values as JSON, by the ids of drafts. */
export interface IDraftStorage {
  ids(): string[];
  /** Return a value, which may be anything; null if there is none. */
  read(id: string): unknown;
  write(id: string, value: unknown): void;
  remove(id: string): void;
}

/** The drafts of one user of one server: the users of a hub share an origin, and so a localStorage. */
export class DraftStorage implements IDraftStorage {
  constructor(
    baseUrl: string,
    user: string,
    private readonly _storage: Storage = window.localStorage
  ) {
    this._prefix = `jupyter-envkernels:draft:${JSON.stringify([baseUrl, user])}:`;
  }

  ids(): string[] {
    return Object.keys(this._storage)
      .filter(key => key.startsWith(this._prefix))
      .map(key => key.slice(this._prefix.length));
  }

  read(id: string): unknown {
    try {
      return JSON.parse(this._storage.getItem(this._prefix + id) ?? 'null');
    } catch {
      return null;
    }
  }

  write(id: string, value: unknown): void {
    try {
      this._storage.setItem(this._prefix + id, JSON.stringify(value));
    } catch (reason) {
      console.warn('The browser cannot store the draft.', reason); // it is full, or forbids it
    }
  }

  remove(id: string): void {
    this._storage.removeItem(this._prefix + id);
  }

  private readonly _prefix: string;
}
