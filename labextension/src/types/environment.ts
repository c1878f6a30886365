/**
 * Environments and what is in them, as described by `rest-api.yml`.
 */

import { IProblem } from './problem';

/** Ids of environments. */
export const ENVIRONMENT_ID = /^[0-9a-f]{12}$/;

/** A kernel of an environment. */
export interface IKernel {
  /** The kernelspec name. */
  id: string;
  display_name: string;
  language: string;
  problem: IProblem | null;
}

/** What an environment takes on the disk, in bytes. */
export interface IUsage {
  own_bytes: number;
  /** Hard-linked to packages that other environments have, too. */
  shared_bytes: number;
  /** When that was, in ISO 8601, as all times. */
  measured: string;
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
  /** Other accounts cannot change it; else it offers no kernel. */
  is_trusted: boolean;
  /** Why it offers no kernel; null when it offers one. */
  problem: IProblem | null;
  /** Null while it is not measured. */
  usage: IUsage | null;
  /** Null where nothing tells. */
  created: string | null;
  /** When a kernel of it was last started; null where none is known to have been. */
  last_used: string | null;
  /** Its activation scripts that failed when they last ran; its kernels start nevertheless. */
  activation_problems: IProblem[];
}

/** A package that an environment has; text is empty where it is not known. */
export interface IInstalledPackage {
  manager: 'conda' | 'pip';
  name: string;
  version: string;
  build: string;
  channel: string;
  /** Somebody asked for it; it is no mere dependency. */
  requested: boolean;
}

/** What was done to an environment at one time. */
export interface IRevision {
  revision: number;
  time: string | null;
  /** What was run; empty where the history does not tell. */
  command: string;
  /** Packages that came, as `channel/subdir::name-version-build`. */
  added: string[];
  removed: string[];
  /** Match specs that were asked for. */
  specs: string[];
  /** It is the newest. */
  is_current: boolean;
}

export const EXPORT_FORMATS = [
  'yaml',
  'yaml-no-builds',
  'yaml-from-history',
  'explicit',
  'pixi-lock',
  'requirements'
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** An environment as the text of a file. */
export interface IExported {
  text: string;
  /** Names of packages that the format cannot hold. */
  left_out: string[];
}
