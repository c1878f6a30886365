import { decode } from '../decode';
import { IJob } from '../types';
import {
  makeEnvironment,
  makeJob,
  makePackage,
  makePlan,
  makeRevision,
  makeSettings
} from './makers';

describe('decode', () => {
  let warnings: string[];

  beforeEach(() => {
    warnings = [];
    jest
      .spyOn(console, 'warn')
      .mockImplementation(message => void warnings.push(message));
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('takes what rest-api.yml describes', () => {
    const environment = makeEnvironment('ml');
    const job = makeJob('a', {
      state: 'running',
      phase: 'downloading',
      progress: {
        done: 1,
        total: null,
        unit: 'bytes',
        rate: 0.5,
        seconds_left: null
      }
    });
    const environments = [environment];
    expect(decode('EnvironmentList', { environments })).toEqual({
      environments
    });
    expect(decode('Job', job)).toEqual(job);
    expect(warnings).toEqual([]);
  });

  it('takes limits and what is used of them', () => {
    const settings = makeSettings({ max_environments: 5 });
    expect(decode('Settings', settings)).toEqual(settings);
    const usage = { ...settings.usage, free_bytes: null };
    expect(
      decode('Settings', { ...settings, usage }).usage.free_bytes
    ).toBeNull();
    expect(() => decode('Settings', { limits: settings.limits })).toThrow();
  });

  it('takes plans, packages and histories', () => {
    const plan = makePlan({
      changes: [{ name: 'a', change: 'added', before: null, after: '1' }]
    });
    expect(decode('Plan', plan)).toEqual(plan);
    const packages = [makePackage('numpy')];
    const inventory = { packages, requested: ['numpy'], variables: { A: 'b' } };
    expect(decode('Inventory', inventory)).toEqual(inventory);
    const history = { revisions: [makeRevision(0, { time: null })] };
    expect(decode('History', history)).toEqual(history);
    const exported = { format: 'yaml', text: 'a', left_out: ['b'] };
    expect(decode('Exported', exported)).toEqual(exported);
  });

  it('takes no plan of which a part is errant', () => {
    const changes = [{ name: 'a', change: 'lost', before: null, after: null }];
    expect(() => decode('Plan', { ...makePlan(), changes })).toThrow(
      'changes[0]'
    );
  });

  it('leaves out one errant environment and says which', () => {
    const good = makeEnvironment('ml');
    const bad = { ...makeEnvironment('old'), prefix: 7 };
    const { environments } = decode('EnvironmentList', {
      environments: [bad, good]
    });
    expect(environments).toEqual([good]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('EnvironmentList.environments[0].prefix');
  });

  it('keeps an environment of which one kernel is errant', () => {
    const environment = makeEnvironment('ml');
    const [kernel] = environment.kernels;
    const kernels = [kernel, { ...kernel, id: null }];
    const decoded = decode('Environment', { ...environment, kernels });
    expect(decoded.kernels).toEqual([kernel]);
  });

  it('keeps a job in a phase that it does not know', () => {
    const jobs = [
      { ...makeJob('a', { state: 'running' }), phase: 'polishing' }
    ];
    expect(decode('JobList', { jobs }).jobs[0].phase).toBeNull();
    expect(warnings).toEqual([]);
  });

  it('leaves out a job of an unknown state', () => {
    const jobs = [makeJob('a'), { ...makeJob('b'), state: 'asleep' }];
    const left = decode('JobList', { jobs }).jobs;
    expect(left.map(({ id }) => id)).toEqual(['a']);
    expect(warnings[0]).toContain('jobs[1].state');
  });

  it.each([
    ['no object', []],
    ['no list', { environments: {} }],
    ['nothing', null]
  ])('throws on an answer that is %s', (_, answer) => {
    expect(() => decode('EnvironmentList', answer)).toThrow(TypeError);
  });

  it.each([
    ['a negative amount', { done: -1, total: 2, unit: 'bytes' }],
    ['a broken amount', { done: 0.5, total: 2, unit: 'bytes' }],
    ['an unknown unit', { done: 1, total: 2, unit: 'miles' }]
  ])('throws on a job with %s', (_, progress) => {
    expect(() => decode('Job', { ...makeJob('a'), progress })).toThrow(
      'progress'
    );
  });

  it('throws on a log without offset', () => {
    expect(() => decode('LogChunk', { text: '', complete: true })).toThrow(
      'offset'
    );
  });

  it('takes a checked spec with and without spec', () => {
    const spec = {
      name: null,
      channels: ['conda-forge'],
      dependencies: ['python'],
      pip: [],
      variables: { A: 'b' },
      locked: [
        { url: 'https://example.org/a.conda', md5: '', sha256: '', size: 0 }
      ]
    };
    const diagnostic = {
      severity: 'error',
      line: null,
      column: null,
      code: 'yaml',
      message: 'Not YAML.',
      remedy: 'Write YAML.',
      fix: null
    };
    expect(decode('CheckedSpec', { spec, diagnostics: [] }).spec).toEqual(spec);
    const unread = { spec: null, diagnostics: [diagnostic] };
    expect(decode('CheckedSpec', unread)).toEqual(unread);
    const edits = [{ line: 1, before: 'a: b', after: null }];
    const title = 'Delete the line';
    const fix = { title, edits };
    const fixed = { spec: null, diagnostics: [{ ...diagnostic, fix }] };
    expect(decode('CheckedSpec', fixed)).toEqual(fixed);
  });

  it('takes what may be null and is not there as null', () => {
    const job: Partial<IJob> = makeJob('a');
    delete job.error;
    expect(decode('Job', job)).toEqual(makeJob('a'));
  });

  it('does not carry over what it does not know', () => {
    const job = { ...makeJob('a'), secret: 1 };
    expect(decode('Job', job)).toEqual(makeJob('a'));
    expect(decode('JobEventList', { events: [] })).toEqual({ events: [] });
  });
});
