/**
 * What the list has: environments with the jobs that change them, in groups.
 */

import { IEnvironment, IJob } from '../../types';
import { Order, ordered } from './sorting';

/** An environment, a job that makes one, or both. */
export interface IEntry {
  id: string;
  name: string;
  prefix: string;
  /** Null while it is created. */
  environment: IEnvironment | null;
  /** The job that creates, changes or deletes it. */
  job: IJob | null;
}

export const GROUPS = ['mine', 'shared', 'system'] as const;
export type Group = (typeof GROUPS)[number];

/** Its level, and its place among the rows of this level. */
interface IPlaced {
  key: string;
  level: number;
  place: number;
  count: number;
}

export interface IGroupRow extends IPlaced {
  kind: 'group';
  group: Group;
  /** The number of its entries. */
  size: number;
  isOpen: boolean;
}

export interface IEntryRow extends IPlaced {
  kind: 'entry';
  entry: IEntry;
}

export type Row = IGroupRow | IEntryRow;

/** Return an entry for each environment, and for each job that makes one. */
export function entriesOf(
  environments: ReadonlyArray<IEnvironment>,
  jobs: ReadonlyArray<IJob>
): IEntry[] {
  const active = new Map(jobs.map(job => [job.environment_id, job]));
  const entries: IEntry[] = environments.map(environment => {
    const { id, name, prefix } = environment;
    const job = active.get(id) ?? null;
    active.delete(id);
    return { id, name, prefix, environment, job };
  });
  for (const [id, job] of active) {
    const { environment: name, prefix } = job;
    entries.push({ id, name, prefix, environment: null, job });
  }
  return entries;
}

/** Return whether each word of the query is in the name, the prefix or a kernel's name. */
export function matches(entry: IEntry, query: string): boolean {
  const { environment, name, prefix } = entry;
  const kernels = environment?.kernels ?? [];
  const text = [name, prefix, ...kernels.map(kernel => kernel.display_name)]
    .join(' ')
    .toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}

/** Return the group of an entry; what is being created is the user's. */
export function groupOf({ environment }: IEntry): Group {
  if (environment?.is_base || environment?.is_running) {
    return 'system';
  }
  return environment?.is_shared ? 'shared' : 'mine';
}

/**
 * Return the rows of the list: sorted entries below their groups, or without groups if there is only one.
 *
 * @param closed - The groups whose entries are hidden.
 */
export function rowsOf(
  entries: ReadonlyArray<IEntry>,
  order: Order,
  closed: ReadonlySet<Group>
): Row[] {
  const sorted = ordered(entries, order);
  const groups = GROUPS.map(group => ({
    group,
    members: sorted.filter(entry => groupOf(entry) === group)
  })).filter(({ members }) => members.length > 0);
  if (groups.length === 1) {
    return entryRows(sorted, 1);
  }
  return groups.flatMap(({ group, members }, index) => {
    const isOpen = !closed.has(group);
    const head: Row = {
      kind: 'group',
      key: group,
      level: 1,
      place: index + 1,
      count: groups.length,
      group,
      size: members.length,
      isOpen
    };
    return isOpen ? [head, ...entryRows(members, 2)] : [head];
  });
}

function entryRows(entries: ReadonlyArray<IEntry>, level: number): Row[] {
  return entries.map((entry, index) => ({
    kind: 'entry',
    key: entry.id,
    level,
    place: index + 1,
    count: entries.length,
    entry
  }));
}
