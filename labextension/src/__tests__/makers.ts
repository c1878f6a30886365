/**
 * What a server answers, made up.
 */

import {
  IDiagnostic,
  IEnvironment,
  IInstalledPackage,
  IJob,
  ILimits,
  ILimitsUsage,
  IPlan,
  IProblem,
  IRevision,
  ISettings,
  ISpec,
  SCHEMAS,
  Schemas
} from '../types';

type Nulls<T> = { [K in keyof T as null extends T[K] ? K : never]: null };

/** Null for each field that can be null. */
function nulls<N extends 'Environment' | 'Job' | 'Kernel' | 'Settings'>(
  name: N
): Nulls<Schemas[N]> {
  const fields = Object.entries(SCHEMAS[name].properties);
  const nullable = fields.filter(([, schema]) => 'anyOf' in schema);
  return Object.fromEntries(nullable.map(([field]) => [field, null])) as Nulls<
    Schemas[N]
  >;
}

/** A problem. */
export function makeProblem(said: IProblem): Schemas['Problem'] {
  return { explanation: '', packages: [], fixes: [], details: {}, ...said };
}

/** An environment with a Python kernel. */
export function makeEnvironment(
  name: string,
  more: Partial<IEnvironment> = {}
): IEnvironment {
  return {
    ...nulls('Environment'),
    id: name.padEnd(12, '0').slice(0, 12),
    name,
    prefix: `/envs/${name}`,
    kernels: [
      {
        ...nulls('Kernel'),
        id: `conda-env-${name}-py`,
        display_name: `Python (${name})`,
        language: 'python'
      }
    ],
    is_base: false,
    is_running: false,
    is_shared: false,
    read_only: false,
    is_trusted: true,
    python: '3.12',
    activation_problems: [],
    ...more
  };
}

/** A requested conda package. */
export function makePackage(
  name: string,
  more: Partial<IInstalledPackage> = {}
): IInstalledPackage {
  return {
    manager: 'conda',
    name,
    version: '1.0',
    build: 'py_0',
    channel: 'https://example.org/main',
    subdir: 'noarch',
    url: '',
    md5: '',
    sha256: '',
    requested: true,
    requirement: '',
    ...more
  };
}

/** A plan of an environment with one package, which is cached. */
export function makePlan(more: Partial<IPlan> = {}): IPlan {
  return {
    digest: 'a1b2',
    kind: 'create',
    environment: 'ml',
    prefix: '/envs/ml',
    packages: [
      {
        name: 'python',
        version: '3.12.1',
        build: 'h0_0',
        channel: 'https://example.org/main/',
        subdir: 'linux-64',
        url: 'https://example.org/main/linux-64/python.conda',
        size: 30_000_000,
        cached: true
      }
    ],
    changes: [],
    requested: ['python=3.12'],
    pip: [],
    pip_removed: [],
    variables: {},
    download_bytes: 0,
    disk_bytes: 0,
    free_bytes: 5e9,
    warnings: [],
    ...more
  };
}

/** A revision that changed nothing. */
export function makeRevision(
  revision: number,
  more: Partial<IRevision> = {}
): IRevision {
  return {
    revision,
    time: '2026-01-01T00:00:00Z',
    command: '',
    added: [],
    removed: [],
    specs: [],
    is_current: false,
    ...more
  };
}

/** Settings without limits, but for these. */
export function makeSettings(
  limits: Partial<ILimits> = {},
  usage: Partial<ILimitsUsage> = {}
): ISettings {
  return {
    ...nulls('Settings'),
    locations: [],
    root: '/envs',
    free_bytes: 74e9,
    channels: ['conda-forge'],
    channel_urls: ['https://conda.anaconda.org/conda-forge'],
    channel_priority: 'flexible',
    max_concurrent_jobs: 2,
    max_queued_jobs: 20,
    keep_jobs: 200,
    job_timeout: 0,
    package_cache: '/cache',
    kernel_packages: ['ipykernel'],
    default_packages: [],
    platform: 'linux-64',
    virtual_packages: [],
    limits: {
      allowed_channels: [],
      denied_packages: [],
      denied_variables: [],
      allow_pip: true,
      pip_indexes: [],
      max_environments: 0,
      max_total_bytes: 0,
      max_packages: 0,
      max_environment_bytes: 0,
      min_free_bytes: 0,
      min_package_age: 0,
      max_machine_jobs: 0,
      machine_jobs_dir: '',
      max_concurrent_jobs: 0,
      max_queued_jobs: 0,
      job_timeout: 0,
      allow_trust: true,
      message: '',
      files: [],
      ...limits
    },
    usage: { environments: 2, bytes: 1.2e9, free_bytes: 74e9, ...usage }
  };
}

/** A spec that asks for nothing. */
export function makeSpec(more: Partial<ISpec> = {}): ISpec {
  return {
    name: 'ml',
    channels: [],
    dependencies: [],
    pip: [],
    variables: {},
    locked: [],
    ...more
  };
}

/** An error on a line of a spec. */
export function makeDiagnostic(
  line: number | null,
  more: Partial<IDiagnostic> = {}
): IDiagnostic {
  return {
    severity: 'error',
    line,
    column: null,
    code: 'x',
    message: `About line ${line}`,
    remedy: '',
    fix: null,
    ...more
  };
}

/** A job that waits. */
export function makeJob(id: string, more: Partial<IJob> = {}): IJob {
  return {
    ...nulls('Job'),
    id,
    kind: 'create',
    environment: 'ml',
    environment_id: 'ml0000000000',
    prefix: '/envs/ml',
    user: 'ada',
    state: 'queued',
    seq: 1,
    message: '',
    created: '2026-01-01T00:00:00Z',
    ...more
  };
}
