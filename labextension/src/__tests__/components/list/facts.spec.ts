import {
  factsLine,
  jobLines,
  languages,
  rowProblem
} from '../../../components/list/facts';
import { makeEnvironment, makeJob, makeProblem } from '../../makers';
import { trans } from '../../render';

describe('factsLine', () => {
  const usage = {
    own_bytes: 412e6,
    shared_bytes: 0,
    measured: '2026-01-01T00:00:00Z'
  };
  const last_used = new Date().toISOString();

  it.each([
    [{ usage, last_used }, 0, 'Python 3.12 · 412 MB · used today'],
    [{ usage, last_used }, 2, 'Python 3.12 · 412 MB · in use'],
    [{ usage }, 0, 'Python 3.12 · 412 MB · never used'],
    [{ is_running: true }, 0, 'Python 3.12 · in use'],
    [{ kernels: [], python: null }, 0, 'never used']
  ])('of %j with %d kernels', (more, running, line) => {
    const environment = makeEnvironment('ml', more);
    expect(factsLine(environment, running, trans)).toBe(line);
  });
});

describe('languages', () => {
  const [python] = makeEnvironment('ml').kernels;
  const r = { ...python, language: 'R' };

  it('are named once each, Python with its version', () => {
    expect(languages({ kernels: [python, r, python], python: '3.11' })).toEqual(
      ['Python 3.11', 'R']
    );
    expect(languages({ kernels: [python], python: null })).toEqual(['Python']);
  });

  it('are those of the kernels, or else Python', () => {
    expect(languages({ kernels: [r], python: '3.11' })).toEqual(['R']);
    expect(languages({ kernels: [], python: '3.11' })).toEqual(['Python 3.11']);
    expect(languages({ kernels: [], python: null })).toEqual([]);
  });
});

describe('rowProblem', () => {
  const of = (code: string, more = {}) =>
    rowProblem(
      makeEnvironment('ml', {
        kernels: [],
        problem: makeProblem({ code, message: 'It is so.', remedy: 'Do it.' }),
        ...more
      }),
      trans
    );

  it.each([
    ['no-kernel', {}, 'ipykernel is missing', 'add-kernel'],
    ['no-kernel', { read_only: true }, 'ipykernel is missing', null],
    ['no-kernel', { python: null }, 'It has no kernel', 'add-kernel'],
    [
      'no-kernelspec',
      {},
      'The kernelspec of ipykernel is missing',
      'add-kernel'
    ],
    ['gone', { read_only: true }, 'Its folder is gone', 'unlist'],
    ['dangling-link', {}, 'Its folder is a link to nothing', null],
    ['unreadable', {}, 'It is so.', null]
  ])('tells %s with %j', (code, more, text, remedy) => {
    expect(of(code, more)).toEqual({
      severity: 'error',
      text,
      details: 'It is so. Do it.',
      remedy
    });
  });

  it('leaves it to a mark that an environment is not trusted', () => {
    expect(of('not-trusted', { is_trusted: false })).toBeNull();
    expect(rowProblem(makeEnvironment('ml'), trans)).toBeNull();
  });

  it('warns of scripts that failed', () => {
    const activation_problems = ['a.sh', 'b.sh'].map(name =>
      makeProblem({ code: 'x', message: `${name} failed.`, remedy: '' })
    );
    const environment = makeEnvironment('ml', { activation_problems });
    expect(rowProblem(environment, trans)).toEqual({
      severity: 'warning',
      text: 'a.sh failed.',
      details: 'a.sh failed.\nb.sh failed.',
      remedy: null
    });
  });
});

describe('jobLines', () => {
  const progress = {
    done: 38e6,
    total: 96e6,
    unit: 'bytes',
    rate: 12.4e6,
    seconds_left: 5
  } as const;
  const downloading = makeJob('a', {
    state: 'running',
    phase: 'downloading',
    message: 'Downloading 34 packages',
    progress
  });

  it('tell phase, amount, rate and time left', () => {
    expect(jobLines(downloading, false, trans)).toEqual([
      'Downloading · 38 of 96 MB',
      '12.4 MB/s · 5 s left'
    ]);
  });

  it.each([
    [{ progress: null }, false, ['Downloading', 'Downloading 34 packages']],
    [{ state: 'queued', phase: null }, false, ['Queued', '']],
    [{ phase: null, message: 'Starting' }, false, ['Starting', '']],
    [{}, true, ['Cancelling…', '']]
  ] as const)('of %j', (more, isCancelling, lines) => {
    const job = { ...downloading, ...more };
    expect(jobLines(job, isCancelling, trans)).toEqual(lines);
  });
});
