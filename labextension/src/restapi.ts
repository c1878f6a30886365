/**
 * Typed calls of the server's REST interface.
 */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { decode } from './decode';
import {
  ExportFormat,
  ICheckedSpec,
  IEnvironment,
  IExported,
  IInstalledPackage,
  IJob,
  IJobEvent,
  ILogChunk,
  IPlan,
  IProblem,
  IRevision,
  ISettings,
  ITemplate,
  JobRequest,
  Schemas,
  SpecSource
} from './types';

/** The namespace of the server extension. */
const NAMESPACE = 'envkernels';

/** The error code if the server does not respond. */
export const UNREACHABLE = 'unreachable';

/** The error code for an unexpected response: extension not enabled, a proxy's page, another version. */
export const NOT_UNDERSTOOD = 'not-understood';

/** An error response, or no response. */
export class RequestError extends Error implements IProblem {
  /**
   * @param problem - The problem in the response, or about its absence.
   * @param status - The HTTP status; 0 without a response.
   */
  constructor(
    readonly problem: IProblem,
    readonly status: number
  ) {
    super(problem.message);
    this.name = 'RequestError';
    this.code = problem.code;
    this.remedy = problem.remedy;
    this.details = problem.details ?? {};
  }

  readonly code: string;
  readonly remedy: string;
  /** Facts, such as the diagnostics of a spec. */
  readonly details: { [key: string]: unknown };
}

/** The REST interface of one server. Calls that fail throw a RequestError. */
export class RestAPI {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  async listEnvironments(): Promise<IEnvironment[]> {
    const list = await this._call('environments', 'EnvironmentList');
    return list.environments;
  }

  /** Remove an environment whose folder is gone from conda's list; returns the others. */
  async unlistEnvironment(environment: string): Promise<IEnvironment[]> {
    const endpoint = `environments/${environment}/list-entry`;
    const init = { method: 'DELETE' };
    return (await this._call(endpoint, 'EnvironmentList', init)).environments;
  }

  /** List the packages of an environment, conda packages first. */
  async listPackages(environment: string): Promise<IInstalledPackage[]> {
    const endpoint = `environments/${environment}/packages`;
    return (await this._call(endpoint, 'Inventory')).packages;
  }

  /** List the revisions of an environment, oldest first. */
  async listRevisions(environment: string): Promise<IRevision[]> {
    const endpoint = `environments/${environment}/history`;
    return (await this._call(endpoint, 'History')).revisions;
  }

  /** Export an environment to a file from which it can be recreated. */
  exportEnvironment(
    environment: string,
    format: ExportFormat
  ): Promise<IExported> {
    const query = URLExt.objectToQueryString({ format });
    return this._call(`environments/${environment}/export${query}`, 'Exported');
  }

  /** Check a spec; `withChannels` also checks it against its channels. */
  checkSpec(source: SpecSource, withChannels = false): Promise<ICheckedSpec> {
    const channels = withChannels ? { channels: true } : {};
    return this._call('specs/check', 'CheckedSpec', {
      method: 'POST',
      body: JSON.stringify({ ...source, ...channels })
    });
  }

  /** List the administrator's templates. */
  async listTemplates(): Promise<ITemplate[]> {
    return (await this._call('templates', 'TemplateList')).templates;
  }

  /** Read the administrator's limits and their usage. */
  getSettings(): Promise<ISettings> {
    return this._call('settings', 'Settings');
  }

  async listJobs(): Promise<IJob[]> {
    return (await this._call('jobs', 'JobList')).jobs;
  }

  startJob(request: JobRequest): Promise<IJob> {
    return this._call('jobs', 'Job', {
      method: 'POST',
      body: JSON.stringify(request)
    });
  }

  getJob(id: string): Promise<IJob> {
    return this._call(`jobs/${encodeURIComponent(id)}`, 'Job');
  }

  /** Read the plan of a job. Throws with status 404 until there is one. */
  getPlan(id: string): Promise<IPlan> {
    return this._call(`jobs/${encodeURIComponent(id)}/plan`, 'Plan');
  }

  /** Start a job that carries out the plan of this one, or that resumes or repeats it. */
  runJob(id: string): Promise<IJob> {
    return this._call(`jobs/${encodeURIComponent(id)}/run`, 'Job', {
      method: 'POST'
    });
  }

  /** Cancel a job; resolves when its processes have ended and its files are removed. */
  cancelJob(id: string): Promise<IJob> {
    return this._call(`jobs/${encodeURIComponent(id)}`, 'Job', {
      method: 'DELETE'
    });
  }

  /** Read the events of a job with a greater seq than `after`. */
  async replayEvents(id: string, after: number): Promise<IJobEvent[]> {
    const query = URLExt.objectToQueryString({ after });
    const endpoint = `jobs/${encodeURIComponent(id)}/events${query}`;
    return (await this._call(endpoint, 'JobEventList')).events;
  }

  /** Read a chunk of a job's log, from an offset in bytes. */
  readLog(id: string, offset: number): Promise<ILogChunk> {
    const query = URLExt.objectToQueryString({ offset });
    return this._call(`jobs/${encodeURIComponent(id)}/log${query}`, 'LogChunk');
  }

  private async _call<N extends keyof Schemas>(
    endpoint: string,
    schema: N,
    init: RequestInit = {}
  ): Promise<Schemas[N]> {
    const url = URLExt.join(this._settings.baseUrl, NAMESPACE, endpoint);
    let response: Response;
    let body: string;
    try {
      response = await ServerConnection.makeRequest(url, init, this._settings);
      body = await response.text();
    } catch (error) {
      throw new RequestError(unreachable(error), 0);
    }
    if (!response.ok) {
      throw refused(response, body);
    }
    try {
      return decode(schema, JSON.parse(body));
    } catch (error) {
      throw new RequestError(notUnderstood(String(error)), response.status);
    }
  }
}

function unreachable(error: unknown): IProblem {
  return {
    code: UNREACHABLE,
    message: `The Jupyter server did not answer: ${error instanceof Error ? error.message : error}`,
    remedy: ''
  };
}

function notUnderstood(message: string): IProblem {
  return { code: NOT_UNDERSTOOD, message, remedy: '' };
}

function refused(response: Response, body: string): RequestError {
  const { status, statusText } = response;
  try {
    return new RequestError(decode('Problem', JSON.parse(body)), status);
  } catch {
    return new RequestError(notUnderstood(`${status} ${statusText}`), status);
  }
}
