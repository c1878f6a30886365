/**
 * Amounts and times as text.
 */

import { TranslationBundle } from '@jupyterlab/translation';

import { IProgress } from '../types';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Format a number of bytes: "1.5 MB". */
export function formatBytes(bytes: number): string {
  const { unit, value } = scaled(bytes);
  const digits = unit > 0 && value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** Return a number of bytes in its unit, a place in `UNITS`. */
function scaled(bytes: number): { unit: number; value: number } {
  let unit = 0;
  let value = bytes;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return { unit, value };
}

/** Format a part of a number of bytes: "38 of 96 MB", "3.0 of 16.7 MB". */
function formatPart(
  part: number,
  whole: number,
  trans: TranslationBundle
): string {
  const { unit, value } = scaled(whole);
  const digits = unit > 0 && value < 19.95 ? 1 : 0;
  return trans.__(
    '%1 of %2 %3',
    (part / 1000 ** unit).toFixed(digits),
    value.toFixed(digits),
    UNITS[unit]
  );
}

/** Format a duration in milliseconds: "0:07", "1:02:03". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const pad = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${pad(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

/** Format the progress of a phase: "38 of 96 MB", "3 of 12 packages". */
export function formatProgress(
  progress: IProgress,
  trans: TranslationBundle
): string {
  const { done, total, unit } = progress;
  if (unit === 'bytes') {
    return total === null ? formatBytes(done) : formatPart(done, total, trans);
  }
  if (unit === 'files') {
    return total === null
      ? trans._n('%1 file', '%1 files', done)
      : trans._n('%2 of %1 file', '%2 of %1 files', total, done);
  }
  return total === null
    ? trans._n('%1 package', '%1 packages', done)
    : trans._n('%2 of %1 package', '%2 of %1 packages', total, done);
}

/** Format the speed and remaining time of a phase: "3.2 MB/s · 9 s left"; empty while unknown. */
export function formatPace(
  progress: IProgress,
  trans: TranslationBundle
): string {
  const { rate, seconds_left: left, unit } = progress;
  const words = [
    rate && unit === 'bytes' ? trans.__('%1/s', formatBytes(rate)) : '',
    left === null ? '' : formatLeft(left, trans)
  ];
  return words.filter(Boolean).join(' · ');
}

function formatLeft(seconds: number, trans: TranslationBundle): string {
  if (seconds < 90) {
    return trans.__('%1 s left', Math.max(1, Math.round(seconds)));
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 90
    ? trans.__('%1 min left', minutes)
    : trans.__('%1 h left', Math.round(minutes / 60));
}

/** Return the completed fraction, between 0 and 1; null while unknown. */
export function fraction(progress: IProgress | null): number | null {
  if (!progress?.total) {
    return null;
  }
  return Math.min(1, progress.done / progress.total);
}

/** Days after which a date is told without its day. */
const RECENT = 60;

/** Format a day: "today", "yesterday", "Nov 21", "Jun 2026". */
export function formatDay(
  time: string,
  trans: TranslationBundle,
  now = new Date()
): string {
  const then = new Date(time);
  const day = (days: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
  if (then >= day(0)) {
    return trans.__('today');
  }
  if (then >= day(1)) {
    return trans.__('yesterday');
  }
  return then.toLocaleDateString(
    undefined,
    then >= day(RECENT)
      ? { month: 'short', day: 'numeric' }
      : { month: 'short', year: 'numeric' }
  );
}

/** Format a time of today: "11:02"; for earlier ones, the day. */
export function formatClock(
  time: string,
  trans: TranslationBundle,
  now = new Date()
): string {
  const then = new Date(time);
  return then.toDateString() === now.toDateString()
    ? then.toLocaleTimeString(undefined, { timeStyle: 'short' })
    : formatDay(time, trans, now);
}

/** Format a period in seconds: "7 days", "12 hours". */
export function formatPeriod(
  seconds: number,
  trans: TranslationBundle
): string {
  const hours = Math.ceil(seconds / 3600);
  return hours < 48
    ? trans._n('%1 hour', '%1 hours', hours)
    : trans._n('%1 day', '%1 days', Math.ceil(hours / 24));
}

/** Format a date in the user's locale. */
export function formatDate(time: string): string {
  return new Date(time).toLocaleDateString(undefined, { dateStyle: 'medium' });
}

/** Format a time: "today, 11:20", "yesterday, 11:20", or its date and time. */
export function formatMoment(
  time: string,
  trans: TranslationBundle,
  now = new Date()
): string {
  const then = new Date(time);
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  const clock = then.toLocaleTimeString(undefined, { timeStyle: 'short' });
  if (then.toDateString() === now.toDateString()) {
    return trans.__('today, %1', clock);
  }
  return then.toDateString() === yesterday.toDateString()
    ? trans.__('yesterday, %1', clock)
    : formatTime(time);
}

/** Format a date and time in the user's locale. */
export function formatTime(time: string): string {
  return new Date(time).toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'short'
  });
}
