/**
 * The sidebar: environments and activity.
 */

import { ITranslator } from '@jupyterlab/translation';
import {
  addIcon,
  addToolbarButtonClass,
  PanelWithToolbar,
  ReactWidget,
  refreshIcon,
  SidePanel,
  ToolbarButtonComponent,
  UseSignal
} from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import { Poll } from '@lumino/polling';
import { AccordionPanel, Widget } from '@lumino/widgets';
import React from 'react';

import { Activity, IActivityActions } from '../components/list/activity';
import {
  EnvironmentList,
  IEnvironmentListProps
} from '../components/list/environmentlist';
import { environmentIcon } from '../components/icons';
import { LimitsLine } from '../components/limits';
import { AsyncValue, EnvModel, JobModel, SessionModel } from '../model';
import { isActive, ISettings } from '../types';

/** The id of the panel. */
export const SIDEBAR_ID = 'jp-envkernels-panel';

/** How often the visible list is read, in milliseconds: no event tells when sizes have been measured. */
const INTERVAL = 30_000;

/** Where the browser keeps the sizes of the sections. */
const SIZES_KEY = 'jupyter-envkernels:sidebar-sizes';

/** Lists the environments and the jobs. */
export class Sidebar extends SidePanel {
  constructor(private readonly _options: Sidebar.IOptions) {
    super({ translator: _options.translator });
    const trans = _options.translator.load('jupyter_envkernels');
    this.id = SIDEBAR_ID;
    this.addClass('jp-EnvKernels');
    this.title.icon = environmentIcon;
    this.title.caption = trans.__('Environments');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Environments'));
    this._trans = trans;
    this._poll = new Poll({
      auto: false,
      name: 'jupyter_envkernels:environments',
      factory: async () => this._options.environments.refresh(),
      frequency: { interval: INTERVAL, backoff: false },
      standby: 'when-hidden'
    });
    this._fillToolbar();
    this._addSection(trans.__('Environments'), () =>
      this._environments()
    ).addClass('jp-EnvKernels-environments');
    this._addSection(trans.__('Activity'), () => this._activity());
    this.restoreSizes();
    this._sections.handleMoved.connect(this._saveSizes, this);
  }

  /** Set the sizes of the sections to those that this browser has kept. */
  restoreSizes(): void {
    this._sections.setRelativeSizes(readSizes() ?? [3, 1]);
  }

  dispose(): void {
    this._poll.dispose();
    super.dispose();
  }

  protected onBeforeShow(msg: Message): void {
    super.onBeforeShow(msg);
    void this._poll.refresh();
    void this._options.settings.load();
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    void this._poll.stop();
  }

  private _fillToolbar(): void {
    const { actions } = this._options;
    const label = this._trans.__('Manage environments');
    this.toolbar.node.setAttribute('aria-label', label);
    this._addButton('new', {
      icon: addIcon,
      label: this._trans.__('New environment'),
      tooltip: this._trans.__('Create an environment from a spec'),
      onClick: actions.newEnvironment
    });
    this._addButton('refresh', {
      icon: refreshIcon,
      tooltip: this._trans.__('Refresh environments'),
      onClick: actions.refresh
    });
  }

  /** Add a plain button: a ToolbarButton would have a pressed state. */
  private _addButton(name: string, props: ToolbarButtonComponent.IProps): void {
    const button = ReactWidget.create(<ToolbarButtonComponent {...props} />);
    this.toolbar.addItem(name, addToolbarButtonClass(button));
  }

  private get _sections(): AccordionPanel {
    return this.content as AccordionPanel;
  }

  private _saveSizes(): void {
    const sizes = JSON.stringify(this._sections.relativeSizes());
    localStorage.setItem(SIZES_KEY, sizes);
  }

  /** Add a section; returns its body. */
  private _addSection(label: string, render: () => JSX.Element): Widget {
    const { environments, jobs, sessions, settings } = this._options;
    const section = new PanelWithToolbar();
    section.addClass('jp-EnvKernels-sectionPanel');
    section.title.label = label;
    section.toolbar.node.setAttribute('aria-label', label);
    const body = ReactWidget.create(
      <UseSignal signal={environments.stateChanged}>
        {() => (
          <UseSignal signal={jobs.stateChanged}>
            {() => (
              <UseSignal signal={settings.stateChanged}>
                {() => (
                  <UseSignal signal={sessions.stateChanged}>{render}</UseSignal>
                )}
              </UseSignal>
            )}
          </UseSignal>
        )}
      </UseSignal>
    );
    body.addClass('jp-EnvKernels-section');
    section.addWidget(body);
    this.addWidget(section);
    return body;
  }

  private _environments(): JSX.Element {
    const { actions, environments, jobs, sessions, settings } = this._options;
    return (
      <>
        <LimitsLine settings={settings.value} trans={this._trans} />
        <EnvironmentList
          actions={actions}
          environments={environments.all}
          error={environments.error}
          isCancelling={id => jobs.isCancelling(id)}
          isOwn={id => jobs.isOwn(id)}
          jobs={jobs.work.filter(isActive)}
          running={environment => sessions.of(environment).length}
          trans={this._trans}
        />
      </>
    );
  }

  private _activity(): JSX.Element {
    const { actions, jobs } = this._options;
    return <Activity actions={actions} jobs={jobs.work} trans={this._trans} />;
  }

  private readonly _poll: Poll;
}

/** Return the stored sizes of the sections; null if there are none. */
function readSizes(): number[] | null {
  try {
    const sizes: unknown = JSON.parse(localStorage.getItem(SIZES_KEY) ?? '');
    const isValid =
      Array.isArray(sizes) &&
      sizes.length === 2 &&
      sizes.every(size => typeof size === 'number' && size >= 0);
    return isValid ? sizes : null;
  } catch {
    return null;
  }
}

/** A namespace for Sidebar statics. */
export namespace Sidebar {
  /** The actions of the sidebar. */
  export type IActions = IEnvironmentListProps['actions'] &
    IActivityActions & { refresh: () => void };

  /** The options of a Sidebar. */
  export interface IOptions {
    environments: EnvModel;
    jobs: JobModel;
    sessions: SessionModel;
    /** The limits and their usage. */
    settings: AsyncValue<ISettings>;
    translator: ITranslator;
    actions: IActions;
  }
}
