import React, { act } from 'react';

import { EnvironmentList } from '../../../components/list/environmentlist';
import { IEnvironment, IJob } from '../../../types';
import { makeEnvironment, makeJob, makeProblem } from '../../makers';
import { Page, trans } from '../../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

describe('EnvironmentList', () => {
  let done: string[];
  let own: string[];
  let cancelling: string[];
  let running: number;

  const actions = {
    showEnvironment: ({ name }: IEnvironment) => void done.push(`show ${name}`),
    showJob: (id: string) => void done.push(`job ${id}`),
    cancel: (id: string) => void done.push(`cancel ${id}`),
    openNotebook: ({ name }: IEnvironment) => void done.push(`open ${name}`),
    addKernel: ({ name }: IEnvironment) => void done.push(`kernel ${name}`),
    unlist: ({ name }: IEnvironment) => void done.push(`unlist ${name}`),
    openMenu: ({ name }: IEnvironment, anchor: HTMLElement) =>
      void done.push(`menu ${name} ${anchor.tagName}`),
    newEnvironment: () => void done.push('new')
  };

  function list(environments: IEnvironment[] | null, jobs: IJob[] = []): void {
    page.render(
      <EnvironmentList
        actions={actions}
        environments={environments}
        error={null}
        isCancelling={id => cancelling.includes(id)}
        isOwn={id => own.includes(id)}
        jobs={jobs}
        running={() => running}
        trans={trans}
      />
    );
  }

  const items = () => page.all('[role=treeitem]');
  const names = () =>
    page.all('[data-env-name]').map(row => row.dataset.envName);
  const item = (name: string) => page.all(`[data-env-name="${name}"]`)[0];
  const rightClick = (name: string) => {
    const event = new MouseEvent('contextmenu', {
      bubbles: true,
      cancelable: true
    });
    act(() => void item(name).dispatchEvent(event));
    return event;
  };
  const doubleClick = (name: string) => {
    const event = new MouseEvent('dblclick', { bubbles: true });
    act(() => void item(name).dispatchEvent(event));
  };

  beforeEach(() => {
    done = [];
    own = [];
    cancelling = [];
    running = 0;
  });

  it('shows what there is to know, and the path in a tooltip only', () => {
    running = 2;
    list([makeEnvironment('ml', { read_only: true })]);
    expect(item('ml').textContent).toContain('Python 3.12 · in use');
    expect(item('ml').textContent).not.toContain('/envs/ml');
    expect(page.all('.jp-EnvKernels-entryBody')[0].title).toBe('ml\n/envs/ml');
    expect(page.all('[title="2 kernels are running"]')[0].textContent).toBe(
      '2'
    );
    const described = item('ml').getAttribute('aria-describedby')!.split(' ');
    const words = described.map(id => document.getElementById(id)!.textContent);
    expect(words.join(' ')).toContain('read-only');
  });

  it.each([
    [{ is_base: true }, ['base']],
    [{ is_running: true, read_only: true }, ['runs Jupyter', 'read-only']],
    [{ is_trusted: false }, ['not trusted']],
    [{}, []]
  ])('marks %j', (more, words) => {
    list([makeEnvironment('ml', more)]);
    const marks = page.all('.jp-EnvKernels-mark');
    expect(marks.map(({ textContent }) => textContent)).toEqual(words);
  });

  it('tells the command that trusts what others can change', () => {
    const remedy = 'Run: jupyter envkernels trust /srv/x';
    const problem = makeProblem({
      code: 'not-trusted',
      message: 'No.',
      remedy
    });
    list([makeEnvironment('exam', { is_trusted: false, problem })]);
    expect(page.all('.jp-EnvKernels-mark')[0].title).toBe(`No.\n${remedy}`);
    expect(item('exam').textContent).toContain('never used');
  });

  it('selects with a click, opens with a double click or Enter', () => {
    list([makeEnvironment('ml'), makeEnvironment('nlp')]);
    expect(page.all('[aria-selected=true]')).toEqual([]);
    act(() => item('ml').focus()); // as a click does
    expect(page.all('[aria-selected=true]')).toEqual([item('ml')]);
    expect(done).toEqual([]);
    doubleClick('nlp');
    page.press('Enter');
    expect(done).toEqual(['show nlp', 'show ml']);
  });

  it('offers a notebook and the menu of all actions', () => {
    list([makeEnvironment('ml')]);
    page.click('Open a notebook with ml');
    page.click('More for ml');
    expect(rightClick('ml').defaultPrevented).toBe(true);
    expect(done).toEqual(['open ml', 'menu ml BUTTON', 'menu ml DIV']);
  });

  it('offers the remedy of a problem as a button', () => {
    const problem = makeProblem({
      code: 'no-kernel',
      message: 'It has no kernel.',
      remedy: 'Install ipykernel.'
    });
    const gone = makeProblem({ code: 'gone', message: 'Gone.', remedy: '' });
    const bare = { kernels: [], problem };
    list([
      makeEnvironment('tools', bare),
      makeEnvironment('ice', { kernels: [], problem: gone, read_only: true })
    ]);
    expect(item('tools').textContent).toContain('ipykernel is missing');
    expect(item('tools').style.height).toBe('64px');
    expect(() => page.button('Open a notebook with tools')).toThrow();
    page.click('Add ipykernel to tools');
    page.click('Remove ice from list');
    expect(done).toEqual(['kernel tools', 'unlist ice']);
    expect(item('ice').textContent).not.toContain('read-only');
  });

  it('shows a job in the row of its environment', () => {
    const ml = makeEnvironment('ml');
    const job = makeJob('a', {
      kind: 'update',
      environment_id: ml.id,
      state: 'running',
      phase: 'solving',
      message: 'Choosing packages'
    });
    list([ml], [job]);
    expect(items()).toHaveLength(1);
    expect(item('ml').dataset.jobState).toBe('running');
    expect(item('ml').textContent).toContain('Solving');
    expect(page.all('[role=progressbar]')).toHaveLength(1);
    page.click('Cancel: Update ml');
    doubleClick('ml');
    expect(rightClick('ml').defaultPrevented).toBe(true);
    expect(done).toEqual(['cancel a', 'job a', 'menu ml DIV']);

    cancelling = ['a'];
    list([ml], [job]);
    page.click('Cancel: Update ml');
    expect(done).toHaveLength(3);
    expect(item('ml').textContent).toContain('Cancelling…');
  });

  it('shows an environment that is being created', () => {
    list([], [makeJob('a', { state: 'running', phase: 'checking' })]);
    expect(names()).toEqual(['ml']);
    doubleClick('ml');
    rightClick('ml');
    expect(done).toEqual(['job a']);
  });

  it('does nothing with an environment that is being deleted', () => {
    const ml = makeEnvironment('ml');
    const job = makeJob('a', { kind: 'remove', environment_id: ml.id });
    list([ml], [job]);
    expect(item('ml').getAttribute('aria-disabled')).toBe('true');
    act(() => item('ml').focus());
    page.press('Enter');
    doubleClick('ml');
    rightClick('ml');
    expect(page.all('button')).toHaveLength(1);
    expect(done).toEqual([]);
  });

  it('groups what is mine, shared and of the system', () => {
    list([
      makeEnvironment('a'),
      makeEnvironment('b', { is_shared: true }),
      makeEnvironment('c', { is_running: true })
    ]);
    expect(items().map(({ textContent }) => textContent!.slice(0, 7))).toEqual(
      expect.arrayContaining(['Mine1', 'Shared1', 'System1'])
    );
    act(() => items()[0].click());
    expect(names()).toEqual(['b', 'c']);
    expect(items()[0].getAttribute('aria-expanded')).toBe('false');
    act(() => items()[0].focus());
    page.press('ArrowRight');
    expect(names()).toEqual(['a', 'b', 'c']);
    page.press('End');
    page.press('ArrowLeft');
    expect(document.activeElement!.textContent).toBe('System1');
    page.press('Enter');
    expect(names()).toEqual(['a', 'b']);
  });

  it('moves between rows with the arrow keys', () => {
    list(['a', 'b', 'c'].map(name => makeEnvironment(name)));
    expect(items().map(row => row.tabIndex)).toEqual([0, -1, -1]);
    act(() => items()[0].focus());
    page.press('ArrowDown');
    expect(document.activeElement).toBe(item('b'));
    expect(items().map(row => row.tabIndex)).toEqual([-1, 0, -1]);
    page.press('End');
    expect(document.activeElement).toBe(item('c'));
    page.press('ArrowDown');
    expect(document.activeElement).toBe(item('c'));
    page.press('ArrowUp');
    page.press('Home');
    expect(document.activeElement).toBe(item('a'));
  });

  it('has only the rows in sight of a thousand, and reaches all', () => {
    list(Array.from({ length: 1000 }, (_, i) => makeEnvironment(`e${i}`)));
    expect(items().length).toBeLessThan(40);
    act(() => items()[0].focus());
    page.press('End');
    expect(document.activeElement).toBe(item('e999'));
    expect(item('e999').getAttribute('aria-setsize')).toBe('1000');
    expect(items().length).toBeLessThan(40);
  });

  it('brings a new job of this page into sight', () => {
    const many = Array.from({ length: 50 }, (_, i) => makeEnvironment(`e${i}`));
    const job = makeJob('a', { environment_id: many[49].id, kind: 'update' });
    list(many, []);
    const [tree] = page.all('[role=tree]');
    list(many, [job]);
    expect(tree.scrollTop).toBe(0); // another page started it
    own = ['b'];
    list(many, [{ ...job, id: 'b' }]);
    expect(tree.scrollTop).toBeGreaterThan(1000);
  });

  it('sorts', () => {
    const measured = '2026-01-01T00:00:00Z';
    const usage = { own_bytes: 12e6, shared_bytes: 0, measured };
    list([makeEnvironment('a'), makeEnvironment('b', { usage })]);
    expect(names()).toEqual(['a', 'b']);
    page.type('select', 'size');
    expect(names()).toEqual(['b', 'a']);
  });

  it('has a filter when there are many', () => {
    list([makeEnvironment('one')]);
    expect(page.all('input')).toHaveLength(0);
    list(Array.from({ length: 9 }, (_, i) => makeEnvironment(`e${i}`)));
    page.type('input', 'e7');
    expect(names()).toEqual(['e7']);
    page.type('input', 'x');
    expect(page.node.textContent).toContain('No environment matches "x".');
    page.type('input', '');
    expect(names()).toHaveLength(9);
  });

  it('invites to make the first one', () => {
    list([]);
    page.click('New environment');
    expect(done).toEqual(['new']);
  });
});
