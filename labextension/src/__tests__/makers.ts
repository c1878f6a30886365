/**
 * What a server answers, made up.
 */

import {
  IEnvironment,
  IInstalledPackage,
  IJob,
  ILimits,
  ILimitsUsage,
  IPlan,
  IRevision,
  ISettings
} from '../types';

/** An environment with a Python kernel. */
export function makeEnvironment(
  name: string,
  more: Partial<IEnvironment> = {}
): IEnvironment {
  return {
    id: name.padEnd(12, '0').slice(0, 12),
    name,
    prefix: `/envs/${name}`,
    kernels: [
      {
        id: `conda-env-${name}-py`,
        display_name: `Python (${name})`,
        language: 'python',
        problem: null
      }
    ],
    is_base: false,
    is_running: false,
    read_only: false,
    is_trusted: true,
    problem: null,
    usage: null,
    created: null,
    last_used: null,
    activation_problems: [],
    ...more
  };
}

/** A conda package that somebody asked for. */
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
    requested: true,
    ...more
  };
}

/** A plan of an environment with one package, which is cached. */
export function makePlan(more: Partial<IPlan> = {}): IPlan {
  return {
    kind: 'create',
    environment: 'ml',
    prefix: '/envs/ml',
    packages: [
      {
        name: 'python',
        version: '3.12.1',
        build: 'h0_0',
        channel: 'https://example.org/main/',
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
      message: '',
      files: [],
      ...limits
    },
    policy_problem: null,
    usage: { environments: 2, bytes: 1.2e9, free_bytes: 74e9, ...usage }
  };
}

/** A job that waits. */
export function makeJob(id: string, more: Partial<IJob> = {}): IJob {
  return {
    id,
    kind: 'create',
    plans: null,
    environment: 'ml',
    environment_id: 'ml0000000000',
    prefix: '/envs/ml',
    user: 'somebody',
    state: 'queued',
    phase: null,
    seq: 1,
    progress: null,
    message: '',
    error: null,
    created: '2026-01-01T00:00:00Z',
    started: null,
    finished: null,
    ...more
  };
}
