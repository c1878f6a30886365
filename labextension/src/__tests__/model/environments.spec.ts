import { KernelSpec } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { EnvModel } from '../../model';
import { RestAPI } from '../../restapi';
import { IJob } from '../../types';
import { FakeServer, makeEnvironment, makeJob, until } from '../fakeserver';

/** JupyterLab's kernelspecs, as far as the model needs them. */
class FakeKernelSpecs {
  refreshed = 0;
  readonly specsChanged = new Signal<
    KernelSpec.IManager,
    KernelSpec.ISpecModels
  >({} as KernelSpec.IManager);

  async refreshSpecs(): Promise<void> {
    this.refreshed += 1;
  }
}

describe('EnvModel', () => {
  let server: FakeServer;
  let kernelspecs: FakeKernelSpecs;
  let model: EnvModel;
  let ended: IJob[];

  beforeEach(() => {
    server = new FakeServer();
    server.environments = [makeEnvironment('base', { is_base: true })];
    kernelspecs = new FakeKernelSpecs();
    ended = [];
    model = new EnvModel({
      api: new RestAPI(server.settings),
      bus: server.bus,
      kernelspecs,
      stream: { pollInterval: 100000, pause: 1 }
    });
    model.jobEnded.connect((_, job) => void ended.push(job));
  });

  afterEach(() => {
    model.dispose();
    jest.restoreAllMocks();
  });

  const names = () => model.environments?.map(({ name }) => name);

  it('knows nothing before the server has answered', async () => {
    expect(model.environments).toBeNull();
    await model.start();
    await until(() => model.environments !== null);
    expect(names()).toEqual(['base']);
    expect(model.hasJobs).toBe(true);
  });

  it('looks again when another program has changed environments', async () => {
    await model.start();
    await until(() => model.environments !== null);
    server.environments = [makeEnvironment('base'), makeEnvironment('new')];
    server.bus.emit({
      schema_id:
        'https://events.jupyter.org/jupyter_envkernels/environments/v1',
      count: 2
    });
    await until(() => names()?.length === 2);
    expect(kernelspecs.refreshed).toBe(1);
  });

  it('follows a job from its start to a kernel', async () => {
    await model.start();
    const { id } = await model.startJob({ kind: 'create', text: 'name: ml' });
    server.advance(id, { state: 'running', phase: 'checking' });
    server.advance(id, { phase: 'solving' });
    await until(() => model.job(id)?.phase === 'solving');
    expect(model.phases(id)).toEqual(['checking', 'solving']);
    expect(kernelspecs.refreshed).toBe(0);

    server.environments.push(makeEnvironment('ml'));
    const finished = '2026-01-01T00:01:00Z';
    server.advance(id, { state: 'succeeded', phase: null, finished });
    await until(() => names()?.includes('ml') === true);
    await until(() => model.job(id)?.finished === finished);
    server.ring(id, 99);
    expect(kernelspecs.refreshed).toBe(1);
    expect(ended.map(job => job.state)).toEqual(['succeeded']);
    expect(model.request(id)).toEqual({ kind: 'create', text: 'name: ml' });
  });

  it('does not look for kernels after a failure', async () => {
    const { id } = await model.startJob({ kind: 'create', text: '' });
    const error = { code: 'unsatisfiable', message: 'No.', remedy: 'Try.' };
    server.advance(id, { state: 'failed', error });
    await until(() => ended.length === 1);
    expect(ended[0].error).toEqual(error);
    expect(kernelspecs.refreshed).toBe(0);
  });

  it('takes up a job that was running before the page was loaded', async () => {
    server.addJob(makeJob('a'));
    server.advance('a', { state: 'running', phase: 'checking' });
    server.advance('a', { phase: 'linking' });
    await model.start();
    await until(() => model.phases('a').length === 2);
    expect(model.job('a')?.phase).toBe('linking');
    server.advance('a', { state: 'succeeded' });
    await until(() => ended.length === 1);
    expect(kernelspecs.refreshed).toBe(1);
  });

  it('says nothing of a job that ended before the page was loaded', async () => {
    server.addJob(makeJob('a', { state: 'succeeded', phase: null }));
    await model.start();
    expect(model.jobs.map(({ id }) => id)).toEqual(['a']);
    expect(ended).toEqual([]);
    expect(kernelspecs.refreshed).toBe(0);
  });

  it('finds a job that was started elsewhere', async () => {
    await model.start();
    server.addJob(makeJob('b', { state: 'running', phase: 'solving' }));
    server.ring('b', 1);
    await until(() => model.job('b') !== undefined);
    server.advance('b', { state: 'succeeded' });
    await until(() => ended.length === 1);
    expect(kernelspecs.refreshed).toBe(1);
  });

  it('cancels, and shows meanwhile that it does', async () => {
    const { id } = await model.startJob({ kind: 'create', text: '' });
    const cancelled = model.cancel(id);
    expect(model.isCancelling(id)).toBe(true);
    await cancelled;
    expect(model.isCancelling(id)).toBe(false);
    expect(model.job(id)?.state).toBe('cancelled');
    expect(ended.map(({ state }) => state)).toEqual(['cancelled']);
  });

  it('lists the newest job first', async () => {
    server.addJob(makeJob('a', { created: '2026-01-01T00:00:00Z' }));
    server.addJob(makeJob('c', { created: '2026-01-02T00:00:00Z' }));
    server.addJob(makeJob('b', { created: '2026-01-02T00:00:00Z' }));
    await model.start();
    expect(model.jobs.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  });

  it('emits only when something differs', async () => {
    await model.start();
    await until(() => model.environments !== null);
    let changes = 0;
    model.stateChanged.connect(() => void changes++);
    const asked = server.requests.length;
    model.refresh();
    await until(() => server.requests.length > asked);
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(changes).toBe(0);
  });

  it('keeps the list and tells why there is no newer one', async () => {
    await model.start();
    await until(() => model.environments !== null);
    server.refusal = new TypeError('Failed to fetch');
    model.refresh();
    await until(() => model.error !== null);
    expect(names()).toEqual(['base']);
    model.refresh();
    await until(() => model.error === null);
  });

  it('looks again when kernelspecs have changed', async () => {
    await model.start();
    await until(() => model.environments !== null);
    server.environments.push(makeEnvironment('made-elsewhere'));
    kernelspecs.specsChanged.emit({ default: '', kernelspecs: {} });
    await until(() => names()?.includes('made-elsewhere') === true);
  });

  it('learns the phases of a job that is over', async () => {
    server.addJob(makeJob('a', { state: 'running', phase: 'checking' }));
    server.advance('a', { state: 'failed', phase: 'solving' });
    await model.start();
    expect(model.phases('a')).toEqual([]);
    await model.recall('a');
    expect(model.phases('a')).toEqual(['checking', 'solving']);
  });

  it('forgets a job that the server does not know any more', async () => {
    const { id } = await model.startJob({ kind: 'create', text: '' });
    await until(() => model.phases(id) !== undefined);
    server.jobs.delete(id);
    server.ring(id, 9);
    await until(() => model.job(id) === undefined);
  });
});
