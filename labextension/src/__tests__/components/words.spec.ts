import { nullTranslator } from '@jupyterlab/translation';

import {
  describe as inWords,
  formatBytes,
  formatDuration,
  formatProgress,
  fraction
} from '../../components/words';
import { NOT_UNDERSTOOD, RequestError, UNREACHABLE } from '../../restapi';

const trans = nullTranslator.load('jupyter_envkernels');

describe('words', () => {
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
    const bytes = { done: 1e6, total: 2e6, unit: 'bytes' } as const;
    const packages = { done: 3, total: 12, unit: 'packages' } as const;
    expect(formatProgress(bytes, trans)).toBe('1.0 MB of 2.0 MB');
    expect(formatProgress({ ...bytes, total: null }, trans)).toBe('1.0 MB');
    expect(formatProgress(packages, trans)).toBe('3 of 12 packages');
    expect(formatProgress({ ...packages, total: null }, trans)).toBe(
      '3 packages'
    );
  });

  it('knows no part of an unknown or empty whole', () => {
    expect(fraction(null)).toBeNull();
    expect(fraction({ done: 1, total: null, unit: 'bytes' })).toBeNull();
    expect(fraction({ done: 0, total: 0, unit: 'bytes' })).toBeNull();
    expect(fraction({ done: 1, total: 4, unit: 'bytes' })).toBe(0.25);
    expect(fraction({ done: 5, total: 4, unit: 'bytes' })).toBe(1);
  });

  it('leaves the words of the server as they are', () => {
    const problem = { code: 'x', message: 'No.', remedy: 'Try.' };
    expect(inWords(new RequestError(problem, 409), trans)).toEqual(problem);
  });

  it('has a remedy where the server does not answer', () => {
    for (const code of [UNREACHABLE, NOT_UNDERSTOOD]) {
      const error = new RequestError({ code, message: '', remedy: '' }, 0);
      expect(inWords(error, trans).remedy).not.toBe('');
    }
    expect(inWords(new Error('Oh'), trans).message).toBe('Oh');
  });
});
