/**
 * Jobs and what becomes of them, as described by `rest-api.yml`.
 */

import { IProblem } from './problem';
import { JobKind, PlannedKind } from './request';

/** Ids of jobs. */
export const JOB_ID = /^\d{8}-\d{6}-[0-9a-f]{8}$/;

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
  'copying',
  'downloading',
  'linking',
  'pip',
  'verifying',
  'removing',
  'rolling-back'
] as const;
export type JobPhase = (typeof JOB_PHASES)[number];

export const UNITS = ['bytes', 'packages', 'files'] as const;

/** How far the phase is. */
export interface IProgress {
  done: number;
  /** Null while unknown. */
  total: number | null;
  unit: (typeof UNITS)[number];
  /** Units per second; null while unknown. */
  rate: number | null;
  /** Seconds at that rate; null while unknown. */
  seconds_left: number | null;
}

/** What a job and each of its events say alike. */
interface IJobStep {
  kind: JobKind;
  /** The name of the environment. */
  environment: string;
  prefix: string;
  /** Who asked for it. */
  user: string;
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
  /** Of a plan, the kind of job that it prepares. */
  plans: PlannedKind | null;
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
