import { RestAPI } from '../restapi';
import { JobStream, LogTail } from '../stream';
import { IJobEvent } from '../types';
import { FakeServer, until } from './fakeserver';
import { makeJob } from './makers';

describe('JobStream', () => {
  let server: FakeServer;
  let stream: JobStream;
  let seen: IJobEvent[];

  function open(pollInterval: number): void {
    const api = new RestAPI(server.settings);
    stream = new JobStream({
      bus: server.bus,
      replay: (id, after) => api.replayEvents(id, after),
      pollInterval
    });
    stream.advanced.connect((_, events) => void seen.push(...events));
  }

  const seqs = () => seen.map(({ seq }) => seq);

  beforeEach(() => {
    server = new FakeServer();
    server.addJob(makeJob('a'));
    seen = [];
    open(100000);
  });

  afterEach(() => {
    stream.dispose();
    jest.restoreAllMocks();
  });

  it('passes on what has happened already', async () => {
    server.advance('a', { state: 'running', phase: 'checking' });
    stream.follow('a');
    await until(() => seqs().length === 2);
    expect(seqs()).toEqual([1, 2]);
  });

  it('passes on each event once as the bus tells of it', async () => {
    stream.follow('a', 1);
    await until(() => server.requests.length === 1);
    server.advance('a', { state: 'running', phase: 'checking' });
    server.ring('a', 2);
    server.ring('a', 1);
    await until(() => seqs().length === 1);
    server.advance('a', { phase: 'solving' });
    await until(() => seqs().length === 2);
    expect(seqs()).toEqual([2, 3]);
  });

  it('asks nothing while the bus tells all', async () => {
    stream.follow('a', 1);
    await until(() => server.requests.length === 1);
    server.advance('a', { state: 'running', phase: 'checking' });
    server.advance('a', { phase: 'solving' });
    expect(seqs()).toEqual([2, 3]);
    expect(server.requests.length).toBe(1);
  });

  it('reads from the journal how a job ends', async () => {
    stream.follow('a', 1);
    await until(() => server.requests.length === 1);
    const [queued] = server.journal.get('a')!;
    server.emit({ ...queued, seq: 2, state: 'succeeded' });
    await until(() => server.requests.length === 2);
    expect(seen).toEqual([]);
    server.advance('a', { state: 'failed' });
    await until(() => seqs().length === 1);
    expect(seen[0].state).toBe('failed');
  });

  it('fills a gap from the journal', async () => {
    stream.follow('a', 1);
    await until(() => server.requests.length === 1);
    server.advance('a', { state: 'running', phase: 'checking' }, false);
    server.advance('a', { phase: 'solving' }, false);
    server.advance('a', { phase: 'downloading' });
    await until(() => seqs().length === 3);
    expect(seen.map(({ phase }) => phase)).toEqual([
      'checking',
      'solving',
      'downloading'
    ]);
    expect(server.requests).toContain('GET jobs/a/events?after=1');
  });

  it('believes the journal, not the bus', async () => {
    stream.follow('a', 1);
    await until(() => server.requests.length === 1);
    server.bus.emit({
      schema_id: 'https://events.jupyter.org/jupyter_envkernels/job/v1',
      job_id: 'a',
      seq: 99,
      state: 'succeeded'
    });
    await until(() => server.requests.length === 2);
    expect(seen).toEqual([]);
  });

  it('sees progress where the bus is cut off', async () => {
    stream.dispose();
    open(5);
    stream.follow('a', 1);
    server.advance('a', { state: 'running', phase: 'checking' }, false);
    await until(() => seqs().includes(2));
    server.advance('a', { phase: 'solving' }, false);
    await until(() => seqs().includes(3));
  });

  it('asks no more when the job has ended', async () => {
    stream.dispose();
    open(5);
    stream.follow('a', 1);
    server.advance('a', { state: 'failed' });
    await until(() => seqs().includes(2));
    const asked = server.requests.length;
    await new Promise(resolve => setTimeout(resolve, 40));
    expect(server.requests.length).toBe(asked);
  });

  it('tells of a job that it does not follow', () => {
    const found: string[] = [];
    stream.discovered.connect((_, id) => void found.push(id));
    server.ring('b', 1);
    server.ring('c', 1, 'https://example.org/another/schema');
    expect(found).toEqual(['b']);
  });

  it('tells of a job that is gone', async () => {
    const lost: string[] = [];
    stream.lost.connect((_, id) => void lost.push(id));
    stream.follow('gone');
    await until(() => lost.length === 1);
    expect(lost).toEqual(['gone']);
  });

  it('asks again after a failure', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const told: boolean[] = [];
    stream.staleChanged.connect(() => void told.push(stream.isStale));
    server.refusal = new TypeError('Failed to fetch');
    stream.follow('a');
    await until(() => stream.isStale);
    expect(warn.mock.calls.length).toBe(1);
    server.advance('a', { state: 'running', phase: 'checking' });
    await until(() => seqs().length === 2);
    expect(seqs()).toEqual([1, 2]);
    expect(told).toEqual([true, false]);
  });
});

describe('LogTail', () => {
  let server: FakeServer;
  let tail: LogTail;

  beforeEach(() => {
    server = new FakeServer();
    server.addJob(makeJob('a'));
    const api = new RestAPI(server.settings);
    tail = new LogTail({
      read: offset => api.readLog('a', offset),
      pollInterval: 5
    });
  });

  afterEach(() => {
    tail.dispose();
  });

  it('reads on where it stopped, in bytes', async () => {
    server.logs.set('a', { text: 'größe\n', complete: false });
    await until(() => tail.text === 'größe\n');
    server.logs.set('a', { text: 'größe\nzwei\n', complete: true });
    await until(() => tail.text === 'größe\nzwei\n');
    expect(server.requests).toContain('GET jobs/a/log?offset=8');
  });

  it('asks no more when the log is complete', async () => {
    server.logs.set('a', { text: 'all\n', complete: true });
    await until(() => tail.text === 'all\n');
    const asked = server.requests.length;
    await new Promise(resolve => setTimeout(resolve, 30));
    expect(server.requests.length).toBe(asked);
  });

  it('keeps the end of a long log, from the beginning of a line', async () => {
    const line = `${'x'.repeat(999)}\n`;
    const lines = Math.ceil(LogTail.LIMIT / line.length) + 10;
    server.logs.set('a', { text: line.repeat(lines), complete: true });
    await until(() => tail.text !== '');
    expect(tail.isCut).toBe(true);
    expect(tail.text.length).toBeLessThanOrEqual(LogTail.LIMIT);
    expect(tail.text.startsWith(line)).toBe(true);
  });
});
