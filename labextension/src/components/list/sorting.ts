/**
 * The order of environments.
 */

import { IEnvironment } from '../../types';

export const ORDERS = ['name', 'size', 'last-used'] as const;

/** By name; by size, largest first; by last use, least recent first. */
export type Order = (typeof ORDERS)[number];

/** Sort environments; those without a value come last, in their previous order. */
export function ordered(
  environments: ReadonlyArray<IEnvironment>,
  order: Order
): ReadonlyArray<IEnvironment> {
  if (order === 'name') {
    return environments;
  }
  const rank = order === 'size' ? size : idleSince;
  return [...environments].sort((a, b) => compare(rank(a), rank(b)));
}

/** Compare numbers; Infinity minus Infinity would be NaN. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function size({ usage }: IEnvironment): number {
  return usage ? -usage.own_bytes : Infinity;
}

/** Return the time of last use, or of creation if never used. */
function idleSince({ created, last_used }: IEnvironment): number {
  const time = last_used ?? created;
  return time === null ? Infinity : Date.parse(time);
}
