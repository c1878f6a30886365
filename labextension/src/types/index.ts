/**
 * The types of requests and responses. `make schemas` generates them from the server's classes: the types in
 * `rest-api.ts`, and the schemas that are needed at run time in `schemas.json`. Here they get the names used in the panel.
 */

import { components } from './rest-api';
import SCHEMAS from './schemas.json';

export { SCHEMAS };

export type Schemas = components['schemas'];

/** A problem. Problems that the panel finds itself have only these three fields. */
export type IProblem = Pick<Schemas['Problem'], 'code' | 'message' | 'remedy'> &
  Partial<Schemas['Problem']>;

export type IEnvironment = Schemas['Environment'];
export type IKernel = Schemas['Kernel'];
export type IUsage = Schemas['Usage'];
export type IInstalledPackage = Schemas['InstalledPackage'];
export type IRevision = Schemas['Revision'];
export type IExported = Schemas['Exported'];
export type ExportFormat = Schemas['ExportFormat'];

export type ISpec = Schemas['EnvSpec'];
export type ICheckedSpec = Schemas['CheckedSpec'];
export type IDiagnostic = Schemas['Diagnostic'];
export type IFix = Schemas['Fix'];
export type ITemplate = Schemas['Template'];
export type Severity = IDiagnostic['severity'];

export type ISettings = Schemas['Settings'];
export type ILimits = Schemas['Limits'];
export type ILimitsUsage = Schemas['LimitsUsage'];

export type IJob = Schemas['Job'];
export type IJobEvent = Schemas['JobEvent'];
export type ILogChunk = Schemas['LogChunk'];
export type IProgress = Schemas['Progress'];
export type JobKind = Schemas['JobKind'];
export type JobPhase = Schemas['JobPhase'];
export type JobState = Schemas['JobState'];

export type IPlan = Schemas['Plan'];
export type IPlannedPackage = Schemas['PlannedPackage'];
export type IPackageChange = Schemas['PackageChange'];
export type Change = IPackageChange['change'];
export type PlannedKind = Schemas['PlannedKind'];

export type CreateRequest = Schemas['CreateBody'];
export type UpdateRequest = Schemas['UpdateBody'];
export type RollbackRequest = Schemas['RollbackBody'];
export type PlannableRequest = Schemas['PlanBody']['of'];
export type JobRequest = Schemas['JobBody'];

/** A spec to check: its text, or a path below the root folder of the server. */
export type SpecSource = { text: string; origin?: string } | { path: string };

export const EXPORT_FORMATS = SCHEMAS.ExportFormat.enum as ExportFormat[];

/** The pattern of environment names. */
export const NAME_PATTERN = SCHEMAS.EnvironmentName.pattern;
export const ENVIRONMENT_ID = new RegExp(SCHEMAS.EnvironmentId.pattern);
export const JOB_ID = new RegExp(SCHEMAS.JobId.pattern);

/** Return whether the job is queued or running. */
export function isActive(job: { state: JobState }): boolean {
  return job.state === 'queued' || job.state === 'running';
}
