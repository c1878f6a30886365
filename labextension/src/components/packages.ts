/**
 * What the lines of specs, plans and histories say of packages.
 */

import { Change, IRevision } from '../types';

/** The name of the package that a match spec asks for; empty where it names none. */
export function specName(spec: string): string {
  const [, name = ''] = /^\s*(?:[^[\s]*::)?([A-Za-z0-9_.-]+)/.exec(spec) ?? [];
  return name.toLowerCase();
}

/** A package as a history writes it: `channel/subdir::name-version-build`. */
export function parseRecord(record: string): { name: string; version: string } {
  const [, name = record, version = ''] =
    /^(?:.*::)?(.+)-([^-]+)-[^-]+$/.exec(record) ?? [];
  return { name, version };
}

/** What becomes of a package. A history does not tell which of two versions is the newer. */
export interface IChangeLine {
  name: string;
  change: Change | 'changed';
  before: string | null;
  after: string | null;
}

/** What a revision changed, by name. */
export function revisionChanges(revision: IRevision): IChangeLine[] {
  const lines = new Map<string, IChangeLine>();
  for (const { name, version } of revision.added.map(parseRecord)) {
    lines.set(name, { name, change: 'added', before: null, after: version });
  }
  for (const { name, version } of revision.removed.map(parseRecord)) {
    const after = lines.get(name)?.after ?? null;
    const change = after === null ? 'removed' : 'changed';
    lines.set(name, { name, change, before: version, after });
  }
  return [...lines.values()].sort((a, b) => a.name.localeCompare(b.name));
}
