/**
 * The unfinished changes of environments.
 */

import { IEnvironment, IJob } from '../types';
import { SpecDraft } from './draft';
import { JobModel } from './jobs';
import { PackageEdit } from './packageedit';
import { UpdateDraft } from './updatedraft';

/** The unfinished changes of one environment: by a spec, or by package. */
export interface IEdit {
  draft: UpdateDraft;
  packages: PackageEdit;
}

/** Keeps one edit for each environment, until it is done or the page is left. */
export class UpdateDrafts {
  constructor(private readonly _options: UpdateDrafts.IOptions) {
    _options.jobs.ended.connect(this._onJobEnded, this);
  }

  of(environment: Pick<IEnvironment, 'id' | 'name'>): IEdit {
    let edit = this._edits.get(environment.id);
    if (!edit) {
      // The map owns both.
      /* eslint-disable jupyter/require-disposable-ownership */
      const draft = new UpdateDraft(environment, this._options.draft);
      const packages = new PackageEdit(environment);
      /* eslint-enable jupyter/require-disposable-ownership */
      edit = { draft, packages };
      this._edits.set(environment.id, edit);
    }
    return edit;
  }

  private _onJobEnded(_: JobModel, job: IJob): void {
    const edit = this._edits.get(job.environment_id);
    if (!edit || job.state !== 'succeeded') {
      return;
    }
    if (job.kind === 'remove') {
      this._edits.delete(job.environment_id);
      edit.draft.dispose();
      edit.packages.dispose();
    } else if (job.kind === 'update') {
      edit.packages.clear();
    }
  }

  private readonly _edits = new Map<string, IEdit>();
}

/** A namespace for UpdateDrafts statics. */
export namespace UpdateDrafts {
  /** The options of an UpdateDrafts. */
  export interface IOptions {
    jobs: JobModel;
    /** For the drafts. */
    draft: SpecDraft.IOptions;
  }
}
