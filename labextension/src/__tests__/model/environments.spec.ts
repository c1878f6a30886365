import { KernelSpec } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { EnvModel, JobModel } from '../../model';
import { RestAPI } from '../../restapi';
import { FakeServer, until } from '../fakeserver';
import { makeEnvironment, makeJob } from '../makers';

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
  let jobs: JobModel;
  let model: EnvModel;

  beforeEach(() => {
    server = new FakeServer();
    server.environments = [makeEnvironment('base', { is_base: true })];
    kernelspecs = new FakeKernelSpecs();
    const api = new RestAPI(server.settings);
    const stream = { pollInterval: 100000 };
    jobs = new JobModel({ api, bus: server.bus, stream });
    model = new EnvModel({ api, bus: server.bus, jobs, kernelspecs });
  });

  afterEach(() => {
    model.dispose();
    jobs.dispose();
  });

  const names = () => model.all?.map(({ name }) => name);

  it('knows nothing before the server has answered', async () => {
    expect(model.all).toBeNull();
    model.refresh();
    await until(() => model.all !== null);
    expect(names()).toEqual(['base']);
  });

  it('looks again when another program has changed environments', async () => {
    model.refresh();
    await until(() => model.all !== null);
    server.environments = [makeEnvironment('base'), makeEnvironment('new')];
    server.bus.emit({
      schema_id:
        'https://events.jupyter.org/jupyter_envkernels/environments/v1',
      count: 2
    });
    await until(() => names()?.length === 2);
    expect(kernelspecs.refreshed).toBe(1);
  });

  it('emits only when something differs', async () => {
    model.refresh();
    await until(() => model.all !== null);
    let changes = 0;
    model.stateChanged.connect(() => void changes++);
    const asked = server.requests.length;
    model.refresh();
    await until(() => server.requests.length > asked);
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(changes).toBe(0);
  });

  it('keeps the list and tells why there is no newer one', async () => {
    model.refresh();
    await until(() => model.all !== null);
    server.refusal = new TypeError('Failed to fetch');
    model.refresh();
    await until(() => model.error !== null);
    expect(names()).toEqual(['base']);
    model.refresh();
    await until(() => model.error === null);
  });

  it('looks again when kernelspecs have changed', async () => {
    model.refresh();
    await until(() => model.all !== null);
    server.environments.push(makeEnvironment('made-elsewhere'));
    kernelspecs.specsChanged.emit({ default: '', kernelspecs: {} });
    await until(() => names()?.includes('made-elsewhere') === true);
  });

  it('looks for the environment and the kernel that a job has made', async () => {
    const { id } = await jobs.start({ kind: 'create', text: 'name: ml' });
    server.environments.push(makeEnvironment('ml'));
    server.advance(id, { state: 'succeeded' });
    await until(() => names()?.includes('ml') === true);
    expect(kernelspecs.refreshed).toBe(1);
  });

  it.each([
    ['a failure', 'create', 'failed'],
    ['a plan', 'plan', 'succeeded']
  ] as const)('does not look for kernels after %s', async (_, kind, state) => {
    server.addJob(makeJob('a', { kind, state: 'running' }));
    await jobs.load();
    server.advance('a', { state });
    await until(() => jobs.get('a')?.state === state);
    expect(kernelspecs.refreshed).toBe(0);
  });
});
