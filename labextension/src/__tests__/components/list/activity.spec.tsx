import React, { act } from 'react';

import { Activity, isUnfinished } from '../../../components/list/activity';
import { IJob } from '../../../types';
import { makeJob, makeProblem } from '../../makers';
import { Page, trans } from '../../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

describe('Activity', () => {
  let done: string[];

  const actions = {
    showJob: (id: string) => void done.push(`show ${id}`),
    runJob: ({ id }: IJob) => void done.push(`run ${id}`)
  };
  const show = (jobs: IJob[]) =>
    page.render(<Activity actions={actions} jobs={jobs} trans={trans} />);
  const lines = () =>
    page.all('li').map(row => row.querySelector('button')!.textContent);

  beforeEach(() => {
    done = [];
  });

  it('keeps what is over, the last one first', () => {
    const finished = '2020-01-01T10:00:00Z';
    show([
      makeJob('a', { state: 'running' }),
      makeJob('b', { state: 'succeeded', kind: 'update', finished }),
      makeJob('c', {
        state: 'failed',
        finished: '2020-03-01T10:00:00Z',
        error: makeProblem({
          code: 'unsatisfiable',
          message: 'No.',
          remedy: '',
          packages: ['python=3.13', 'numpy=1.26']
        })
      }),
      makeJob('d', { state: 'cancelled', finished: '2020-02-01T10:00:00Z' })
    ]);
    expect(lines()).toEqual([
      'ml could not be createdpython=3.13, numpy=1.26Mar 2020',
      'Create mlCancelledFeb 2020',
      'Updated mlJan 2020'
    ]);
    act(() => page.all('.jp-EnvKernels-jobLink')[0].click());
    expect(done).toEqual(['show c']);
  });

  it('brings a new one into sight', () => {
    const seen: string[] = [];
    Element.prototype.scrollIntoView = function (this: HTMLElement) {
      seen.push(this.dataset.jobId!);
    };
    const old = makeJob('a', { state: 'succeeded' });
    show([old]);
    show([old]);
    const time = '2026-01-02T00:00:00Z';
    show([makeJob('b', { state: 'failed', finished: time }), old]);
    expect(seen).toEqual(['a', 'b']);
  });

  it('takes up again what was not finished', () => {
    show([
      makeJob('a', { state: 'interrupted' }),
      makeJob('b', { state: 'failed', environment_id: 'x', environment: 'x' })
    ]);
    page.click('Resume: Create ml');
    page.click('Try again: Create x');
    expect(done).toEqual(['run a', 'run b']);
  });

  it('says what will be here', () => {
    show([makeJob('a', { state: 'running' })]);
    expect(page.node.textContent).toContain('appears here');
  });
});

describe('isUnfinished', () => {
  const job = makeJob('a', { state: 'failed' });

  it('is not what was done again since', () => {
    const later = makeJob('b', { created: '2026-01-02T00:00:00Z' });
    expect(isUnfinished(job, [job])).toBe(true);
    expect(isUnfinished(job, [later, job])).toBe(false);
  });

  it.each(['succeeded', 'running', 'queued'] as const)('is not %s', state => {
    expect(isUnfinished({ ...job, state }, [])).toBe(false);
  });
});
