import React, { act } from 'react';

import { Activity, isUnfinished } from '../../../components/list/activity';
import { IJob } from '../../../types';
import { makeJob } from '../../makers';
import { Page, trans } from '../../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

describe('Activity', () => {
  it('shows jobs, opens and cancels them', () => {
    const done: string[] = [];
    const props = {
      isCancelling: () => false,
      actions: {
        showJob: (id: string) => void done.push(`show ${id}`),
        cancel: (id: string) => void done.push(`cancel ${id}`),
        runJob: ({ id }: IJob) => void done.push(`run ${id}`)
      },
      trans
    };
    const running = makeJob('a', { state: 'running', message: 'Solving' });
    const over = makeJob('b', { state: 'failed' });
    page.render(<Activity {...props} jobs={[running, over]} />);
    page.click('Cancel: Create ml');
    act(() => page.all('.jp-EnvKernels-jobLink')[1].click());
    expect(done).toEqual(['cancel a', 'show b']);
    expect(page.all('[role=progressbar]')).toHaveLength(1);
    expect(page.all('[data-job-state=failed]')[0].textContent).toContain(
      'Failed'
    );

    page.render(
      <Activity {...props} isCancelling={() => true} jobs={[running]} />
    );
    page.click('Cancel: Create ml');
    expect(done).toHaveLength(2);
    expect(page.node.textContent).toContain('Cancelling…');
  });

  it('takes up again what was not finished', () => {
    const done: string[] = [];
    const actions = {
      showJob: () => undefined,
      cancel: () => undefined,
      runJob: ({ id }: IJob) => void done.push(id)
    };
    const jobs = [
      makeJob('a', { state: 'interrupted' }),
      makeJob('b', { state: 'failed', environment_id: 'x', environment: 'x' })
    ];
    const isCancelling = () => false;
    page.render(<Activity {...{ actions, isCancelling, jobs, trans }} />);
    page.click('Resume: Create ml');
    page.click('Try again: Create x');
    expect(done).toEqual(['a', 'b']);
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
