import React from 'react';

import { JobView } from '../../../components/job/jobview';
import { RequestError } from '../../../restapi';
import { IJob } from '../../../types';
import { makeJob, makePlan, makeProblem } from '../../makers';
import { Page, trans } from '../../render';

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
    back: null,
    run: null
  };

  function view(job: IJob, more = {}): void {
    const log = { text: 'line\n', isCut: false };
    const props = {
      job,
      log,
      trans,
      phases: [],
      isCancelling: false,
      isStale: false,
      plan: null,
      sessions: []
    };
    page.render(<JobView {...props} actions={none} {...more} />);
  }

  it('promises nothing while the server is away', () => {
    const progress = {
      done: 5,
      total: 10,
      unit: 'packages',
      rate: 2.5,
      seconds_left: 50
    } as const;
    const job = makeJob('a', { state: 'running', phase: 'linking', progress });
    view(job, { isStale: true });
    const [line] = page.all('.jp-EnvKernels-advanceLine');
    expect(line.textContent).toContain('The server does not answer.');
    expect(line.textContent).toContain('5 of 10 packages');
    expect(line.textContent).not.toContain('left');
  });

  it('shows how far a running job is', () => {
    let cancelled = 0;
    const actions = { ...none, cancel: () => void cancelled++ };
    const progress = {
      done: 5,
      total: 10,
      unit: 'packages',
      rate: 2.5,
      seconds_left: 2
    } as const;
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
    expect(page.all('[role=status]')[0].textContent).toBe('Link: 50 percent');
    expect(page.node.textContent).toContain('Linking numpy');
    expect(page.all('[role=log]')[0].textContent).toBe('line\n');
    expect(page.node.textContent).toContain('5 of 10 packages · 2 s left');
    page.click('Cancel');
    expect(cancelled).toBe(1);
  });

  it('says that it cancels', () => {
    view(makeJob('a', { state: 'running' }), { isCancelling: true });
    expect(page.button('Cancelling…').hasAttribute('disabled')).toBe(true);
  });

  it('shows why a job has failed, and what can be done', () => {
    const done: string[] = [];
    const error = makeProblem({
      code: 'x',
      message: 'No numpy.',
      remedy: 'Add a channel.',
      explanation: '├─ numpy\n└─ nothing'
    });
    const actions = {
      ...none,
      back: { label: trans.__('Edit spec'), go: () => void done.push('edit') },
      run: () => void done.push('again')
    };
    view(makeJob('a', { state: 'failed', error }), { actions });
    expect(page.node.textContent).toContain('ml could not be created');
    expect(page.node.textContent).toContain('No numpy.');
    expect(page.node.textContent).toContain('Add a channel.');
    const [tree] = page.all('details') as HTMLDetailsElement[];
    expect(tree.open).toBe(false);
    expect(tree.textContent).toContain('└─ nothing');
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

  it('shows what is planned, and carries it out', () => {
    const done: string[] = [];
    const actions = {
      ...none,
      back: { label: trans.__('Edit spec'), go: () => void done.push('edit') },
      run: () => void done.push('run')
    };
    const job = makeJob('a', {
      kind: 'plan',
      plans: 'update',
      state: 'succeeded'
    });
    view(job, { actions, plan: { value: null, error: null } });
    expect(() => page.button('Update')).toThrow();
    const value = makePlan({ kind: 'update' });
    view(job, { actions, plan: { value, error: null } });
    expect(page.all('[data-envkernels-plan=update]')).toHaveLength(1);
    page.click('Update');
    page.click('Edit spec');
    expect(done).toEqual(['run', 'edit']);
    expect(page.all('[role=log]')).toEqual([]);
  });

  it('says why a plan cannot be shown', () => {
    const problem = { code: 'not-found', message: 'Gone.', remedy: '' };
    const job = makeJob('a', { kind: 'plan', state: 'succeeded' });
    const plan = { value: null, error: new RequestError(problem, 404) };
    view(job, { plan });
    expect(page.all('[role=alert]')[0].textContent).toContain('Gone.');
  });
});
