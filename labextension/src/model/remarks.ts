/**
 * What only the channels know of a spec, while its text changes.
 *
 * They answer later than the check of the text itself. Until they do, what they said of an earlier text goes on to
 * count for the lines that are still in it: so a mark neither vanishes with each key nor stays on a line that was
 * corrected.
 */

import { IDiagnostic } from '../types';

/** The remarks of which `others` has none alike. */
export function without(
  remarks: ReadonlyArray<IDiagnostic>,
  others: ReadonlyArray<IDiagnostic>
): IDiagnostic[] {
  const known = new Set(others.map(key));
  return remarks.filter(remark => !known.has(key(remark)));
}

/** The remarks on a text, as they apply to the next one. */
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

/** The remarks of both, in the order of the lines. */
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

/** Where a line with this text is, counted from 1: the nearest one. */
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
