import React, { act } from 'react';

import {
  EnvironmentList,
  matches,
  nextPlace
} from '../../../components/list/environmentlist';
import { languages } from '../../../components/list/environmentrow';
import { whyKept } from '../../../components/permissions';
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

  const actions = {
    openNotebook: ({ name }: IEnvironment) => void done.push(`open ${name}`),
    clone: ({ name }: IEnvironment) => void done.push(`clone ${name}`),
    remove: ({ name }: IEnvironment) => void done.push(`remove ${name}`),
    refreshList: () => void done.push('look'),
    addKernel: ({ name }: IEnvironment) => void done.push(`kernel ${name}`),
    openMenu: ({ name }: IEnvironment, anchor: HTMLElement) =>
      void done.push(`menu ${name} ${anchor.tagName}`),
    newEnvironment: () => void done.push('new')
  };

  function list(environments: IEnvironment[] | null, jobs: IJob[] = []): void {
    const props = { environments, jobs, actions, trans, error: null };
    page.render(<EnvironmentList {...props} />);
  }

  beforeEach(() => {
    done = [];
  });

  it('offers what can be done with an environment', () => {
    list([makeEnvironment('ml')]);
    page.click('Open notebook with ml');
    page.click('Clone ml');
    page.click('Delete ml');
    page.click('More for ml');
    expect(done).toEqual([
      'open ml',
      'clone ml',
      'remove ml',
      'menu ml BUTTON'
    ]);
    const [row] = page.all('[data-env-name=ml]');
    expect(row.dataset.envPrefix).toBe('/envs/ml');
  });

  it.each([
    [{ is_base: true }, 'base environment of a conda installation'],
    [{ is_running: true }, 'Jupyter itself'],
    [{ read_only: true }, 'cannot change']
  ])('does not delete %j, and says why', (mark, reason) => {
    const environment = makeEnvironment('kept', mark);
    list([environment]);
    expect(page.button('Delete kept').getAttribute('aria-disabled')).toBe(
      'true'
    );
    expect(page.button('Delete kept').title).toContain(reason);
    page.click('Delete kept');
    expect(done).toEqual([]);
    expect(whyKept(environment, trans)).toContain(reason);
  });

  it('shows why there is no kernel, and the remedy', () => {
    const problem = makeProblem({
      code: 'no-kernel',
      message: 'It has no kernel.',
      remedy: 'Install ipykernel.'
    });
    list([makeEnvironment('tools', { kernels: [], problem })]);
    const [text] = page.all('.jp-EnvKernels-rowProblem');
    expect(text.textContent).toContain('It has no kernel.');
    expect(text.title).toBe('Install ipykernel.');
    page.click('Open notebook with tools');
    expect(done).toEqual([]);
    page.click('Add kernel to tools');
    expect(done).toEqual(['kernel tools']);
  });

  it('names scripts that failed beside a kernel that starts', () => {
    const failed = ['a.sh', 'b.sh'].map(name =>
      makeProblem({
        code: 'activation-script',
        message: `${name} failed.`,
        remedy: 'Correct it.'
      })
    );
    list([makeEnvironment('tools', { activation_problems: failed })]);
    const texts = page.all('.jp-EnvKernels-rowProblem');
    expect(texts.map(({ textContent }) => textContent)).toEqual([
      'a.sh failed. Correct it.',
      'b.sh failed. Correct it.'
    ]);
    page.click('Open notebook with tools');
    expect(done).toEqual(['open tools']);
  });

  it('shows the command that trusts what others can change', () => {
    const problem = makeProblem({
      code: 'not-trusted',
      message: '/srv/x belongs to ada.',
      remedy: 'Run: jupyter envkernels trust /srv/x'
    });
    const mark = { kernels: [], is_trusted: false, problem };
    list([makeEnvironment('exam', mark)]);
    const [text] = page.all('.jp-EnvKernels-rowProblem');
    expect(text.textContent).toBe(`${problem.message} ${problem.remedy}`);
    expect(page.all('.jp-EnvKernels-mark').map(m => m.textContent)).toEqual([
      'not trusted'
    ]);
    page.click('Clone exam');
    expect(done).toEqual([]);
  });

  it.each([
    ['of another reason', { code: 'unreadable' }, {}],
    ['in a read-only environment', { code: 'no-kernel' }, { read_only: true }]
  ])('offers no kernel where there is none %s', (_, { code }, more) => {
    const problem = makeProblem({ code, message: 'No.', remedy: '' });
    list([makeEnvironment('tools', { kernels: [], problem, ...more })]);
    expect(() => page.button('Add kernel to tools')).toThrow();
  });

  it('opens the menu with the right button of the mouse', () => {
    list([makeEnvironment('ml')]);
    const event = new MouseEvent('contextmenu', {
      bubbles: true,
      cancelable: true
    });
    act(() => void page.all('li')[0].dispatchEvent(event));
    expect(event.defaultPrevented).toBe(true);
    expect(done).toEqual(['menu ml LI']);
  });

  it('shows what is to be known of an environment', () => {
    const measured = '2026-01-01T00:00:00Z';
    const usage = { own_bytes: 12e6, shared_bytes: 3e9, measured };
    list([makeEnvironment('ml', { usage, created: measured })]);
    expect(page.all('dl')).toEqual([]);
    page.click('ml');
    expect(done).toEqual(['look']);
    expect(page.button('ml').getAttribute('aria-expanded')).toBe('true');
    const [details] = page.all('dl');
    expect(details.textContent).toContain('12.0 MB');
    expect(details.textContent).toContain('3.0 GB');
    expect(details.textContent).toContain('never');
    act(() => page.all('li')[0].focus());
    page.press('ArrowLeft');
    expect(page.all('dl')).toEqual([]);
  });

  it('sorts by what is to be cleaned up', () => {
    const measured = '2026-01-01T00:00:00Z';
    const usage = { own_bytes: 12e6, shared_bytes: 0, measured };
    list([makeEnvironment('a'), makeEnvironment('b', { usage })]);
    page.type('select', 'size');
    const rows = page.all('[data-env-name]');
    expect(rows.map(row => row.dataset.envName)).toEqual(['b', 'a']);
    expect(rows[0].textContent).toContain('12.0 MB');
  });

  it('keeps back an environment that a job removes', () => {
    const environment = makeEnvironment('ml');
    const job = makeJob('a', {
      kind: 'remove',
      environment_id: environment.id
    });
    list([environment], [job]);
    expect(page.node.textContent).toContain('Deleting…');
    page.click('Delete ml');
    expect(done).toEqual([]);
  });

  it('invites to make the first one', () => {
    list([]);
    page.click('New environment');
    expect(done).toEqual(['new']);
  });

  it('moves between rows with the arrow keys', () => {
    list(['a', 'b', 'c'].map(name => makeEnvironment(name)));
    const rows = page.all('li');
    expect(rows.map(row => row.tabIndex)).toEqual([0, -1, -1]);
    act(() => rows[0].focus());
    page.press('ArrowDown');
    expect(document.activeElement).toBe(rows[1]);
    expect(rows.map(row => row.tabIndex)).toEqual([-1, 0, -1]);
    page.press('Enter');
    expect(done).toEqual(['open b']);
    page.press('End');
    expect(document.activeElement).toBe(rows[2]);
  });

  it('has a filter when there are many', () => {
    list([makeEnvironment('one')]);
    expect(page.all('.jp-FilterBox')).toHaveLength(0);
    const many = Array.from({ length: 9 }, (_, i) => makeEnvironment(`e${i}`));
    list(many);
    expect(page.all('.jp-FilterBox')).toHaveLength(1);
  });

  it('finds by name, place and kernel', () => {
    const environment = makeEnvironment('ml');
    expect(matches(environment, 'ML')).toBe(true);
    expect(matches(environment, 'envs python')).toBe(true);
    expect(matches(environment, 'julia')).toBe(false);
    expect(matches(environment, '')).toBe(true);
  });

  it('names each language once', () => {
    const [kernel] = makeEnvironment('ml').kernels;
    const r = { ...kernel, language: 'R' };
    expect(languages([kernel, r, kernel])).toEqual(['Python', 'R']);
  });
});

describe('nextPlace', () => {
  it.each([
    ['ArrowDown', 0, 1],
    ['ArrowDown', 2, 2],
    ['ArrowUp', 0, 0],
    ['Home', 2, 0],
    ['End', 0, 2],
    ['x', 0, null],
    ['ArrowDown', -1, null]
  ])('%s at %d leads to %p', (key, place, next) => {
    expect(nextPlace(key, place, 3)).toBe(next);
  });
});
