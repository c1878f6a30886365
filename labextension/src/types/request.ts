/**
 * What can be asked for, as described by `rest-api.yml`.
 */

import { SpecSource } from './spec';

/** Create an environment from a spec; `name` overrides the spec's. */
export type CreateRequest = { kind: 'create'; name?: string } & SpecSource;

/** Copy the environment with the id `source`. */
export type CloneRequest = { kind: 'clone'; source: string; name: string };

/** Change the environment with this id: by a spec, by single packages, or both. */
export type UpdateRequest = {
  kind: 'update';
  environment: string;
  /** Match specs. */
  add?: string[];
  /** Names of packages of conda or pip. */
  remove?: string[];
  /** Remove also what nobody has asked for. */
  prune?: boolean;
  /** Prefer the newest packages to those that are installed. */
  upgrade?: boolean;
} & (SpecSource | object);

/** Add what makes a kernel to the environment with this id, and change nothing else. */
export type AddKernelRequest = { kind: 'add-kernel'; environment: string };

/** Give the environment with this id the packages that it had at a revision of its history. */
export type RollbackRequest = {
  kind: 'rollback';
  environment: string;
  revision: number;
};

/** Give the environment with this id another name. */
export type RenameRequest = {
  kind: 'rename';
  environment: string;
  name: string;
};

/** Remove the environment with this id; with `force` although kernels of it run. */
export type RemoveRequest = {
  kind: 'remove';
  environment: string;
  force?: boolean;
};

/** What can be shown beforehand. */
export type PlannableRequest =
  | CreateRequest
  | CloneRequest
  | UpdateRequest
  | AddKernelRequest
  | RollbackRequest;

/** Find out what a request would do, without doing it. */
export type PlanRequest = { kind: 'plan'; of: PlannableRequest };

export type JobRequest =
  PlannableRequest | RenameRequest | RemoveRequest | PlanRequest;

export const PLANNED_KINDS = [
  'create',
  'clone',
  'update',
  'add-kernel',
  'rollback'
] as const;
export type PlannedKind = (typeof PLANNED_KINDS)[number];

export const JOB_KINDS = [
  'plan',
  ...PLANNED_KINDS,
  'rename',
  'remove'
] as const;
export type JobKind = (typeof JOB_KINDS)[number];
