/**
 * Decode what the server answered. A value of the wrong shape throws; in a list one errant entry is left out with a
 * warning, so that it does not take the others with it.
 */

import {
  CHANGES,
  ICheckedSpec,
  IDiagnostic,
  IFix,
  IEnvironment,
  IInstalledPackage,
  IJob,
  IJobEvent,
  IKernel,
  ILogChunk,
  IPackageChange,
  IPlan,
  IPlannedPackage,
  IProblem,
  IProgress,
  IRevision,
  ISpec,
  ITemplate,
  IUsage,
  JOB_KINDS,
  JOB_PHASES,
  JOB_STATES,
  PLANNED_KINDS,
  SEVERITIES,
  UNITS
} from './types';

type Decoder<T> = (value: unknown, where: string) => T;

function fail(where: string, expected: string): never {
  throw new TypeError(`${where}: not ${expected}`);
}

const text: Decoder<string> = (value, where) =>
  typeof value === 'string' ? value : fail(where, 'a string');

const flag: Decoder<boolean> = (value, where) =>
  typeof value === 'boolean' ? value : fail(where, 'a boolean');

const count: Decoder<number> = (value, where) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0
    ? value
    : fail(where, 'a whole number');

const amount: Decoder<number> = (value, where) =>
  typeof value === 'number' && value >= 0 ? value : fail(where, 'an amount');

function oneOf<T extends string>(values: readonly T[]): Decoder<T> {
  return (value, where) =>
    values.includes(value as T)
      ? (value as T)
      : fail(where, `one of ${values.join(', ')}`);
}

/** What a newer server says and this panel has no word for is no reason to drop a job. */
function knownOrNull<T extends string>(
  values: readonly T[]
): Decoder<T | null> {
  return value => (values.includes(value as T) ? (value as T) : null);
}

function orNull<T>(decode: Decoder<T>): Decoder<T | null> {
  return (value, where) =>
    value === null || value === undefined ? null : decode(value, where);
}

function record<T>(fields: { [K in keyof T]: Decoder<T[K]> }): Decoder<T> {
  return (value, where) => {
    const found = plainObject(value, where);
    const decoded: Partial<T> = {};
    for (const key of Object.keys(fields) as (keyof T & string)[]) {
      decoded[key] = fields[key](found[key], `${where}.${key}`);
    }
    return decoded as T;
  };
}

function dictionary<T>(decode: Decoder<T>): Decoder<{ [key: string]: T }> {
  return (value, where) => {
    const decoded: { [key: string]: T } = {};
    for (const [key, entry] of Object.entries(plainObject(value, where))) {
      decoded[key] = decode(entry, `${where}.${key}`);
    }
    return decoded;
  };
}

function list<T>(decode: Decoder<T>): Decoder<T[]> {
  return (value, where) =>
    Array.isArray(value)
      ? value.map((entry, i) => decode(entry, `${where}[${i}]`))
      : fail(where, 'a list');
}

function tolerantList<T>(decode: Decoder<T>): Decoder<T[]> {
  return (value, where) => {
    const entries = Array.isArray(value) ? value : fail(where, 'a list');
    return entries.flatMap((entry, i) => {
      try {
        return [decode(entry, `${where}[${i}]`)];
      } catch (error) {
        console.warn(`Left out of what the server sent: ${error}`);
        return [];
      }
    });
  };
}

function plainObject(value: unknown, where: string): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : fail(where, 'an object');
}

const problem = record<IProblem>({ code: text, message: text, remedy: text });

const kernel = record<IKernel>({
  id: text,
  display_name: text,
  language: text,
  problem: orNull(problem)
});

const usage = record<IUsage>({
  own_bytes: count,
  shared_bytes: count,
  measured: text
});

const environment = record<IEnvironment>({
  id: text,
  name: text,
  prefix: text,
  kernels: tolerantList(kernel),
  is_base: flag,
  is_running: flag,
  read_only: flag,
  is_trusted: flag,
  problem: orNull(problem),
  usage: orNull(usage),
  created: orNull(text),
  last_used: orNull(text)
});

const installed = record<IInstalledPackage>({
  manager: oneOf(['conda', 'pip']),
  name: text,
  version: text,
  build: text,
  channel: text,
  requested: flag
});

const revision = record<IRevision>({
  revision: count,
  time: orNull(text),
  command: text,
  added: list(text),
  removed: list(text),
  specs: list(text),
  is_current: flag
});

const spec = record<ISpec>({
  name: orNull(text),
  channels: list(text),
  dependencies: list(text),
  pip: list(text),
  variables: dictionary(text),
  locked: list(record({ url: text }))
});

const template = record<ITemplate>({
  name: text,
  title: text,
  description: text,
  text
});

const fix = record<IFix>({
  title: text,
  edits: list(record({ line: count, before: text, after: orNull(text) }))
});

const diagnostic = record<IDiagnostic>({
  severity: oneOf(SEVERITIES),
  line: orNull(count),
  column: orNull(count),
  code: text,
  message: text,
  remedy: text,
  fix: orNull(fix)
});

const progress = record<IProgress>({
  done: count,
  total: orNull(count),
  unit: oneOf(UNITS),
  rate: orNull(amount),
  seconds_left: orNull(amount)
});

const step = {
  kind: oneOf(JOB_KINDS),
  environment: text,
  prefix: text,
  user: text,
  state: oneOf(JOB_STATES),
  phase: knownOrNull(JOB_PHASES),
  seq: count,
  progress: orNull(progress),
  message: text,
  error: orNull(problem)
};

const job = record<IJob>({
  ...step,
  id: text,
  plans: orNull(oneOf(PLANNED_KINDS)),
  environment_id: text,
  created: text,
  started: orNull(text),
  finished: orNull(text)
});

const event = record<IJobEvent>({ ...step, job_id: text });

const planned = record<IPlannedPackage>({
  name: text,
  version: text,
  build: text,
  channel: text,
  size: count,
  cached: flag
});

const change = record<IPackageChange>({
  name: text,
  change: oneOf(CHANGES),
  before: orNull(text),
  after: orNull(text)
});

const plan = record<IPlan>({
  kind: oneOf(PLANNED_KINDS),
  environment: text,
  prefix: text,
  packages: list(planned),
  changes: list(change),
  requested: list(text),
  pip: list(text),
  pip_removed: list(text),
  variables: dictionary(text),
  download_bytes: count,
  disk_bytes: count,
  free_bytes: orNull(count),
  warnings: tolerantList(problem)
});

/** A problem as in the body of a refused request. */
export const decodeProblem = (value: unknown): IProblem =>
  problem(value, 'error');

/** The answer of `GET environments`. */
export const decodeEnvironments = (value: unknown): IEnvironment[] =>
  record({ environments: tolerantList(environment) })(value, 'answer')
    .environments;

/** The answer of `GET environments/{id}/packages`, without what the panel does not show. */
export const decodePackages = (value: unknown): IInstalledPackage[] =>
  record({ packages: tolerantList(installed) })(value, 'answer').packages;

/** The answer of `GET environments/{id}/history`. */
export const decodeHistory = (value: unknown): IRevision[] =>
  record({ revisions: tolerantList(revision) })(value, 'answer').revisions;

/** The text of the answer of `GET environments/{id}/export`. */
export const decodeExport = (value: unknown): string =>
  record<{ text: string }>({ text })(value, 'answer').text;

/** The answer of `POST specs/check`. */
export const decodeCheckedSpec = (value: unknown): ICheckedSpec =>
  record<ICheckedSpec>({
    spec: orNull(spec),
    diagnostics: tolerantList(diagnostic)
  })(value, 'answer');

/** The answer of `GET templates`. */
export const decodeTemplates = (value: unknown): ITemplate[] =>
  record({ templates: tolerantList(template) })(value, 'answer').templates;

/** The answer of `GET jobs`. */
export const decodeJobs = (value: unknown): IJob[] =>
  record({ jobs: tolerantList(job) })(value, 'answer').jobs;

/** A job, as `jobs/{id}` and `POST jobs` answer it. */
export const decodeJob = (value: unknown): IJob => job(value, 'job');

/** The answer of `GET jobs/{id}/events`. */
export const decodeEvents = (value: unknown): IJobEvent[] =>
  record({ events: tolerantList(event) })(value, 'answer').events;

/** The answer of `GET jobs/{id}/log`. */
export const decodeLog = (value: unknown): ILogChunk =>
  record<ILogChunk>({ text, offset: count, complete: flag })(value, 'log');

/** The answer of `GET jobs/{id}/plan`: whole, or not to be relied on. */
export const decodePlan = (value: unknown): IPlan => plan(value, 'plan');
