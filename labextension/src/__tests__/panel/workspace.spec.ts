import { Widget } from '@lumino/widgets';

import { UpdateDrafts } from '../../model';
import { EnvironmentView } from '../../panel/environmentview';
import { Route } from '../../panel/routes';
import { SpecEditor } from '../../panel/speceditor';
import { Workspace } from '../../panel/workspace';
import { until } from '../fakeserver';
import { makeSession } from '../fakesessions';
import {
  makeEnvironment,
  makeJob,
  makePackage,
  makePlan,
  makeRevision
} from '../makers';
import { trans } from '../render';
import { Models } from './models';

describe('Workspace', () => {
  let models: Models;
  let edits: UpdateDrafts;
  let openedSessions: string[];
  let planned: unknown[];
  let workspace: Workspace;
  const ml = makeEnvironment('ml');

  beforeEach(() => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: false });
    models = new Models();
    const { api, environments, jobs, server, sessions } = models;
    server.environments = [ml];
    const check = async () => ({ spec: null, diagnostics: [] });
    edits = new UpdateDrafts({ jobs, draft: { check } });
    planned = [];
    openedSessions = [];
    const editor = () => new Widget() as SpecEditor;
    workspace = new Workspace({
      ...models,
      trans,
      editor,
      job: {
        api,
        environments,
        jobs,
        sessions,
        trans,
        actions: () => ({
          cancel: () => undefined,
          newEnvironment: () => undefined,
          openNotebook: null,
          back: null,
          run: () => undefined
        })
      },
      view: environment =>
        new EnvironmentView(environment, {
          ...models,
          edits,
          trans,
          actions: {
            addKernel: () => undefined,
            clone: () => undefined,
            exportAs: () => undefined,
            openNotebook: () => undefined,
            openSession: ({ path }) => void openedSessions.push(path),
            remove: () => undefined
          },
          editor,
          plan: async (request, origin) => {
            planned.push([request, origin]);
            return makeJob('plan');
          },
          show: route => workspace.showRoute(route)
        })
    });
    workspace.showRoute({ page: 'spec', draft: 'a' });
    Widget.attach(workspace, document.body);
  });

  afterEach(() => {
    workspace.dispose();
    models.dispose();
  });

  const shown = () => workspace.widgets.find(one => one.isVisible)!.node;

  function click(label: string): void {
    const buttons = [...shown().querySelectorAll('button')];
    buttons
      .find(
        one => (one.getAttribute('aria-label') ?? one.textContent) === label
      )!
      .click();
  }

  async function show(route: Route): Promise<void> {
    workspace.showRoute(route);
    models.environments.refresh();
    await until(() => models.environments.all !== null);
  }

  it('begins with the editor', () => {
    expect(workspace.route).toEqual({ page: 'spec', draft: 'a' });
    expect(workspace.editor).not.toBeNull();
    expect(workspace.title.label).toBe('New Environment');
  });

  it('shows the plan of a job', async () => {
    const { jobs, server } = models;
    const done = { state: 'succeeded' } as const;
    server.addJob(makeJob('a', { kind: 'plan', plans: 'create', ...done }));
    server.plans.set('a', makePlan());
    await jobs.load();
    workspace.showRoute({ page: 'job', job: 'a' });
    await until(() => shown().querySelector('[data-package=python]') !== null);
    expect(workspace.jobId).toBe('a');
    expect(workspace.title.label).toBe('Preview: Create ml');
  });

  it('waits for the environment', async () => {
    workspace.showRoute({ page: 'history', environment: ml.id });
    expect(shown().textContent).toBe('Loading environments…');
    models.environments.refresh();
    await until(() => workspace.title.label === 'ml');
    models.server.environments = [];
    models.environments.refresh();
    await until(() => shown().textContent!.includes('no longer exists'));
  });

  it('removes and adds packages', async () => {
    models.server.packages = [makePackage('numpy')];
    await show({ page: 'packages', environment: ml.id });
    await until(() => shown().querySelector('[data-package]') !== null);
    click('Remove numpy');
    await until(() => shown().textContent!.includes('to remove'));
    edits.of(ml).packages.add('pandas');
    click('Preview');
    await until(() => planned.length === 1);
    expect(planned[0]).toEqual([
      {
        kind: 'update',
        environment: ml.id,
        add: ['pandas'],
        remove: ['numpy'],
        upgrade: false
      },
      { page: 'packages', environment: ml.id }
    ]);
  });

  it('asks for something to be changed', async () => {
    await show({ page: 'packages', environment: ml.id });
    await until(() => shown().querySelector('input') !== null);
    click('Preview');
    await until(() => shown().textContent!.includes('nothing to preview'));
    expect(planned).toEqual([]);
  });

  it('goes back', async () => {
    models.server.revisions = [makeRevision(0), makeRevision(1)];
    await show({ page: 'history', environment: ml.id });
    await until(() => shown().querySelector('[data-revision]') !== null);
    click('Roll back to revision 0');
    await until(() => planned.length === 1);
    expect(planned[0]).toEqual([
      { kind: 'rollback', environment: ml.id, revision: 0 },
      { page: 'history', environment: ml.id }
    ]);
  });

  it('begins an update with the requested packages', async () => {
    await show({ page: 'update', environment: ml.id });
    const { draft } = edits.of(ml);
    await until(() => draft.text.includes('as yaml-from-history'));
    draft.text = 'name: mine';
    await show({ page: 'packages', environment: ml.id });
    await show({ page: 'update', environment: ml.id });
    expect(draft.text).toBe('name: mine');
    expect(workspace.editor).not.toBeNull();
  });

  it('shows running notebooks, and shuts them down', async () => {
    const { manager } = models;
    manager.set([makeSession('tides.ipynb', 'conda-env-ml-py')]);
    await show({ page: 'overview', environment: ml.id });
    await until(() => shown().querySelector('[data-session]') !== null);
    click('tides.ipynb');
    expect(openedSessions).toEqual(['tides.ipynb']);
    expect(shown().textContent).toContain('1 kernel running');
    click('Shut down tides.ipynb');
    await until(() => shown().querySelector('[data-session]') === null);
    expect([...manager.running()]).toEqual([]);
  });

  it('reads sizes and times again when it is shown again', async () => {
    const { environments, server } = models;
    await show({ page: 'overview', environment: ml.id });
    await until(() => workspace.title.label === 'ml');
    workspace.hide();
    server.environments = [{ ...ml, last_used: new Date().toISOString() }];
    workspace.show();
    await until(() => environments.get(ml.id)!.last_used !== null);
    await until(() => shown().textContent!.includes('today, '));
  });

  it('shows the logs of the jobs', async () => {
    const { jobs, server } = models;
    const done = { state: 'succeeded', environment_id: ml.id } as const;
    server.addJob(makeJob('a', done));
    server.addJob(makeJob('p', { ...done, kind: 'plan', plans: 'update' }));
    server.addJob(makeJob('b', { ...done, environment_id: 'another' }));
    server.logs.set('a', { text: 'linked numpy', complete: true });
    await jobs.load();
    await show({ page: 'log', environment: ml.id });
    await until(() => shown().textContent!.includes('linked numpy'));
    expect(shown().querySelectorAll('[data-job-id]')).toHaveLength(1);
    await show({ page: 'overview', environment: ml.id });
    await until(() => shown().querySelector('[role=log]') === null);
  });

  it.each(['create', 'clone'] as const)(
    'shows the environment after a %s',
    async kind => {
      const { environments, jobs, server } = models;
      server.environments = [];
      environments.refresh();
      await until(() => environments.all !== null);
      server.addJob(makeJob('a', { kind, state: 'running' }));
      await jobs.load();
      workspace.showRoute({ page: 'job', job: 'a' });
      server.environments = [ml];
      server.advance('a', { state: 'succeeded' });
      await until(() => workspace.route?.page === 'overview');
      expect(workspace.title.label).toBe('ml');
      workspace.showRoute({ page: 'job', job: 'a' });
      environments.refresh();
      expect(workspace.route).toEqual({ page: 'job', job: 'a' });
    }
  );

  it('stays with a job that has failed', async () => {
    const { environments, jobs, server } = models;
    server.addJob(makeJob('a', { state: 'running' }));
    await jobs.load();
    workspace.showRoute({ page: 'job', job: 'a' });
    server.advance('a', { state: 'failed' });
    await until(() => environments.all !== null);
    expect(workspace.jobId).toBe('a');
  });
});
