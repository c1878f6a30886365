/**
 * Apply fixes of the server to the current text.
 */

import { IFix } from '../types';
import { nearest } from './remarks';

/** Return the text with a fix applied; null if the lines to replace have changed. */
export function applied(fix: IFix, text: string): string | null {
  const lines = text.split('\n');
  const replaced = new Map<number, string | null>();
  for (const { line, before, after } of fix.edits) {
    const place = nearest(lines, before, line);
    if (place === null) {
      return null;
    }
    replaced.set(place, after);
  }
  return lines
    .map((line, index) =>
      replaced.has(index + 1) ? replaced.get(index + 1)! : line
    )
    .filter(line => line !== null)
    .join('\n');
}
