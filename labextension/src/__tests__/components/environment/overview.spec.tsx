import { Session } from '@jupyterlab/services';
import React from 'react';

import {
  IOverviewProps,
  Overview
} from '../../../components/environment/overview';
import { makeSession } from '../../fakesessions';
import {
  makeEnvironment,
  makePackage,
  makeProblem,
  makeRevision,
  makeSettings
} from '../../makers';
import { Page, trans } from '../../render';

let page: Page;
let done: [string, unknown?][];

beforeEach(() => {
  page = new Page();
  done = [];
});

afterEach(() => {
  page.dispose();
});

describe('Overview', () => {
  const note =
    (name: string) =>
    (given?: unknown): void => {
      const isSession = given !== null && typeof given === 'object';
      done.push([name, isSession ? (given as Session.IModel).path : given]);
    };

  function show(more: Partial<IOverviewProps> = {}): void {
    page.render(
      <Overview
        environment={makeEnvironment('ocean', {
          created: '2026-11-03T10:00:00Z',
          usage: {
            own_bytes: 412e6,
            shared_bytes: 310e6,
            measured: '2026-11-03T10:00:00Z'
          }
        })}
        error={null}
        isBusy={false}
        packages={[
          makePackage('python', { version: '3.12.8' }),
          makePackage('openssl', { requested: false }),
          makePackage('cowsay', { version: '6.1', manager: 'pip', channel: '' })
        ]}
        revisions={[0, 1, 2, 3].map(number =>
          makeRevision(number, { is_current: number === 3 })
        )}
        sessions={[]}
        settings={makeSettings({ max_total_bytes: 10e9 }, { bytes: 0.7e9 })}
        trans={trans}
        actions={{
          addKernel: note('kernel'),
          addPackages: note('add'),
          clone: note('clone'),
          copyPath: note('copy'),
          exportAs: note('export'),
          openNotebook: () => void done.push(['notebook']),
          openSession: note('open'),
          remove: note('remove'),
          show: note('show'),
          shutDown: note('shut down')
        }}
        {...more}
      />
    );
  }

  const texts = (selector: string) =>
    page.all(selector).map(node => node.textContent);

  it('shows what runs, with links and a way to end it', () => {
    const kernel = {
      ...makeSession('', 'x').kernel!,
      execution_state: 'busy'
    };
    show({
      sessions: [
        makeSession('work/currents.ipynb', 'x', { kernel }),
        makeSession('tides.ipynb', 'x')
      ]
    });
    const [currents, tides] = page.all('[data-session]');
    expect(currents.textContent).toContain('Busy');
    expect(tides.textContent).toContain('Idle');
    page.click('currents.ipynb');
    page.click('Shut down tides.ipynb');
    expect(done).toEqual([
      ['open', 'work/currents.ipynb'],
      ['shut down', 'tides.ipynb']
    ]);
  });

  it('names kernels, requested packages and the last revisions', () => {
    show();
    expect(texts('[data-kernel] td')).toEqual([
      'Python 3.12.8',
      'conda-env-ocean-py'
    ]);
    expect(texts('h3')).toContain('Requested packages 2 of 3');
    expect(texts('[data-requested]')).toEqual([
      'python 3.12.8',
      'cowsay 6.1 · pip'
    ]);
    expect(texts('[data-last] th')).toEqual(['3', '2', '1']);
    page.click('Show all packages');
    page.click('History');
    expect(done).toEqual([
      ['show', 'packages'],
      ['show', 'history']
    ]);
  });

  it('tells the details', () => {
    show();
    expect(texts('dt')).toEqual([
      'Size',
      'Created',
      'Last used',
      'Location',
      'Channels',
      'Revision',
      'Limit'
    ]);
    const values = texts('dd');
    expect(values[0]).toBe('412 MB own, 310 MB shared');
    expect(values[2]).toBe('never');
    expect(values[4]).toBe('main');
    expect(values[5]).toMatch(/^3 of .+ · History$/);
    expect(values[6]).toBe('700 MB of 10.0 GB for all of yours');
  });

  it('leaves out what is not known', () => {
    show({
      environment: makeEnvironment('ocean'),
      packages: null,
      revisions: null,
      settings: null
    });
    expect(texts('dt')).toEqual(['Last used', 'Location']);
    expect(texts('h3')).toContain('Requested packages');
  });

  it('has the actions at its foot', () => {
    show();
    for (const name of [
      'Delete…',
      'Clone…',
      'Export…',
      'Add packages',
      'Open a notebook'
    ]) {
      page.click(name);
    }
    expect(done.map(([name]) => name)).toEqual([
      'remove',
      'clone',
      'export',
      'add',
      'notebook'
    ]);
    expect(page.all('.jp-mod-primary')).toHaveLength(1);
  });

  it('says why an action is not possible', () => {
    const problem = makeProblem({
      code: 'no-kernel',
      message: 'ipykernel is not installed.',
      remedy: 'Add it.'
    });
    show({ environment: makeEnvironment('bare', { kernels: [], problem }) });
    const open = page.button('Open a notebook') as HTMLButtonElement;
    expect(open.disabled).toBe(true);
    expect(texts('.jp-EnvKernels-barText')).toEqual([
      'ipykernel is not installed.'
    ]);
    page.click('Add kernel');
    expect(done).toEqual([['kernel', undefined]]);

    show({ isBusy: true });
    const remove = page.button('Delete…') as HTMLButtonElement;
    expect(remove.disabled).toBe(true);
    expect(remove.title).toBe('A job is changing this environment');
    show({ environment: makeEnvironment('exam', { is_trusted: false }) });
    expect((page.button('Clone…') as HTMLButtonElement).disabled).toBe(true);
  });
});
