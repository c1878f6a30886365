import { NOT_UNDERSTOOD, RequestError, RestAPI, UNREACHABLE } from '../restapi';
import { FakeServer } from './fakeserver';
import {
  makeEnvironment,
  makeJob,
  makePackage,
  makePlan,
  makeRevision
} from './makers';

describe('RestAPI', () => {
  let server: FakeServer;
  let api: RestAPI;

  beforeEach(() => {
    server = new FakeServer();
    api = new RestAPI(server.settings);
  });

  it('asks below the base URL', async () => {
    server.environments = [makeEnvironment('ml')];
    expect(await api.listEnvironments()).toEqual(server.environments);
    expect(server.requests).toEqual(['GET environments']);
  });

  it('sends what to start', async () => {
    const request = { kind: 'create', path: 'environment.yml' } as const;
    const job = await api.startJob(request);
    expect(job.state).toBe('queued');
    expect(server.bodies).toEqual([request]);
  });

  it('puts places into the query', async () => {
    server.addJob(makeJob('a'));
    server.logs.set('a', { text: 'äbc', complete: true });
    expect(await api.replayEvents('a', 1)).toEqual([]);
    const chunk = await api.readLog('a', 2);
    expect(chunk).toEqual({ text: 'bc', offset: 4, complete: true });
    expect(server.requests).toEqual([
      'GET jobs/a/events?after=1',
      'GET jobs/a/log?offset=2'
    ]);
  });

  it('asks for the parts of environments and jobs', async () => {
    server.packages = [makePackage('numpy')];
    expect(await api.listPackages('ml')).toEqual(server.packages);
    server.revisions = [makeRevision(0)];
    expect(await api.listRevisions('ml')).toEqual(server.revisions);
    const { text } = await api.exportEnvironment('ml', 'explicit');
    expect(text).toBe('# ml as explicit\n');
    server.addJob(makeJob('a', { kind: 'plan', plans: 'update' }));
    server.plans.set('a', makePlan());
    expect(await api.getPlan('a')).toEqual(makePlan());
    expect((await api.runJob('a')).kind).toBe('update');
    expect(await api.listTemplates()).toEqual([]);
    expect((await api.getSettings()).usage.environments).toBe(2);
    expect(server.requests).toEqual([
      'GET environments/ml/packages',
      'GET environments/ml/history',
      'GET environments/ml/export?format=explicit',
      'GET jobs/a/plan',
      'POST jobs/a/run',
      'GET templates',
      'GET settings'
    ]);
  });

  it('asks the channels only when it shall', async () => {
    await api.checkSpec({ text: 'name: ml' });
    await api.checkSpec({ path: 'a.yml' }, true);
    expect(server.bodies).toEqual([
      { text: 'name: ml' },
      { path: 'a.yml', channels: true }
    ]);
  });

  it('cancels with DELETE', async () => {
    server.addJob(makeJob('a'));
    expect((await api.cancelJob('a')).state).toBe('cancelled');
  });

  it('carries what the server says of a refusal', async () => {
    const problem = {
      code: 'already-exists',
      message: 'There is an environment ml.',
      remedy: 'Choose another name.',
      details: { name: 'ml' }
    };
    server.refuse(409, problem);
    const error = await api.listJobs().catch(reason => reason);
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ ...problem, status: 409 });
  });

  it.each([
    ['a page', { status: 404, body: '<html></html>' }],
    ['another JSON', { status: 404, body: '{"message": "Not Found"}' }]
  ])('tells %s from a refusal in our words', async (_, refusal) => {
    server.refusal = refusal;
    const error = await api.listEnvironments().catch(reason => reason);
    expect(error).toMatchObject({ code: NOT_UNDERSTOOD, status: 404 });
  });

  it('tells an answer of another shape', async () => {
    server.refusal = { status: 200, body: '{"environments": 1}' };
    const error = await api.listEnvironments().catch(reason => reason);
    expect(error).toMatchObject({ code: NOT_UNDERSTOOD, status: 200 });
    expect(error.message).toContain('EnvironmentList.environments');
  });

  it('tells that there was no answer', async () => {
    server.refusal = new TypeError('Failed to fetch');
    const error = await api.listEnvironments().catch(reason => reason);
    expect(error).toMatchObject({ code: UNREACHABLE, status: 0 });
  });
});
