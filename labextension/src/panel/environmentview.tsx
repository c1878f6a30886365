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
import { UpdateDrafts, EnvModel, IEdit, JobModel } from '../model';
import { RestAPI } from '../restapi';
import { IEnvironment, IJob, PlannableRequest } from '../types';
import { HistoryPage } from './historypage';
import { PackagesPage } from './packagespage';
import { Route } from './routes';
import { SpecEditor } from './speceditor';

/** Shows the packages, the update editor or the history of an environment. */
export class EnvironmentView extends Panel {
  constructor(
    readonly environment: IEnvironment,
    private readonly _options: EnvironmentView.IOptions
  ) {
    super();
    this.addClass('jp-EnvKernels-environment');
    const { api, editor, edits, environments, jobs, trans } = _options;
    this._edit = edits.of(environment);
    const common = {
      trans,
      isChangeable: () =>
        (whyKept(this._current, trans) ??
          whyNotTrusted(this._current, trans)) === null
    };
    this._pages = {
      packages: new PackagesPage({
        ...common,
        api,
        edit: this._edit.packages,
        preview: request => this._plan(request, 'packages')
      }),
      update: editor(this._edit.draft, {
        page: 'update',
        environment: environment.id
      }),
      history: new HistoryPage({
        ...common,
        api,
        environment: environment.id,
        preview: request => this._plan(request, 'history')
      })
    };
    this.addWidget(this._createHeader());
    Object.values(this._pages).forEach(page => this.addWidget(page));
    environments.stateChanged.connect(this._onChanged, this);
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
    this._pageChanged.emit();
    this._load();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._options.environments.stateChanged.disconnect(this._onChanged, this);
    this._options.jobs.ended.disconnect(this._onJobEnded, this);
    Signal.clearData(this);
    super.dispose();
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
    const { environments, show, trans } = this._options;
    const id = this.environment.id;
    return ReactWidget.create(
      <UseSignal signal={environments.stateChanged}>
        {() => (
          <UseSignal signal={this._pageChanged}>
            {() => (
              <EnvironmentHeader
                environment={this._current}
                page={this._page}
                trans={trans}
                onSelect={page => show({ page, environment: id })}
              />
            )}
          </UseSignal>
        )}
      </UseSignal>
    );
  }

  private _load(): void {
    if (this._page === 'update') {
      void this._prefill();
    } else {
      this._pages[this._page].load();
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
    this._pages.packages.update();
    this._pages.history.update();
  }

  private _onJobEnded(_: JobModel, job: IJob): void {
    const isOwn = job.environment_id === this.environment.id;
    if (isOwn && job.kind !== 'plan' && job.kind !== 'remove') {
      this._load();
    }
  }

  private readonly _edit: IEdit;
  private _page: EnvironmentPage = 'packages';
  private readonly _pageChanged = new Signal<this, void>(this);
  private readonly _pages: {
    packages: PackagesPage;
    update: SpecEditor;
    history: HistoryPage;
  };
}

/** A namespace for EnvironmentView statics. */
export namespace EnvironmentView {
  /** The options of an EnvironmentView. */
  export interface IOptions {
    api: RestAPI;
    edits: UpdateDrafts;
    environments: EnvModel;
    jobs: JobModel;
    trans: TranslationBundle;
    /** Create an editor for a draft. */
    editor: (draft: IEdit['draft'], origin: Route) => SpecEditor;
    /** Start a `plan` job and show it. Throws a RequestError if the server refuses it. */
    plan: (request: PlannableRequest, origin: Route) => Promise<IJob>;
    show: (route: Route) => void;
  }
}
