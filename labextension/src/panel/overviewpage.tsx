/**
 * The overview page of an environment.
 */

import { Clipboard } from '@jupyterlab/apputils';
import { Session } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';
import { Message } from '@lumino/messaging';
import React from 'react';

import { EnvironmentPage } from '../components/environment/environmentheader';
import { Overview } from '../components/environment/overview';
import { AsyncValue, EnvModel, JobModel, SessionModel } from '../model';
import {
  IEnvironment,
  IInstalledPackage,
  IRevision,
  isActive,
  ISettings
} from '../types';
import { showProblem } from './dialogs';
import { EnvironmentPageWidget } from './page';

/** Shows what runs in an environment, what it has, and its actions. */
export class OverviewPage extends EnvironmentPageWidget {
  constructor(private readonly _options: OverviewPage.IOptions) {
    super([
      _options.jobs,
      _options.packages,
      _options.revisions,
      _options.sessions,
      _options.settings
    ]);
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._refresh();
  }

  protected onAfterShow(): void {
    super.onAfterShow();
    this._refresh();
  }

  protected render(): JSX.Element | null {
    if (this.isHidden) {
      return null;
    }
    const { actions, jobs, packages, revisions, sessions, settings } =
      this._options;
    const { show, trans } = this._options;
    const environment = this._options.environment();
    return (
      <Overview
        environment={environment}
        error={packages.error ?? revisions.error}
        isBusy={jobs.work.some(
          job => job.environment_id === environment.id && isActive(job)
        )}
        packages={packages.value}
        revisions={revisions.value}
        sessions={sessions.of(environment)}
        settings={settings.value}
        trans={trans}
        actions={{
          addKernel: () => actions.addKernel(environment),
          addPackages: () => show('packages'),
          clone: () => actions.clone(environment),
          copyPath: () => Clipboard.copyToSystem(environment.prefix),
          exportAs: () => actions.exportAs(environment),
          openNotebook: anchor => actions.openNotebook(environment, anchor),
          openSession: actions.openSession,
          remove: () => actions.remove(environment),
          show,
          shutDown: session => void this._shutDown(session)
        }}
      />
    );
  }

  /** Read the sessions, sizes and times again. */
  private _refresh(): void {
    const { environments, sessions } = this._options;
    environments.refresh();
    void sessions.refresh();
  }

  private async _shutDown({ id }: Session.IModel): Promise<void> {
    const { sessions, trans } = this._options;
    try {
      await sessions.shutdown(id);
    } catch (error) {
      const title = trans.__('The kernel could not be shut down');
      await showProblem(title, error, trans);
    }
  }
}

/** A namespace for OverviewPage statics. */
export namespace OverviewPage {
  /** The actions on an environment. */
  export interface IActions {
    addKernel: (environment: IEnvironment) => void;
    clone: (environment: IEnvironment) => void;
    exportAs: (environment: IEnvironment) => void;
    /** Open a new notebook; a menu at `anchor` offers several kernels. */
    openNotebook: (environment: IEnvironment, anchor: HTMLElement) => void;
    /** Show a running notebook or console. */
    openSession: (session: Session.IModel) => void;
    remove: (environment: IEnvironment) => void;
  }

  /** The options of an OverviewPage. */
  export interface IOptions {
    actions: IActions;
    /** Return the current state of the environment. */
    environment: () => IEnvironment;
    environments: EnvModel;
    jobs: JobModel;
    packages: AsyncValue<IInstalledPackage[]>;
    revisions: AsyncValue<IRevision[]>;
    sessions: SessionModel;
    settings: AsyncValue<ISettings>;
    trans: TranslationBundle;
    /** Show another page of the environment. */
    show: (page: EnvironmentPage) => void;
  }
}
