/**
 * What the server says and takes, as described by `rest-api.yml`.
 */

/** What went wrong, and what to do about it. */
export interface IProblem {
  code: string;
  message: string;
  remedy: string;
}

/** A kernel of an environment. */
export interface IKernel {
  /** The kernelspec name. */
  id: string;
  display_name: string;
  language: string;
  problem: IProblem | null;
}

/** An environment with its kernels. */
export interface IEnvironment {
  id: string;
  name: string;
  prefix: string;
  kernels: IKernel[];
  is_base: boolean;
  is_running: boolean;
  read_only: boolean;
  /** Why it offers no kernel; null when it offers one. */
  problem: IProblem | null;
}

/** An `environment.yml` as the server read it. */
export interface ISpec {
  name: string | null;
  channels: string[];
  dependencies: string[];
  pip: string[];
  variables: { [name: string]: string };
}

export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A remark on a spec. */
export interface IDiagnostic {
  severity: Severity;
  /** Counted from 1; null where it concerns the whole spec. */
  line: number | null;
  column: number | null;
  code: string;
  message: string;
  remedy: string;
}

/** The spec, or null where it cannot be read, and all remarks. */
export interface ICheckedSpec {
  spec: ISpec | null;
  diagnostics: IDiagnostic[];
}

/** A spec to be checked: its text, or a path below the folder that Jupyter serves. */
export type SpecSource = { text: string } | { path: string };

/** Create an environment from a spec; `name` overrides the spec's. */
export type CreateRequest = { kind: 'create'; name?: string } & SpecSource;

/** Copy the environment with the id `source`. */
export type CloneRequest = { kind: 'clone'; source: string; name: string };

/** Remove the environment with this id. */
export type RemoveRequest = { kind: 'remove'; environment: string };

export type JobRequest = CreateRequest | CloneRequest | RemoveRequest;

export const JOB_KINDS = ['create', 'clone', 'remove'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export const JOB_STATES = [
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'interrupted'
] as const;
export type JobState = (typeof JOB_STATES)[number];

export const JOB_PHASES = [
  'checking',
  'solving',
  'downloading',
  'linking',
  'pip',
  'verifying',
  'removing',
  'rolling-back'
] as const;
export type JobPhase = (typeof JOB_PHASES)[number];

export const UNITS = ['bytes', 'packages'] as const;

/** How far the phase is. */
export interface IProgress {
  done: number;
  /** Null while unknown. */
  total: number | null;
  unit: (typeof UNITS)[number];
}

/** What a job and each of its events say alike. */
interface IJobStep {
  kind: JobKind;
  /** The name of the environment. */
  environment: string;
  prefix: string;
  state: JobState;
  phase: JobPhase | null;
  /** The place in the job's journal, from 1, without gaps. */
  seq: number;
  progress: IProgress | null;
  /** What happens now, in words. */
  message: string;
  error: IProblem | null;
}

/** A job as it stands. */
export interface IJob extends IJobStep {
  id: string;
  environment_id: string;
  /** Times are ISO 8601. */
  created: string;
  started: string | null;
  finished: string | null;
}

/** One entry of a job's journal. */
export interface IJobEvent extends IJobStep {
  job_id: string;
}

/** A piece of a job's log. */
export interface ILogChunk {
  text: string;
  /** Where to read on, in bytes. */
  offset: number;
  /** Whether that was all that there will be. */
  complete: boolean;
}

/** Whether the job has still something to do. */
export function isActive(job: { state: JobState }): boolean {
  return job.state === 'queued' || job.state === 'running';
}

/** Names that an environment may have, as the server's EnvironmentName. */
export const NAME_PATTERN = '[A-Za-z0-9_][A-Za-z0-9._\\-]{0,99}';
