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
import { AccordionPanel } from '@lumino/widgets';
import React from 'react';

import { Activity, IActivityActions } from '../components/list/activity';
import {
  EnvironmentList,
  IEnvironmentListProps
} from '../components/list/environmentlist';
import { environmentIcon } from '../components/icons';
import { LimitsLine } from '../components/limits';
import { EnvModel, JobModel, AsyncValue } from '../model';
import { isActive, ISettings } from '../types';

/** The id of the panel. */
export const SIDEBAR_ID = 'jp-envkernels-panel';

/** How often the visible list is read, in milliseconds: no event tells when sizes have been measured. */
const INTERVAL = 30_000;

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
    this._addSection(trans.__('Environments'), () => this._environments());
    this._addSection(trans.__('Activity'), () => this._activity());
    (this.content as AccordionPanel).setRelativeSizes([2, 1]);
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

  private _addSection(label: string, render: () => JSX.Element): void {
    const { environments, jobs, settings } = this._options;
    const section = new PanelWithToolbar();
    section.addClass('jp-EnvKernels-sectionPanel');
    section.title.label = label;
    section.toolbar.node.setAttribute('aria-label', label);
    const body = ReactWidget.create(
      <UseSignal signal={environments.stateChanged}>
        {() => (
          <UseSignal signal={jobs.stateChanged}>
            {() => (
              <UseSignal signal={settings.stateChanged}>{render}</UseSignal>
            )}
          </UseSignal>
        )}
      </UseSignal>
    );
    body.addClass('jp-EnvKernels-section');
    section.addWidget(body);
    this.addWidget(section);
  }

  private _environments(): JSX.Element {
    const { actions, environments, jobs, settings } = this._options;
    return (
      <>
        <LimitsLine settings={settings.value} trans={this._trans} />
        <EnvironmentList
          actions={actions}
          environments={environments.all}
          error={environments.error}
          jobs={jobs.work.filter(isActive)}
          trans={this._trans}
        />
      </>
    );
  }

  private _activity(): JSX.Element {
    const { actions, jobs } = this._options;
    return (
      <Activity
        actions={actions}
        isCancelling={id => jobs.isCancelling(id)}
        jobs={jobs.work}
        trans={this._trans}
      />
    );
  }

  private readonly _poll: Poll;
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
    /** The limits and their usage. */
    settings: AsyncValue<ISettings>;
    translator: ITranslator;
    actions: IActions;
  }
}
