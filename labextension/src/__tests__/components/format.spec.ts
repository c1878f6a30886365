import {
  formatBytes,
  formatClock,
  formatDay,
  formatDuration,
  formatMoment,
  formatPace,
  formatPeriod,
  formatProgress,
  fraction
} from '../../components/format';
import { trans } from '../render';

const UNPACED = { rate: null, seconds_left: null };

describe('amounts', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [45_320_000, '45.3 MB'],
    [182_345_678, '182 MB'],
    [999_900_000, '1.0 GB'],
    [2e15, '2000 TB']
  ])('tells %d bytes as %s', (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });

  it.each([
    [-5, '0:00'],
    [7_900, '0:07'],
    [65_000, '1:05'],
    [3_723_000, '1:02:03']
  ])('tells %d ms as %s', (time, words) => {
    expect(formatDuration(time)).toBe(words);
  });

  it('tells progress with and without a known end', () => {
    const bytes = { done: 1e6, total: 2e6, unit: 'bytes', ...UNPACED } as const;
    const packages = {
      done: 3,
      total: 12,
      unit: 'packages',
      ...UNPACED
    } as const;
    expect(formatProgress(bytes, trans)).toBe('1.0 of 2.0 MB');
    expect(formatProgress({ ...bytes, done: 38e6, total: 96e6 }, trans)).toBe(
      '38 of 96 MB'
    );
    expect(formatProgress({ ...bytes, done: 5, total: 80 }, trans)).toBe(
      '5 of 80 B'
    );
    expect(formatProgress({ ...bytes, total: null }, trans)).toBe('1.0 MB');
    expect(formatProgress(packages, trans)).toBe('3 of 12 packages');
    expect(formatProgress({ ...packages, total: null }, trans)).toBe(
      '3 packages'
    );
    const files = { ...packages, unit: 'files' } as const;
    expect(formatProgress(files, trans)).toBe('3 of 12 files');
    expect(formatProgress({ ...files, total: null }, trans)).toBe('3 files');
  });

  it('knows no part of an unknown or empty whole', () => {
    expect(fraction(null)).toBeNull();
    expect(
      fraction({ done: 1, total: null, unit: 'bytes', ...UNPACED })
    ).toBeNull();
    expect(
      fraction({ done: 0, total: 0, unit: 'bytes', ...UNPACED })
    ).toBeNull();
    expect(fraction({ done: 1, total: 4, unit: 'bytes', ...UNPACED })).toBe(
      0.25
    );
    expect(fraction({ done: 5, total: 4, unit: 'bytes', ...UNPACED })).toBe(1);
  });

  it.each([
    ['bytes', 3_200_000, 9.4, '3.2 MB/s · 9 s left'],
    ['bytes', 3_200_000, null, '3.2 MB/s'],
    ['packages', 4, 0.2, '1 s left'],
    ['files', 40_000, 0.2, '1 s left'],
    ['packages', null, 200, '3 min left'],
    ['bytes', null, 7900, '2 h left'],
    ['bytes', null, null, '']
  ] as const)('tells the pace in %s: %p, %p', (unit, rate, left, words) => {
    const progress = { done: 1, total: 2, unit, rate, seconds_left: left };
    expect(formatPace(progress, trans)).toBe(words);
  });

  const now = new Date(2026, 10, 25, 12);

  it.each([
    [new Date(2026, 10, 25, 0, 1), 'today'],
    [new Date(2026, 10, 26), 'today'],
    [new Date(2026, 10, 24, 23), 'yesterday'],
    [new Date(2026, 10, 24), 'yesterday'],
    [new Date(2026, 10, 21, 10), 'Nov 21'],
    [new Date(2026, 5, 3), 'Jun 2026'],
    [new Date(2023, 10, 25), 'Nov 2023']
  ])('tells the day of %s', (time, words) => {
    expect(formatDay(time.toISOString(), trans, now)).toBe(words);
  });

  it('tells the time of today, and the day of earlier times', () => {
    const clock = (time: Date) => formatClock(time.toISOString(), trans, now);
    expect(clock(new Date(2026, 10, 25, 11, 2))).toMatch(/^11:02/);
    expect(clock(new Date(2026, 10, 24, 11, 2))).toBe('yesterday');
  });

  it.each([
    ['2026-03-01T00:10:00', /^today, /],
    ['2026-02-28T23:50:00', /^yesterday, /],
    ['2026-02-27T12:00:00', /2026/]
  ])('tells the day and hour of %s', (time, words) => {
    const now = new Date('2026-03-01T12:00:00');
    expect(formatMoment(time, trans, now)).toMatch(words);
  });

  it.each([
    [60, '1 hour'],
    [43_200, '12 hours'],
    [604_800, '7 days']
  ])('%s seconds are a period', (seconds, words) => {
    expect(formatPeriod(seconds, trans)).toBe(words);
  });
});
