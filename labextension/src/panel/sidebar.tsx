/**
 * The panel at the side: environments and activity.
 */

import { ITranslator } from '@jupyterlab/translation';
import {
  addIcon,
  PanelWithToolbar,
  ReactWidget,
  refreshIcon,
  SidePanel,
  ToolbarButton,
  UseSignal
} from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import { AccordionPanel } from '@lumino/widgets';
import React from 'react';

import { Activity, IActivityActions } from '../components/activity';
import {
  EnvironmentList,
  IEnvironmentListProps
} from '../components/environmentlist';
import { environmentIcon } from '../components/icons';
import { EnvModel, JobModel } from '../model';
import { isActive } from '../types';

/** The id of the panel. */
export const SIDEBAR_ID = 'jp-envkernels-panel';

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
    this._fillToolbar();
    this._addSection(trans.__('Environments'), () => this._environments());
    this._addSection(trans.__('Activity'), () => this._activity());
    (this.content as AccordionPanel).setRelativeSizes([2, 1]);
  }

  protected onBeforeShow(msg: Message): void {
    super.onBeforeShow(msg);
    this._options.environments.refresh();
  }

  private _fillToolbar(): void {
    const { actions } = this._options;
    const label = this._trans.__('Manage environments');
    this.toolbar.node.setAttribute('aria-label', label);
    this.toolbar.addItem(
      'new',
      new ToolbarButton({
        icon: addIcon,
        label: this._trans.__('New environment'),
        tooltip: this._trans.__('Create an environment from a spec'),
        onClick: actions.newEnvironment
      })
    );
    this.toolbar.addItem(
      'refresh',
      new ToolbarButton({
        icon: refreshIcon,
        tooltip: this._trans.__('Refresh environments'),
        onClick: actions.refresh
      })
    );
  }

  private _addSection(label: string, render: () => JSX.Element): void {
    const { environments, jobs } = this._options;
    const section = new PanelWithToolbar();
    section.title.label = label;
    section.toolbar.node.setAttribute('aria-label', label);
    const body = ReactWidget.create(
      <UseSignal signal={environments.stateChanged}>
        {() => <UseSignal signal={jobs.stateChanged}>{render}</UseSignal>}
      </UseSignal>
    );
    body.addClass('jp-EnvKernels-section');
    section.addWidget(body);
    this.addWidget(section);
  }

  private _environments(): JSX.Element {
    const { actions, environments, jobs } = this._options;
    return (
      <EnvironmentList
        actions={actions}
        environments={environments.all}
        error={environments.error}
        jobs={jobs.work.filter(isActive)}
        trans={this._trans}
      />
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
}

/** A namespace for Sidebar statics. */
export namespace Sidebar {
  /** What the panel can ask for. */
  export type IActions = IEnvironmentListProps['actions'] &
    IActivityActions & { refresh: () => void };

  /** The options of a Sidebar. */
  export interface IOptions {
    environments: EnvModel;
    jobs: JobModel;
    translator: ITranslator;
    actions: IActions;
  }
}
