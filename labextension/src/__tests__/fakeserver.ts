/**
 * A server extension in memory. The compiler holds its paths, statuses and answers to rest-api.yml, of which the types
 * are made.
 */

import { Event, ServerConnection } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { decode } from '../decode';
import { JOB_SCHEMA } from '../stream';
import {
  ExportFormat,
  ICheckedSpec,
  IEnvironment,
  IInstalledPackage,
  IJob,
  IJobEvent,
  IPlan,
  IProblem,
  IRevision,
  ITemplate,
  JobRequest
} from '../types';
import { components, paths } from '../types/rest-api';
import { makeJob, makeProblem, makeSettings } from './makers';

/** What is asked of a path: the id in it, the query, and the body. */
interface IAsked {
  id: string;
  query: URLSearchParams;
  body: unknown;
}

type Method = 'get' | 'post' | 'delete';
type Content<R> = R extends { content: { 'application/json': infer Body } }
  ? Body
  : never;
type Answer<Responses> =
  | {
      [S in Extract<keyof Responses, number>]: [S, Content<Responses[S]>];
    }[Extract<keyof Responses, number>]
  | [404, Content<components['responses']['Error']>];
type Answers<Operation> = Operation extends { responses: infer Responses }
  ? (asked: IAsked) => Answer<Responses>
  : never;
type Routes = {
  [P in keyof paths]?: {
    [M in Method & keyof paths[P]]?: Answers<paths[P][M]>;
  };
};

/** Answers from memory. */
export class FakeServer {
  environments: IEnvironment[] = [];
  checked: ICheckedSpec = { spec: null, diagnostics: [] };
  jobs = new Map<string, IJob>();
  journal = new Map<string, IJobEvent[]>();
  logs = new Map<string, { text: string; complete: boolean }>();
  plans = new Map<string, IPlan>();
  packages: IInstalledPackage[] = [];
  revisions: IRevision[] = [];
  templates: ITemplate[] = [];
  serverSettings = makeSettings();
  /** The requests, as `GET jobs`, in order. */
  requests: string[] = [];
  /** The bodies of POST requests. */
  bodies: unknown[] = [];
  /** What the next request gets instead of an answer. */
  refusal: { status: number; body: string } | Error | null = null;

  readonly bus = new Signal<unknown, Event.Emission>({});

  readonly settings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost/base/',
    fetch: (input: RequestInfo | URL) => this._fetch(input as Request)
  });

  /** Add a job with its first event. */
  addJob(job: IJob): IJob {
    this.jobs.set(job.id, job);
    this.journal.set(job.id, []);
    this.logs.set(job.id, { text: '', complete: false });
    this._record(job);
    return job;
  }

  /** Let a job go on; the bus tells of it unless it is cut off. */
  advance(id: string, step: Partial<IJob>, busWorks = true): void {
    const before = this.jobs.get(id)!;
    const job = { ...before, ...step, seq: before.seq + 1 };
    this.jobs.set(id, job);
    this._record(job);
    if (busWorks) {
      this.emit(this.journal.get(id)!.slice(-1)[0]);
    }
  }

  /** An event on the bus. */
  emit(event: IJobEvent): void {
    this.bus.emit({
      schema_id: JOB_SCHEMA,
      ...event
    } as object as Event.Emission);
  }

  /** An emission of the bus that tells no more than that there is news. */
  ring(id: string, seq: number, schema = JOB_SCHEMA): void {
    this.bus.emit({ schema_id: schema, job_id: id, seq });
  }

  refuse(status: number, problem: IProblem): void {
    this.refusal = { status, body: JSON.stringify(makeProblem(problem)) };
  }

  private _record(job: IJob): void {
    const event = decode('JobEvent', { ...job, job_id: job.id });
    this.journal.get(job.id)!.push(event);
  }

  private async _fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.replace('/base/envkernels/', '');
    // JupyterLab adds the time to a query, so that no cache answers.
    const search = url.search.replace(/[?&]\d+$/, '');
    this.requests.push(`${request.method} ${path}${search}`);
    const text = request.method === 'POST' ? await request.text() : '';
    const body = text ? JSON.parse(text) : null;
    if (body) {
      this.bodies.push(body);
    }
    const { refusal } = this;
    this.refusal = null;
    if (refusal instanceof Error) {
      throw refusal;
    }
    if (refusal) {
      return new Response(refusal.body, { status: refusal.status });
    }
    const method = request.method.toLowerCase() as Method;
    const [status, answer] = this._answer(path, method, {
      query: url.searchParams,
      body
    });
    return new Response(JSON.stringify(answer), { status });
  }

  private _answer(
    path: string,
    method: Method,
    asked: Omit<IAsked, 'id'>
  ): [number, unknown] {
    const [place, id, ...part] = path.split('/');
    const hasId = place === 'environments' || place === 'jobs';
    const template = hasId && id ? [place, '{id}', ...part].join('/') : path;
    const routes: {
      [path: string]: { [M in Method]?: (asked: IAsked) => [number, unknown] };
    } = this._routes;
    const answer = routes[`/envkernels/${template}`]?.[method];
    return answer?.({ ...asked, id }) ?? NOT_THERE;
  }

  private readonly _routes: Routes = {
    '/envkernels/environments': {
      get: () => [200, { environments: this.environments }]
    },
    '/envkernels/environments/{id}/list-entry': {
      delete: ({ id }) => {
        this.environments = this.environments.filter(one => one.id !== id);
        return [200, { environments: this.environments }];
      }
    },
    '/envkernels/environments/{id}/packages': {
      get: () => {
        const { packages } = this;
        return [200, { packages, requested: [], variables: {} }];
      }
    },
    '/envkernels/environments/{id}/history': {
      get: () => [200, { revisions: this.revisions }]
    },
    '/envkernels/environments/{id}/export': {
      get: ({ id, query }) => {
        const format = query.get('format') as ExportFormat;
        return [200, { format, text: `# ${id} as ${format}\n`, left_out: [] }];
      }
    },
    '/envkernels/settings': { get: () => [200, this.serverSettings] },
    '/envkernels/templates': {
      get: () => [200, { templates: this.templates }]
    },
    '/envkernels/specs/check': { post: () => [200, this.checked] },
    '/envkernels/jobs': {
      get: () => [200, { jobs: [...this.jobs.values()] }],
      post: ({ body }) => [202, this._start(body as JobRequest)]
    },
    '/envkernels/jobs/{id}': {
      get: ({ id }) => this._ofJob(id, job => job),
      delete: ({ id }) =>
        this._ofJob(id, ({ created }) => {
          this.advance(id, { state: 'cancelled', finished: created });
          return this.jobs.get(id)!;
        })
    },
    '/envkernels/jobs/{id}/events': {
      get: ({ id, query }) =>
        this._ofJob(id, () => {
          const after = Number(query.get('after'));
          const events = this.journal.get(id)!;
          return { events: events.filter(({ seq }) => seq > after) };
        })
    },
    '/envkernels/jobs/{id}/run': {
      post: ({ id }) => {
        const job = this.jobs.get(id);
        return job ? [202, this._run(job)] : NOT_THERE;
      }
    },
    '/envkernels/jobs/{id}/plan': {
      get: ({ id }) => {
        const plan = this.plans.get(id);
        return plan ? [200, plan] : NOT_THERE;
      }
    },
    '/envkernels/jobs/{id}/log': {
      get: ({ id, query }) =>
        this._ofJob(id, () => {
          const { text, complete } = this.logs.get(id)!;
          const bytes = new TextEncoder().encode(text);
          const rest = bytes.slice(Number(query.get('offset')));
          const piece = new TextDecoder().decode(rest);
          return { text: piece, offset: bytes.length, complete };
        })
    }
  };

  private _ofJob<T>(
    id: string,
    tell: (job: IJob) => T
  ): [200, T] | typeof NOT_THERE {
    const job = this.jobs.get(id);
    return job ? [200, tell(job)] : NOT_THERE;
  }

  private _start(asked: JobRequest): IJob {
    const { kind } = asked;
    const plans = asked.kind === 'plan' ? asked.of.kind : null;
    return this.addJob(makeJob(`job-${this.jobs.size + 1}`, { kind, plans }));
  }

  /** Go on with a job in a new one. */
  private _run({ kind, plans, state }: IJob): IJob {
    const next = state === 'failed' ? { kind, plans } : { kind: plans ?? kind };
    return this.addJob(makeJob(`job-${this.jobs.size + 1}`, next));
  }
}

const NOT_THERE: Answer<object> = [
  404,
  makeProblem({ code: 'not-found', message: 'Not there.', remedy: '' })
];

/** Wait until a condition holds. */
export async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 3000;
  while (!holds()) {
    if (Date.now() > end) {
      throw new Error(`It did not come true: ${holds}`);
    }
    await new Promise(resolve => setTimeout(resolve, 2));
  }
}
