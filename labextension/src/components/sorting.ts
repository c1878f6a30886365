/**
 * The order of environments.
 */

import { IEnvironment } from '../types';

export const ORDERS = ['name', 'size', 'last-used'] as const;

/** By name; the largest first; what was not used for longest first. */
export type Order = (typeof ORDERS)[number];

/** The environments in an order; where it tells nothing, they stay as they are, at the end. */
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

/** Infinity minus itself is no number. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function size({ usage }: IEnvironment): number {
  return usage ? -usage.own_bytes : Infinity;
}

/** One that was never used has been idle since it was made. */
function idleSince({ created, last_used }: IEnvironment): number {
  const time = last_used ?? created;
  return time === null ? Infinity : Date.parse(time);
}
