/**
 * A server extension in memory, which answers as rest-api.yml says.
 */

import { Event, ServerConnection } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { JOB_SCHEMA } from '../stream';
import {
  ICheckedSpec,
  IInstalledPackage,
  IJob,
  IJobEvent,
  IPlan,
  IProblem,
  IRevision,
  ITemplate,
  JobRequest
} from '../types';
import { makeJob, makeSettings } from './makers';

/** Answers from memory. */
export class FakeServer {
  environments: unknown[] = [];
  checked: ICheckedSpec = { spec: null, diagnostics: [] };
  jobs = new Map<string, IJob>();
  journal = new Map<string, IJobEvent[]>();
  logs = new Map<string, { text: string; complete: boolean }>();
  plans = new Map<string, IPlan>();
  packages: IInstalledPackage[] = [];
  revisions: IRevision[] = [];
  templates: ITemplate[] = [];
  serverSettings: unknown = makeSettings();
  /** What was asked for, as `GET jobs`, in order. */
  requests: string[] = [];
  /** The bodies of what was asked for with POST. */
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

  refuse(status: number, problem: IProblem, details: object = {}): void {
    this.refusal = { status, body: JSON.stringify({ ...problem, details }) };
  }

  private _record(job: IJob): void {
    const { kind, environment, prefix, user, state, phase } = job;
    const { id: job_id, seq, progress, message, error } = job;
    this.journal.get(job_id)!.push({
      job_id,
      kind,
      environment,
      prefix,
      user,
      state,
      phase,
      seq,
      progress,
      message,
      error
    });
  }

  private async _fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.replace('/base/envkernels/', '');
    // JupyterLab adds the time to a query, so that no cache answers.
    const search = url.search.replace(/[?&]\d+$/, '');
    this.requests.push(`${request.method} ${path}${search}`);
    const body = request.method === 'POST' ? await request.text() : '';
    const asked = body ? JSON.parse(body) : null;
    if (asked) {
      this.bodies.push(asked);
    }
    const { refusal } = this;
    this.refusal = null;
    if (refusal instanceof Error) {
      throw refusal;
    }
    return refusal
      ? new Response(refusal.body, { status: refusal.status })
      : this._answer(request.method, path, url.searchParams, asked);
  }

  private _answer(
    method: string,
    path: string,
    query: URLSearchParams,
    asked: JobRequest | null
  ): Response {
    const [place, id, part] = path.split('/');
    const whole: { [asked: string]: () => unknown } = {
      'GET environments': () => ({ environments: this.environments }),
      'GET settings': () => this.serverSettings,
      'GET templates': () => ({ templates: this.templates }),
      'POST specs/check': () => this.checked,
      'GET jobs': () => ({ jobs: [...this.jobs.values()] })
    };
    const answer = whole[`${method} ${path}`];
    if (answer) {
      return json(answer());
    }
    if (path === 'jobs') {
      return json(this._start(asked!), 202);
    }
    if (place === 'environments') {
      return this._partOfEnvironment(id, part, query.get('format'));
    }
    const job = place === 'jobs' ? this.jobs.get(id) : undefined;
    if (!job) {
      return notThere();
    }
    return part ? this._partOf(job, part, query) : this._job(job, method);
  }

  private _partOfEnvironment(
    id: string,
    part: string,
    format: string | null
  ): Response {
    if (part === 'packages') {
      const { packages } = this;
      return json({ packages, requested: [], variables: {} });
    }
    return part === 'history'
      ? json({ revisions: this.revisions })
      : json({ format, text: `# ${id} as ${format}\n`, left_out: [] });
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

  private _job(job: IJob, method: string): Response {
    if (method === 'DELETE') {
      this.advance(job.id, { state: 'cancelled', finished: job.created });
    }
    return json(this.jobs.get(job.id));
  }

  private _partOf(job: IJob, part: string, query: URLSearchParams): Response {
    if (part === 'events') {
      const after = Number(query.get('after'));
      const events = this.journal.get(job.id)!;
      return json({ events: events.filter(({ seq }) => seq > after) });
    }
    if (part === 'run') {
      return json(this._run(job), 202);
    }
    if (part === 'plan') {
      const plan = this.plans.get(job.id);
      return plan ? json(plan) : notThere();
    }
    const { text, complete } = this.logs.get(job.id)!;
    const bytes = new TextEncoder().encode(text);
    const rest = bytes.slice(Number(query.get('offset')));
    const answer = new TextDecoder().decode(rest);
    return json({ text: answer, offset: bytes.length, complete });
  }
}

function notThere(): Response {
  const gone = { message: 'Not there.', code: 'not-found', remedy: '' };
  return json({ ...gone, details: {} }, 404);
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

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
