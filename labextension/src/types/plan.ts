/**
 * Plans, as described by `rest-api.yml`.
 */

import { IProblem } from './problem';
import { PlannedKind } from './request';

/** A conda package of a plan. */
export interface IPlannedPackage {
  name: string;
  version: string;
  build: string;
  channel: string;
  /** Of the archive in bytes; 0 where the channel does not tell. */
  size: number;
  /** It needs no download. */
  cached: boolean;
}

export const CHANGES = [
  'added',
  'removed',
  'upgraded',
  'downgraded',
  'rebuilt'
] as const;
export type Change = (typeof CHANGES)[number];

/** What becomes of one conda package. */
export interface IPackageChange {
  name: string;
  change: Change;
  /** Version and build; null where there is none. */
  before: string | null;
  after: string | null;
}

/** What a job installs, no more and no less. */
export interface IPlan {
  kind: PlannedKind;
  environment: string;
  prefix: string;
  /** All conda packages that there will be. */
  packages: IPlannedPackage[];
  changes: IPackageChange[];
  /** Match specs that were asked for. */
  requested: string[];
  /** Lines for pip. */
  pip: string[];
  /** Names of packages of pip that are taken out. */
  pip_removed: string[];
  variables: { [name: string]: string };
  download_bytes: number;
  /** About what it takes; cached packages take nothing. */
  disk_bytes: number;
  /** Where the environment goes; null while unknown. */
  free_bytes: number | null;
  warnings: IProblem[];
}
