import { Session } from '@jupyterlab/services';
import React from 'react';

import { PlanView } from '../../../components/job/planview';
import { IPlan } from '../../../types';
import { makeSession } from '../../fakesessions';
import { makePlan, makeProblem } from '../../makers';
import { Page, trans } from '../../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

describe('PlanView', () => {
  const show = (plan: IPlan, sessions: Session.IModel[] = []) =>
    page.render(<PlanView plan={plan} sessions={sessions} trans={trans} />);
  const [python] = makePlan().packages;
  const text = () => page.node.textContent;

  it('shows requested packages first, and folds their dependencies', () => {
    const openssl = { ...python, name: 'openssl', cached: false, size: 5e6 };
    show(makePlan({ packages: [openssl, python], download_bytes: 5e6 }));
    expect(page.all('[data-package]').map(one => one.dataset.package)).toEqual([
      'python'
    ]);
    expect(text()).toContain('Needed by them: 1 package');
    page.unfold('Needed by them: 1 package');
    const [row] = page.all('[data-package=openssl]');
    expect(row.textContent).toContain('5.0 MB');
  });

  it('names running kernels by their notebooks', () => {
    const running = makeProblem({
      code: 'kernels-run',
      message: '3 kernels are running in this environment.',
      remedy: 'Restart them after the update.',
      details: { count: 3 }
    });
    const plan = makePlan({ kind: 'update', warnings: [running] });
    show(plan, [makeSession('work/a.ipynb', 'x'), makeSession('b.ipynb', 'x')]);
    expect(text()).toContain(
      '3 kernels are running in this environment (a.ipynb, b.ipynb, 1 kernel of another program). Restart them after the update.'
    );
    show(plan);
    expect(text()).toContain(running.message);
  });

  it('tells how much there is of it', () => {
    show(makePlan({ download_bytes: 12e6, disk_bytes: 4e7, free_bytes: 3e9 }));
    const terms = page.all('dd').map(node => node.textContent);
    expect(terms).toEqual([
      '11 cached',
      '12.0 MBthe rest is cached',
      'about 40.0 MB3.0 GB free'
    ]);
    show(makePlan({ free_bytes: null }));
    expect(text()).toContain('nothing');
    expect(text()).not.toContain('free');
  });

  it('shows what changes in words, what goes away first', () => {
    show(
      makePlan({
        kind: 'update',
        requested: ['numpy'],
        changes: [
          { name: 'b', change: 'added', before: null, after: '1 h_0' },
          { name: 'c', change: 'upgraded', before: '1 h_0', after: '2 h_0' },
          { name: 'numpy', change: 'upgraded', before: '1 h', after: '2 h' },
          { name: 'd', change: 'rebuilt', before: '1 h_0', after: '1 h_1' },
          { name: 'e', change: 'removed', before: '1 h_0', after: null }
        ]
      })
    );
    const rows = page.all('tr[data-package]').map(row => row.dataset.package);
    expect(rows).toEqual(['e', 'numpy', 'c', 'd', 'b']);
    const counts = page.all('.jp-EnvKernels-changeCounts li');
    expect(counts.map(node => node.textContent)).toEqual([
      '−1 removed',
      '↑2 updated',
      '↻1 rebuilt',
      '+1 added'
    ]);
    const [rebuilt] = page.all('tr[data-package=d]');
    expect(rebuilt.textContent).toContain('1 h_0');
    const [upgraded] = page.all('tr[data-package=c]');
    expect(upgraded.textContent).not.toContain('h_0');
  });

  it('says that nothing changes', () => {
    show(makePlan({ kind: 'update' }));
    expect(text()).toContain('No conda package changes.');
  });

  it('shows warnings, lines for pip and variables', () => {
    show(
      makePlan({
        pip: ['cowsay'],
        pip_removed: ['old'],
        variables: { A: 'b' },
        warnings: [
          makeProblem({
            code: 'disk',
            message: 'It is full.',
            remedy: 'Clean.'
          })
        ]
      })
    );
    expect(page.all('[data-code=disk]')[0].textContent).toContain('Clean.');
    expect(page.all('code').map(node => node.textContent)).toEqual([
      'cowsay',
      'old',
      'A=b'
    ]);
  });
});
