import { Dialog } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';

import { UpdateDraft } from '../../model';
import { Controller } from '../../panel/controller';
import { OPEN_NOTEBOOK } from '../../panel/environmentmenu';
import { Route } from '../../panel/routes';
import { Workspace } from '../../panel/workspace';
import { until } from '../fakeserver';
import { makeSession } from '../fakesessions';
import { makeEnvironment } from '../makers';
import { trans } from '../render';
import { Models } from './models';

/** The tab, as far as the controller needs it. */
class FakeTab implements Pick<Workspace, keyof FakeTab> {
  route: Route = { page: 'spec', draft: 'a' };
  isVisible = true;

  get jobId(): string | null {
    return this.route.page === 'job' ? this.route.job : null;
  }

  showRoute(route: Route): void {
    this.route = route;
  }
}

/** The dialog that is open, with the text of its body and its buttons. */
async function dialog(): Promise<HTMLElement> {
  await until(() => document.querySelector('.jp-Dialog button') !== null);
  return document.querySelector<HTMLElement>('.jp-Dialog')!;
}

async function press(label: string): Promise<void> {
  const node = await dialog();
  const button = [...node.querySelectorAll('button')].find(
    one => one.textContent === label
  );
  button!.click();
  await until(() => !document.body.contains(node));
}

describe('Controller', () => {
  let models: Models;
  let tab: FakeTab;
  let controller: Controller;
  let opened: unknown[];
  const files = new Map([['environment.yml', 'name: ml']]);
  const spec: Route = { page: 'spec', draft: 'a' };
  const ml = makeEnvironment('ml');

  beforeEach(() => {
    models = new Models();
    tab = new FakeTab();
    opened = [];
    const commands = new CommandRegistry();
    commands.addCommand(OPEN_NOTEBOOK, {
      describedBy: { args: {} },
      execute: args => void opened.push(args['kernelName'])
    });
    const asTab = tab as unknown as Workspace;
    controller = new Controller({
      ...models,
      draftOf: route => (route.page === 'spec' ? models.draft : null),
      commands,
      trans,
      tabs: () => [asTab],
      openTab: route => tab.showRoute(route),
      readFile: async path => files.get(path)!
    });
  });

  afterEach(() => {
    models.dispose();
    Dialog.flush();
  });

  it('shows the job that it has started', async () => {
    const { draft, server } = models;
    draft.open('name: ml');
    await controller.apply(draft, spec);
    expect(tab.jobId).toBe('job-1');
    expect(draft.jobId).toBe('job-1');
    expect(controller.isShown('job-1')).toBe(true);
    expect(server.bodies).toContainEqual({ kind: 'create', text: 'name: ml' });
  });

  it('opens each file, and each new environment, in an editor of its own', async () => {
    const shown = new Set<string>();
    for (const open of [
      () => controller.openFile('environment.yml'),
      () => controller.openFile('environment.yml'),
      () => controller.newEnvironment()
    ]) {
      await open();
      shown.add(tab.route.page === 'spec' ? tab.route.draft : '');
    }
    expect(shown.size).toBe(3);
    const [first] = shown;
    expect(models.drafts.get(first).path).toBe('environment.yml');
  });

  it('shows the page of an environment', () => {
    controller.showEnvironment(ml);
    expect(tab.route).toMatchObject({ environment: ml.id });
  });

  it('removes from the list what is gone, or says why it cannot', async () => {
    const { environments, server } = models;
    server.environments = [ml];
    await controller.unlist(ml);
    await until(() => environments.all !== null);
    expect(environments.all).toEqual([]);
    server.refuse(409, {
      code: 'conflict',
      message: 'It is there.',
      remedy: ''
    });
    const refused = controller.unlist(ml);
    expect((await dialog()).textContent).toContain('It is there.');
    await press('Dismiss');
    await refused;
  });

  it('creates from the file itself', async () => {
    const { draft, server } = models;
    await controller.openFile('environment.yml', draft);
    expect(draft.text).toBe('name: ml');
    await controller.apply(draft, spec);
    expect(server.bodies).toContainEqual({
      kind: 'create',
      path: 'environment.yml'
    });
  });

  it('carries out just what was shown', async () => {
    const { draft, jobs, server } = models;
    draft.open('name: ml');
    await controller.preview(draft, spec);
    expect(tab.jobId).toBe('job-1');
    expect(draft.preview?.jobId).toBe('job-1');
    const of = { kind: 'create', text: 'name: ml' };
    expect(server.bodies).toContainEqual({ kind: 'plan', of });

    server.advance('job-1', { state: 'succeeded' });
    await until(() => jobs.get('job-1')?.state === 'succeeded');
    const { back, openNotebook, run } = controller.starter.actions(
      jobs.get('job-1')!
    );
    expect(openNotebook).toBeNull();
    back!.go();
    expect(tab.route).toEqual(spec);
    run!();
    await until(() => tab.jobId === 'job-2');
    expect(jobs.get('job-2')?.kind).toBe('create');
    expect(draft.jobId).toBe('job-2');
    expect(server.requests).toContain('POST jobs/job-1/run');
  });

  it('leads from a failure back to the spec, or tries again', async () => {
    const { draft, jobs, server } = models;
    draft.open('name: ml');
    await controller.apply(draft, spec);
    expect(controller.starter.actions(jobs.get('job-1')!).run).toBeNull();

    server.advance('job-1', { state: 'failed' });
    await until(() => jobs.get('job-1')?.state === 'failed');
    const { back, run } = controller.starter.actions(jobs.get('job-1')!);
    back!.go();
    expect(tab.route).toEqual(spec);
    expect(draft.text).toBe('name: ml');
    run!();
    await until(() => tab.jobId === 'job-2');
    expect(draft.jobId).toBe('job-2');
  });

  it('lets the draft have the plan that is made again', async () => {
    const { draft, jobs, server } = models;
    draft.open('name: ml');
    await controller.preview(draft, spec);
    server.advance('job-1', { state: 'failed' });
    await until(() => jobs.get('job-1')?.state === 'failed');
    controller.runJob(jobs.get('job-1')!);
    await until(() => tab.jobId === 'job-2');
    expect(draft.preview?.jobId).toBe('job-2');
    expect(draft.isPreviewOutdated).toBe(false);
    expect(draft.jobId).toBeNull();
  });

  it('leads from the plan of an update back to its page', async () => {
    const { api, jobs, server } = models;
    const draft = new UpdateDraft(ml, {
      check: source => api.checkSpec(source)
    });
    draft.open('dependencies: [numpy]');
    const origin: Route = { page: 'update', environment: ml.id };
    await controller.preview(draft, origin);
    server.advance('job-1', { state: 'failed' });
    await until(() => jobs.get('job-1')?.state === 'failed');
    controller.starter.actions(jobs.get('job-1')!).back!.go();
    expect(tab.route).toEqual(origin);
    draft.dispose();
  });

  it('offers a notebook when the kernel is there', async () => {
    const { draft, environments, jobs, server } = models;
    draft.open('name: ml');
    await controller.apply(draft, spec);
    server.environments = [ml];
    server.advance('job-1', { state: 'succeeded' });
    await until(() => environments.all?.length === 1);
    controller.openJobNotebook(jobs.get('job-1')!);
    expect(opened).toEqual(['conda-env-ml-py']);
  });

  it('shows the job where there is no kernel', async () => {
    const { draft, jobs } = models;
    draft.open('name: ml');
    await controller.apply(draft, spec);
    controller.newEnvironment();
    controller.openJobNotebook(jobs.get('job-1')!);
    expect(opened).toEqual([]);
    expect(tab.jobId).toBe('job-1');
  });

  it('deletes after one question', async () => {
    const removed = controller.remove(ml);
    await press('Delete');
    await removed;
    expect(models.server.bodies).toEqual([
      { kind: 'remove', environment: ml.id }
    ]);
    expect(tab.route).toEqual(spec);
  });

  it('asks a second time where kernels run, and names them', async () => {
    const { manager, server } = models;
    manager.set([makeSession('work/lesson.ipynb', 'conda-env-ml-py')]);
    const command = 'python -m ipykernel_launcher';
    const kernels = [7, 8].map(pid => ({ pid, command }));
    const problem = { code: 'in-use', message: 'A kernel runs.', remedy: '' };
    const removed = controller.remove(ml);
    server.refuse(409, { ...problem, details: { kernels } });
    await press('Delete');
    const lines = (await dialog()).querySelectorAll('li');
    expect([...lines].map(({ textContent }) => textContent)).toEqual([
      'lesson.ipynb',
      '1 kernel of another program'
    ]);
    await press('Delete anyway');
    await removed;
    expect(server.bodies[1]).toEqual({
      kind: 'remove',
      environment: ml.id,
      force: true
    });
  });

  it('says why a job was refused otherwise', async () => {
    const problem = { code: 'busy', message: 'A job runs.', remedy: 'Wait.' };
    models.server.refuse(409, problem);
    const added = controller.addKernel(ml);
    expect((await dialog()).textContent).toContain('A job runs.');
    await press('Dismiss');
    await added;
  });

  it('shows the plan of a clone first, if that is wanted', async () => {
    const cloned = controller.clone(ml);
    await press('Preview');
    await cloned;
    const of = { kind: 'clone', source: ml.id, name: 'ml-copy' };
    expect(models.server.bodies).toEqual([{ kind: 'plan', of }]);
    expect(tab.jobId).toBe('job-1');
  });
});
