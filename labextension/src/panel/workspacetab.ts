/**
 * A tab that asks before a draft is lost.
 */

import { MainAreaWidget } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { Message } from '@lumino/messaging';

import { SpecDrafts } from '../model';
import { confirmDiscard } from './dialogs';
import { Workspace } from './workspace';

/** The tab of a workspace. */
export class WorkspaceTab extends MainAreaWidget<Workspace> {
  constructor(
    content: Workspace,
    private readonly _drafts: SpecDrafts,
    private readonly _translation: TranslationBundle
  ) {
    super({ content });
    this.toolbar.hide();
  }

  protected onCloseRequest(msg: Message): void {
    void this._close(msg);
  }

  private async _close(msg: Message): Promise<void> {
    const { draft } = this.content;
    const isLost = draft?.isUnsaved && draft.jobId === null;
    if (isLost && !(await confirmDiscard(draft.name, this._translation))) {
      return;
    }
    super.onCloseRequest(msg);
    if (draft && draft.jobId === null) {
      this._drafts.discard(draft);
    }
  }
}
