/**
 * The pages of one environment.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import { Panel } from '@lumino/widgets';
import React from 'react';

import {
  EnvironmentHeader,
  EnvironmentPage
} from '../components/environment/environmentheader';
import { whyKept, whyNotTrusted } from '../components/permissions';
import {
  AsyncValue,
  EnvModel,
  IEdit,
  JobModel,
  SessionModel,
  UpdateDrafts
} from '../model';
import { RestAPI } from '../restapi';
import {
  IEnvironment,
  IInstalledPackage,
  IJob,
  IRevision,
  ISettings,
  PlannableRequest
} from '../types';
import { HistoryPage } from './historypage';
import { LogPage } from './logpage';
import { OverviewPage } from './overviewpage';
import { PackagesPage } from './packagespage';
import { Route } from './routes';
import { SpecEditor } from './speceditor';

/** Shows the overview, the packages, the update editor, the history or the log of an environment. */
export class EnvironmentView extends Panel {
  constructor(
    readonly environment: IEnvironment,
    private readonly _options: EnvironmentView.IOptions
  ) {
    super();
    this.addClass('jp-EnvKernels-environment');
    const { api, editor, edits, environments, jobs, show, trans } = _options;
    const { id } = environment;
    this._edit = edits.of(environment);
    this._packages = new AsyncValue(() => api.listPackages(id));
    this._revisions = new AsyncValue(() => api.listRevisions(id));
    const packages = this._packages;
    const revisions = this._revisions;
    const common = {
      trans,
      isChangeable: () =>
        (whyKept(this._current, trans) ??
          whyNotTrusted(this._current, trans)) === null
    };
    this._pages = {
      overview: new OverviewPage({
        ..._options,
        packages,
        revisions,
        environment: () => this._current,
        show: page => show({ page, environment: id })
      }),
      packages: new PackagesPage({
        ...common,
        packages,
        edit: this._edit.packages,
        preview: request => this._plan(request, 'packages')
      }),
      update: editor(this._edit.draft, { page: 'update', environment: id }),
      history: new HistoryPage({
        ...common,
        revisions,
        environment: id,
        preview: request => this._plan(request, 'history')
      }),
      log: new LogPage({
        jobs,
        trans,
        environment: id,
        showJob: job => show({ page: 'job', job })
      })
    };
    this.addWidget(this._createHeader());
    Object.values(this._pages).forEach(page => this.addWidget(page));
    for (const model of [
      environments,
      _options.sessions,
      packages,
      revisions
    ]) {
      model.stateChanged.connect(this._onChanged, this);
    }
    jobs.ended.connect(this._onJobEnded, this);
  }

  /** The editor of the spec from which the environment is updated. */
  get editor(): SpecEditor {
    return this._pages.update;
  }

  get page(): EnvironmentPage {
    return this._page;
  }

  /** Show a page. */
  showPage(page: EnvironmentPage): void {
    this._page = page;
    for (const [name, widget] of Object.entries(this._pages)) {
      widget.setHidden(name !== page);
    }
    this._headerChanged.emit();
    this._load();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    const { environments, jobs, sessions } = this._options;
    environments.stateChanged.disconnect(this._onChanged, this);
    sessions.stateChanged.disconnect(this._onChanged, this);
    jobs.ended.disconnect(this._onJobEnded, this);
    Signal.clearData(this);
    super.dispose();
    this._packages.dispose();
    this._revisions.dispose();
  }

  /** Focus the page, unless focus is in the view already. */
  protected onActivateRequest(): void {
    if (!this.node.contains(document.activeElement)) {
      this._pages[this._page].activate();
    }
  }

  /** The current state of the environment, if it still exists. */
  private get _current(): IEnvironment {
    const { environments } = this._options;
    return environments.get(this.environment.id) ?? this.environment;
  }

  private _createHeader(): ReactWidget {
    const { sessions, show, trans } = this._options;
    const environment = this.environment.id;
    return ReactWidget.create(
      <UseSignal signal={this._headerChanged}>
        {() => (
          <EnvironmentHeader
            environment={this._current}
            packages={this._packages.value}
            page={this._page}
            revisions={this._revisions.value}
            running={sessions.of(this._current).length}
            trans={trans}
            onSelect={page => show({ page, environment })}
          />
        )}
      </UseSignal>
    );
  }

  private _load(): void {
    void this._packages.load();
    void this._revisions.load();
    if (this._page === 'update') {
      void this._prefill();
    }
  }

  /** Fill an empty update editor with the requested packages. */
  private async _prefill(): Promise<void> {
    const { draft } = this._edit;
    if (draft.isUnsaved || draft.openedPath !== null) {
      return;
    }
    const { api } = this._options;
    const { id } = this.environment;
    try {
      const { text } = await api.exportEnvironment(id, 'yaml-from-history');
      if (!draft.isUnsaved && text !== draft.text) {
        draft.begin(text);
      }
    } catch (error) {
      console.warn('Failed to export the environment.', error);
      draft.begin('');
    }
  }

  private _plan(
    request: PlannableRequest,
    page: EnvironmentPage
  ): Promise<IJob> {
    const environment = this.environment.id;
    return this._options.plan(request, { page, environment });
  }

  private _onChanged(): void {
    const { overview, packages, history } = this._pages;
    [overview, packages, history].forEach(page => page.update());
    this._headerChanged.emit();
  }

  private _onJobEnded(_: JobModel, job: IJob): void {
    const isOwn = job.environment_id === this.environment.id;
    if (isOwn && job.kind !== 'plan' && job.kind !== 'remove') {
      this._load();
    }
  }

  private readonly _edit: IEdit;
  private readonly _headerChanged = new Signal<this, void>(this);
  private readonly _packages: AsyncValue<IInstalledPackage[]>;
  private _page: EnvironmentPage = 'overview';
  private readonly _pages: {
    overview: OverviewPage;
    packages: PackagesPage;
    update: SpecEditor;
    history: HistoryPage;
    log: LogPage;
  };
  private readonly _revisions: AsyncValue<IRevision[]>;
}

/** A namespace for EnvironmentView statics. */
export namespace EnvironmentView {
  /** The options of an EnvironmentView. */
  export interface IOptions {
    api: RestAPI;
    edits: UpdateDrafts;
    environments: EnvModel;
    jobs: JobModel;
    sessions: SessionModel;
    settings: AsyncValue<ISettings>;
    trans: TranslationBundle;
    actions: OverviewPage.IActions;
    /** Create an editor for a draft. */
    editor: (draft: IEdit['draft'], origin: Route) => SpecEditor;
    /** Start a `plan` job and show it. Throws a RequestError if the server refuses it. */
    plan: (request: PlannableRequest, origin: Route) => Promise<IJob>;
    show: (route: Route) => void;
  }
}
