/**
 * Diagnostics from the channels, while the text of a spec changes.
 *
 * They arrive later than those of the text itself. Until then, those of an earlier text are kept for the lines that are
 * still in it: a mark neither disappears with each key nor stays on a corrected line.
 */

import { IDiagnostic } from '../types';

/** Return the diagnostics that `others` does not have. */
export function without(
  remarks: ReadonlyArray<IDiagnostic>,
  others: ReadonlyArray<IDiagnostic>
): IDiagnostic[] {
  const known = new Set(others.map(key));
  return remarks.filter(remark => !known.has(key(remark)));
}

/** Move the diagnostics of a text to the lines of the next text. */
export function carried(
  remarks: ReadonlyArray<IDiagnostic>,
  before: string,
  after: string
): IDiagnostic[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return remarks.flatMap(remark => {
    if (remark.line === null) {
      return [remark];
    }
    const line = nearest(now, old[remark.line - 1], remark.line);
    return line === null ? [] : [{ ...remark, line }];
  });
}

/** Merge diagnostics, sorted by line. */
export function merged(
  remarks: ReadonlyArray<IDiagnostic>,
  others: ReadonlyArray<IDiagnostic>
): ReadonlyArray<IDiagnostic> {
  const place = ({ line }: IDiagnostic) => line ?? 0;
  return others.length
    ? [...remarks, ...others].sort((a, b) => place(a) - place(b))
    : remarks;
}

function key({ code, line, message }: IDiagnostic): string {
  return `${line} ${code} ${message}`;
}

/** Return the line number, from 1, of the nearest line with this text; null if there is none. */
export function nearest(
  lines: ReadonlyArray<string>,
  text: string | undefined,
  place: number
): number | null {
  let found: number | null = null;
  lines.forEach((line, index) => {
    const distance = Math.abs(index + 1 - place);
    if (
      line === text &&
      (found === null || distance < Math.abs(found - place))
    ) {
      found = index + 1;
    }
  });
  return found;
}
