import React from 'react';

import { JobView } from '../../components/jobview';
import { IJob } from '../../types';
import { makeJob } from '../fakeserver';
import { Page, trans } from '../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

describe('JobView', () => {
  const none = {
    cancel: () => undefined,
    newEnvironment: () => undefined,
    openNotebook: null,
    editSpec: null,
    tryAgain: null
  };

  function view(job: IJob, more = {}): void {
    const log = { text: 'line\n', isCut: false };
    const props = { job, log, trans, phases: [], isCancelling: false };
    page.render(<JobView {...props} actions={none} {...more} />);
  }

  it('shows how far a running job is', () => {
    let cancelled = 0;
    const actions = { ...none, cancel: () => void cancelled++ };
    const progress = { done: 5, total: 10, unit: 'packages' } as const;
    const job = makeJob('a', {
      state: 'running',
      phase: 'linking',
      message: 'Linking numpy',
      progress
    });
    view(job, { actions });
    const [node] = page.all('[data-envkernels-job]');
    expect(node.dataset.jobState).toBe('running');
    expect(node.dataset.jobPhase).toBe('linking');
    expect(page.all('[aria-current=step]')[0].textContent).toBe('Link');
    expect(page.all('[role=status]')[0].textContent).toBe('Linking numpy');
    expect(page.all('[role=log]')[0].textContent).toBe('line\n');
    expect(page.node.textContent).toContain('5 of 10 packages');
    page.click('Cancel');
    expect(cancelled).toBe(1);
  });

  it('says that it cancels', () => {
    view(makeJob('a', { state: 'running' }), { isCancelling: true });
    expect(page.button('Cancelling…').hasAttribute('disabled')).toBe(true);
  });

  it('shows why a job has failed, and what can be done', () => {
    const done: string[] = [];
    const error = { code: 'x', message: 'No numpy.', remedy: 'Add a channel.' };
    const actions = {
      ...none,
      editSpec: () => void done.push('edit'),
      tryAgain: () => void done.push('again')
    };
    view(makeJob('a', { state: 'failed', error }), { actions });
    expect(page.node.textContent).toContain('ml could not be created');
    expect(page.node.textContent).toContain('No numpy.');
    expect(page.node.textContent).toContain('Add a channel.');
    page.click('Edit spec');
    page.click('Try again');
    expect(done).toEqual(['edit', 'again']);
  });

  it('offers a notebook with the new kernel', () => {
    let opened = 0;
    const actions = { ...none, openNotebook: () => void opened++ };
    view(makeJob('a', { state: 'succeeded' }), { actions });
    expect(page.node.textContent).toContain('ml is ready');
    page.click('Open a notebook');
    expect(opened).toBe(1);
  });

  it('shows the time that a job took', () => {
    view(
      makeJob('a', {
        state: 'succeeded',
        started: '2026-01-01T00:00:05Z',
        finished: '2026-01-01T00:01:10Z'
      })
    );
    expect(page.all('.jp-EnvKernels-elapsed')[0].textContent).toBe('1:05');
  });
});
