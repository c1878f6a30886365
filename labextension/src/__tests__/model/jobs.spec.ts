import { JobModel } from '../../model';
import { RestAPI } from '../../restapi';
import { IJob } from '../../types';
import { FakeServer, until } from '../fakeserver';
import { makeJob, makeProblem } from '../makers';

describe('JobModel', () => {
  let server: FakeServer;
  let jobs: JobModel;
  let ended: IJob[];

  beforeEach(() => {
    server = new FakeServer();
    ended = [];
    jobs = new JobModel({
      api: new RestAPI(server.settings),
      bus: server.bus,
      stream: { pollInterval: 100000 }
    });
    jobs.ended.connect((_, job) => void ended.push(job));
  });

  afterEach(() => {
    jobs.dispose();
  });

  it('follows a job to its end', async () => {
    await jobs.load();
    expect(jobs.isKnown).toBe(true);
    const { id } = await jobs.start({ kind: 'create', text: 'name: ml' });
    expect(jobs.isOwn(id)).toBe(true);
    server.advance(id, { state: 'running', phase: 'checking' });
    server.advance(id, { phase: 'solving' });
    await until(() => jobs.get(id)?.phase === 'solving');
    expect(jobs.phases(id)).toEqual(['checking', 'solving']);

    const finished = '2026-01-01T00:01:00Z';
    const error = makeProblem({
      code: 'unsatisfiable',
      message: 'No.',
      remedy: 'Try.'
    });
    server.advance(id, { state: 'failed', phase: null, error, finished });
    await until(() => jobs.get(id)?.finished === finished);
    server.ring(id, 99);
    expect(ended.map(job => job.error)).toEqual([error]);
  });

  it('goes on with a job in a new one', async () => {
    server.addJob(makeJob('a', { kind: 'plan', plans: 'update' }));
    const next = await jobs.run('a');
    expect(next.kind).toBe('update');
    expect(jobs.get(next.id)).toEqual(next);
    expect(jobs.isOwn(next.id)).toBe(true);
    expect(jobs.isOwn('a')).toBe(false);
    expect(server.requests).toContain('POST jobs/a/run');
  });

  it('does not count plans as work', async () => {
    server.addJob(makeJob('a', { kind: 'plan', plans: 'create' }));
    server.addJob(makeJob('b'));
    await jobs.load();
    expect(jobs.work.map(({ id }) => id)).toEqual(['b']);
  });

  it('takes up a job that was running before the page was loaded', async () => {
    server.addJob(makeJob('a'));
    server.advance('a', { state: 'running', phase: 'checking' });
    server.advance('a', { phase: 'linking' });
    await jobs.load();
    await until(() => jobs.phases('a').length === 2);
    expect(jobs.get('a')?.phase).toBe('linking');
    server.advance('a', { state: 'succeeded' });
    await until(() => ended.length === 1);
  });

  it('says nothing of a job that ended before the page was loaded', async () => {
    server.addJob(makeJob('a', { state: 'succeeded', phase: null }));
    await jobs.load();
    expect(jobs.all.map(({ id }) => id)).toEqual(['a']);
    expect(ended).toEqual([]);
  });

  it('finds a job that was started elsewhere', async () => {
    await jobs.load();
    server.addJob(makeJob('b', { state: 'running', phase: 'solving' }));
    server.ring('b', 1);
    await until(() => jobs.get('b') !== undefined);
    server.advance('b', { state: 'succeeded' });
    await until(() => ended.length === 1);
  });

  it('cancels, and shows meanwhile that it does', async () => {
    const { id } = await jobs.start({ kind: 'create', text: '' });
    const cancelled = jobs.cancel(id);
    expect(jobs.isCancelling(id)).toBe(true);
    await cancelled;
    expect(jobs.isCancelling(id)).toBe(false);
    expect(jobs.get(id)?.state).toBe('cancelled');
    expect(ended.map(({ state }) => state)).toEqual(['cancelled']);
  });

  it('lists the newest job first', async () => {
    server.addJob(makeJob('a', { created: '2026-01-01T00:00:00Z' }));
    server.addJob(makeJob('c', { created: '2026-01-02T00:00:00Z' }));
    server.addJob(makeJob('b', { created: '2026-01-02T00:00:00Z' }));
    await jobs.load();
    expect(jobs.all.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  });

  it('learns the phases of a job that is over', async () => {
    server.addJob(makeJob('a', { state: 'running', phase: 'checking' }));
    server.advance('a', { state: 'failed', phase: 'solving' });
    await jobs.load();
    expect(jobs.phases('a')).toEqual([]);
    await jobs.recall('a');
    expect(jobs.phases('a')).toEqual(['checking', 'solving']);
  });

  it('forgets a job that the server does not know any more', async () => {
    const { id } = await jobs.start({ kind: 'create', text: '' });
    await until(() => jobs.phases(id) !== undefined);
    server.jobs.delete(id);
    server.ring(id, 9);
    await until(() => jobs.get(id) === undefined);
  });
});
