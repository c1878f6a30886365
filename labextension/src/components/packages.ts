/**
 * Parsers of match specs, channels and history records.
 */

import { Change, IInstalledPackage, IRevision } from '../types';

/** Return the package name of a match spec; empty if it has none. */
export function specName(spec: string): string {
  const [, name = ''] = /^\s*(?:[^[\s]*::)?([A-Za-z0-9_.-]+)/.exec(spec) ?? [];
  return name.toLowerCase();
}

/** Return the name of a channel: the last part of its URL. */
export function channelName(channel: string): string {
  return channel.replace(/\/+$/, '').split('/').pop() ?? channel;
}

/** The packages whose versions are those of languages. */
const LANGUAGE_PACKAGES: { [language: string]: string } = { r: 'r-base' };

/** Return the name of a language with its version among the packages: "Python 3.12.8". */
export function languageVersion(
  language: string,
  packages: ReadonlyArray<IInstalledPackage>
): string {
  const word = language.toLowerCase();
  const wanted = LANGUAGE_PACKAGES[word] ?? word;
  const found = packages.find(({ name }) => name === wanted);
  const name = language.charAt(0).toUpperCase() + language.slice(1);
  return found ? `${name} ${found.version}` : name;
}

/** Parse a package of a history: `channel/subdir::name-version-build`. */
export function parseRecord(record: string): { name: string; version: string } {
  const [, name = record, version = ''] =
    /^(?:.*::)?(.+)-([^-]+)-[^-]+$/.exec(record) ?? [];
  return { name, version };
}

/** The change of a package; `changed` where a history does not tell which version is newer. */
export interface IChangeLine {
  name: string;
  change: Change | 'changed';
  before: string | null;
  after: string | null;
}

/** Return the changes of a revision, sorted by name. */
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
