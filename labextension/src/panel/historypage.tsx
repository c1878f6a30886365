/**
 * The history page of an environment.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { HistoryList } from '../components/environment/historylist';
import { Attempt, AsyncValue } from '../model';
import { IRevision, RollbackRequest } from '../types';
import { EnvironmentPageWidget } from './page';

/** Shows the revisions, and plans a rollback. */
export class HistoryPage extends EnvironmentPageWidget {
  constructor(private readonly _options: HistoryPage.IOptions) {
    super([_options.revisions]);
    this._attempt.stateChanged.connect(this.update, this);
  }

  dispose(): void {
    this._attempt.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const { environment, isChangeable, preview, revisions, trans } =
      this._options;
    return (
      <HistoryList
        error={this._attempt.error ?? revisions.error}
        isChangeable={isChangeable()}
        isStarting={this._attempt.isRunning}
        revisions={revisions.value}
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
}

/** A namespace for HistoryPage statics. */
export namespace HistoryPage {
  /** The options of a HistoryPage. */
  export interface IOptions {
    /** The id of the environment. */
    environment: string;
    revisions: AsyncValue<IRevision[]>;
    trans: TranslationBundle;
    /** Whether the environment may be changed. */
    isChangeable: () => boolean;
    /** Start a `plan` job and show it. Throws a RequestError if the server refuses it. */
    preview: (request: RollbackRequest) => Promise<unknown>;
  }
}
