/**
 * Decode what the server answered.
 */

import {
  amount,
  count,
  dictionary,
  flag,
  knownOrNull,
  list,
  oneOf,
  orNull,
  record,
  text,
  tolerantList
} from './decode';
import {
  CHANGES,
  ICheckedSpec,
  IDiagnostic,
  IFix,
  IEnvironment,
  IExported,
  IInstalledPackage,
  IJob,
  IJobEvent,
  IKernel,
  ILimits,
  ILimitsUsage,
  ILogChunk,
  IPackageChange,
  IPlan,
  IPlannedPackage,
  IProblem,
  IProgress,
  IRevision,
  ISettings,
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
  last_used: orNull(text),
  activation_problems: list(problem)
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

const limits = record<ILimits>({
  allowed_channels: list(text),
  denied_packages: list(text),
  denied_variables: list(text),
  allow_pip: flag,
  pip_indexes: list(text),
  max_environments: count,
  max_total_bytes: count,
  max_packages: count,
  max_environment_bytes: count,
  min_free_bytes: count,
  message: text,
  files: list(text)
});

const limitsUsage = record<ILimitsUsage>({
  environments: count,
  bytes: count,
  free_bytes: orNull(count)
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

/** The answer of `GET environments/{id}/export`. */
export const decodeExport = (value: unknown): IExported =>
  record<IExported>({ text, left_out: list(text) })(value, 'answer');

/** The answer of `POST specs/check`. */
export const decodeCheckedSpec = (value: unknown): ICheckedSpec =>
  record<ICheckedSpec>({
    spec: orNull(spec),
    diagnostics: tolerantList(diagnostic)
  })(value, 'answer');

/** The answer of `GET settings`, without what the panel does not show. */
export const decodeSettings = (value: unknown): ISettings =>
  record<ISettings>({
    limits,
    policy_problem: orNull(problem),
    usage: limitsUsage
  })(value, 'settings');

/** The answer of `GET templates`. */
export const decodeTemplates = (value: unknown): ITemplate[] =>
  record({ templates: tolerantList(template) })(value, 'answer').templates;

/** The answer of `GET jobs`. */
export const decodeJobs = (value: unknown): IJob[] =>
  record({ jobs: tolerantList(job) })(value, 'answer').jobs;

/** A job, as `jobs/{id}` and `POST jobs` answer it. */
export const decodeJob = (value: unknown): IJob => job(value, 'job');

/** An event of a job on the event bus. */
export const decodeEvent = (value: unknown): IJobEvent => event(value, 'event');

/** The answer of `GET jobs/{id}/events`. */
export const decodeEvents = (value: unknown): IJobEvent[] =>
  record({ events: tolerantList(event) })(value, 'answer').events;

/** The answer of `GET jobs/{id}/log`. */
export const decodeLog = (value: unknown): ILogChunk =>
  record<ILogChunk>({ text, offset: count, complete: flag })(value, 'log');

/** The answer of `GET jobs/{id}/plan`: whole, or not to be relied on. */
export const decodePlan = (value: unknown): IPlan => plan(value, 'plan');
