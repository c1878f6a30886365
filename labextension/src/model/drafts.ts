/**
 * The specs of new environments that are being written.
 */

import { UUID } from '@lumino/coreutils';

import { IJob } from '../types';
import { SpecDraft } from './draft';
import { JobModel } from './jobs';
import { IStoredDraft, readDraft } from './stored';

/** Keeps the specs, each a document of its own, in the browser until its environment is created. */
export class SpecDrafts {
  constructor(private readonly _options: SpecDrafts.IOptions) {
    const { draft, jobs } = _options;
    for (const id of draft.storage?.ids() ?? []) {
      this._stored.set(id, readDraft(draft.storage!.read(id)));
    }
    jobs.ended.connect(this._onJobEnded, this);
    jobs.stateChanged.connect(this._onJobsChanged, this);
  }

  /** Create a draft. */
  create(): SpecDraft {
    const draft = this.get(UUID.uuid4());
    void draft.check();
    return draft;
  }

  /** Return the draft with an id: the open one, the stored one, or a new one. */
  get(id: string): SpecDraft {
    let draft = this._drafts.get(id);
    if (!draft) {
      draft = new SpecDraft({ ...this._options.draft, id });
      this._drafts.set(id, draft);
      draft.restore();
    }
    return draft;
  }

  /** The ids of drafts of earlier sessions that are not open, and have no job. */
  get left(): string[] {
    return [...this._stored.keys()].filter(
      id => !this._drafts.has(id) && this._stored.get(id)?.jobId === null
    );
  }

  /** Return the draft from which a job was started; null if there is none. */
  ofJob(job: string): SpecDraft | null {
    const isOf = (jobs: ReadonlyArray<string | null | undefined>) =>
      jobs.includes(job);
    for (const draft of this._drafts.values()) {
      if (isOf([draft.jobId, draft.preview?.jobId])) {
        return draft;
      }
    }
    for (const [id, stored] of this._stored) {
      if (isOf([stored?.jobId, stored?.preview?.jobId])) {
        return this.get(id);
      }
    }
    return null;
  }

  /** Forget a draft. */
  discard(draft: SpecDraft): void {
    this._drafts.delete(draft.id);
    draft.dispose();
    this._remove(draft.id);
  }

  private _remove(id: string): void {
    this._stored.delete(id);
    this._options.draft.storage?.remove(id);
  }

  /** Forget a draft once its environment is created. */
  private _onJobEnded(_: JobModel, job: IJob): void {
    const draft = job.state === 'succeeded' ? this.ofJob(job.id) : null;
    if (draft?.jobId === job.id) {
      this.discard(draft);
    }
  }

  /** Once the jobs are known, forget drafts that are not open and whose job the server no longer keeps. */
  private _onJobsChanged(jobs: JobModel): void {
    if (!jobs.isKnown) {
      return;
    }
    jobs.stateChanged.disconnect(this._onJobsChanged, this);
    const isOver = (job: IJob | undefined) =>
      job?.state === 'succeeded' || !job;
    for (const [id, draft] of [...this._stored]) {
      const isDone = draft?.jobId ? isOver(jobs.get(draft.jobId)) : !draft;
      if (isDone && !this._drafts.has(id)) {
        this._remove(id);
      }
    }
  }

  private readonly _drafts = new Map<string, SpecDraft>();
  /** The drafts of earlier sessions. */
  private readonly _stored = new Map<string, IStoredDraft | null>();
}

/** A namespace for SpecDrafts statics. */
export namespace SpecDrafts {
  /** The options of a SpecDrafts. */
  export interface IOptions {
    jobs: JobModel;
    /** For the drafts. */
    draft: Omit<SpecDraft.IOptions, 'id'>;
  }
}
