/**
 * The history page of an environment.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { HistoryList } from '../components/environment/historylist';
import { Attempt, AsyncValue } from '../model';
import { RestAPI } from '../restapi';
import { IRevision, RollbackRequest } from '../types';

/** Shows the revisions, and plans a rollback. */
export class HistoryPage extends ReactWidget {
  constructor(private readonly _options: HistoryPage.IOptions) {
    super();
    this.addClass('jp-EnvKernels-page');
    this.node.tabIndex = -1;
    const { api, environment } = _options;
    this._revisions = new AsyncValue(() => api.listRevisions(environment));
    for (const model of [this._revisions, this._attempt]) {
      model.stateChanged.connect(this.update, this);
    }
  }

  /** Read the history again. */
  load(): void {
    void this._revisions.load();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._revisions.dispose();
    this._attempt.dispose();
    super.dispose();
  }

  protected onActivateRequest(): void {
    this.node.focus();
  }

  protected render(): JSX.Element {
    const { environment, isChangeable, preview, trans } = this._options;
    return (
      <HistoryList
        error={this._attempt.error ?? this._revisions.error}
        isChangeable={isChangeable()}
        isStarting={this._attempt.isRunning}
        revisions={this._revisions.value}
        trans={trans}
        onRollback={({ revision }) =>
          void this._attempt.run(async () => {
            await preview({ kind: 'rollback', environment, revision });
          })
        }
      />
    );
  }

  private readonly _attempt = new Attempt();
  private readonly _revisions: AsyncValue<IRevision[]>;
}

/** A namespace for HistoryPage statics. */
export namespace HistoryPage {
  /** The options of a HistoryPage. */
  export interface IOptions {
    api: Pick<RestAPI, 'listRevisions'>;
    /** The id of the environment. */
    environment: string;
    trans: TranslationBundle;
    /** Whether the environment may be changed. */
    isChangeable: () => boolean;
    /** Start a `plan` job and show it. Throws a RequestError if the server refuses it. */
    preview: (request: RollbackRequest) => Promise<unknown>;
  }
}
