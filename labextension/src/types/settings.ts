/**
 * What the administrator allows and what is used of it, as described by `rest-api.yml`.
 */

import { IProblem } from './problem';

/** What the administrator allows; 0 and empty stand for no limit. */
export interface ILimits {
  allowed_channels: string[];
  denied_packages: string[];
  denied_variables: string[];
  allow_pip: boolean;
  pip_indexes: string[];
  max_environments: number;
  max_total_bytes: number;
  max_packages: number;
  max_environment_bytes: number;
  min_free_bytes: number;
  /** The administrator's own words. */
  message: string;
  /** The policy files that they come from. */
  files: string[];
}

/** What the user has of it. */
export interface ILimitsUsage {
  environments: number;
  /** As far as it has been measured. */
  bytes: number;
  /** Where new environments go; null where it is not known. */
  free_bytes: number | null;
}

/** The settings of the server, as far as the panel shows them. */
export interface ISettings {
  limits: ILimits;
  /** Why nothing can be changed: a policy file cannot be used. */
  policy_problem: IProblem | null;
  usage: ILimitsUsage;
}
