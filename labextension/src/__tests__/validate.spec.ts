import {
  decodeCheckedSpec,
  decodeEnvironments,
  decodeEvents,
  decodeExport,
  decodeHistory,
  decodeJob,
  decodeJobs,
  decodeLog,
  decodePackages,
  decodePlan,
  decodeSettings
} from '../validate';
import {
  makeEnvironment,
  makeJob,
  makePackage,
  makePlan,
  makeRevision,
  makeSettings
} from './makers';

describe('validate', () => {
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
    expect(decodeEnvironments({ environments: [environment] })).toEqual([
      environment
    ]);
    expect(decodeJob(job)).toEqual(job);
    expect(warnings).toEqual([]);
  });

  it('takes limits and what is used of them', () => {
    const settings = makeSettings({ max_environments: 5 });
    const answer = { ...settings, root: '/envs' };
    expect(decodeSettings(answer)).toEqual(settings);
    const usage = { ...settings.usage, free_bytes: null };
    expect(decodeSettings({ ...settings, usage }).usage.free_bytes).toBeNull();
    expect(() => decodeSettings({ limits: settings.limits })).toThrow();
  });

  it('takes plans, packages and histories', () => {
    const plan = makePlan({
      changes: [{ name: 'a', change: 'added', before: null, after: '1' }]
    });
    expect(decodePlan({ ...plan, digest: 'x' })).toEqual(plan);
    const packages = [makePackage('numpy')];
    expect(decodePackages({ packages })).toEqual(packages);
    const revisions = [makeRevision(0, { time: null })];
    expect(decodeHistory({ revisions })).toEqual(revisions);
    const exported = { text: 'a', left_out: ['b'] };
    expect(decodeExport({ format: 'yaml', ...exported })).toEqual(exported);
  });

  it('takes no plan of which a part is errant', () => {
    const changes = [{ name: 'a', change: 'lost', before: null, after: null }];
    expect(() => decodePlan({ ...makePlan(), changes })).toThrow('changes[0]');
  });

  it('leaves out one errant environment and says which', () => {
    const good = makeEnvironment('ml');
    const bad = { ...makeEnvironment('old'), prefix: 7 };
    expect(decodeEnvironments({ environments: [bad, good] })).toEqual([good]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('answer.environments[0].prefix');
  });

  it('keeps an environment of which one kernel is errant', () => {
    const environment = makeEnvironment('ml');
    const [kernel] = environment.kernels;
    const kernels = [kernel, { ...kernel, id: null }];
    const [decoded] = decodeEnvironments({
      environments: [{ ...environment, kernels }]
    });
    expect(decoded.kernels).toEqual([kernel]);
  });

  it('keeps a job in a phase that it does not know', () => {
    const jobs = [
      { ...makeJob('a', { state: 'running' }), phase: 'polishing' }
    ];
    expect(decodeJobs({ jobs })[0].phase).toBeNull();
    expect(warnings).toEqual([]);
  });

  it('leaves out a job of an unknown state', () => {
    const jobs = [makeJob('a'), { ...makeJob('b'), state: 'asleep' }];
    expect(decodeJobs({ jobs }).map(({ id }) => id)).toEqual(['a']);
    expect(warnings[0]).toContain('jobs[1].state');
  });

  it.each([
    ['no object', []],
    ['no list', { environments: {} }],
    ['nothing', null]
  ])('throws on an answer that is %s', (_, answer) => {
    expect(() => decodeEnvironments(answer)).toThrow(TypeError);
  });

  it.each([
    ['a negative amount', { done: -1, total: 2, unit: 'bytes' }],
    ['a broken amount', { done: 0.5, total: 2, unit: 'bytes' }],
    ['an unknown unit', { done: 1, total: 2, unit: 'miles' }]
  ])('throws on a job with %s', (_, progress) => {
    expect(() => decodeJob({ ...makeJob('a'), progress })).toThrow('progress');
  });

  it('throws on a log without offset', () => {
    expect(() => decodeLog({ text: '', complete: true })).toThrow('offset');
  });

  it('takes a checked spec with and without spec', () => {
    const spec = {
      name: null,
      channels: ['conda-forge'],
      dependencies: ['python'],
      pip: [],
      variables: { A: 'b' },
      locked: [{ url: 'https://example.org/a.conda' }]
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
    expect(decodeCheckedSpec({ spec, diagnostics: [] }).spec).toEqual(spec);
    const unread = { spec: null, diagnostics: [diagnostic] };
    expect(decodeCheckedSpec(unread)).toEqual(unread);
    const edits = [{ line: 1, before: 'a: b', after: null }];
    const title = 'Delete the line';
    const fix = { title, edits };
    const fixed = { spec: null, diagnostics: [{ ...diagnostic, fix }] };
    expect(decodeCheckedSpec(fixed)).toEqual(fixed);
  });

  it('does not carry over what it does not know', () => {
    const job = { ...makeJob('a'), secret: 1 };
    expect(decodeJob(job)).toEqual(makeJob('a'));
    expect(decodeEvents({ events: [] })).toEqual([]);
  });
});
