/**
 * The order of environments.
 */

import { IEntry } from './entries';

export const ORDERS = ['last-used', 'name', 'size'] as const;

/** By last use, most recent first; by name; by size, largest first. */
export type Order = (typeof ORDERS)[number];

/** Sort entries; those without a value come last, in their previous order. */
export function ordered(
  entries: ReadonlyArray<IEntry>,
  order: Order
): ReadonlyArray<IEntry> {
  if (order === 'name') {
    return [...entries].sort((a, b) => a.name.localeCompare(b.name));
  }
  const rank = order === 'size' ? size : lastUse;
  return [...entries].sort((a, b) => rank(b) - rank(a));
}

function size({ environment }: IEntry): number {
  return environment?.usage?.own_bytes ?? -1;
}

/** Return the time of last use, or of creation if never used. */
function lastUse({ environment, job }: IEntry): number {
  const time = environment
    ? (environment.last_used ?? environment.created)
    : job!.created;
  return time ? Date.parse(time) : -1;
}
