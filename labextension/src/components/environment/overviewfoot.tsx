/**
 * The foot of the overview of an environment: its actions.
 */

import { copyIcon, deleteIcon, downloadIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IEnvironment } from '../../types';
import { IBaseProps, TextButton } from '../common';
import { whyKept, whyNoNotebook, whyNotTrusted } from '../permissions';

/** The actions of the foot. */
export interface IFootActions {
  remove: () => void;
  clone: () => void;
  exportAs: () => void;
  addPackages: () => void;
  /** Open a new notebook; a menu at `anchor` offers several kernels. */
  openNotebook: (anchor: HTMLElement) => void;
}

interface IFootProps extends IBaseProps {
  environment: IEnvironment;
  /** Whether a job is changing the environment. */
  isBusy: boolean;
  actions: IFootActions;
}

export function OverviewFoot(props: IFootProps): JSX.Element {
  const { actions, environment, isBusy, trans } = props;
  const busy = isBusy ? trans.__('A job is changing this environment') : null;
  const notTrusted = whyNotTrusted(environment, trans);
  const kept = whyKept(environment, trans) ?? busy;
  const unchanged = kept ?? notTrusted;
  const noNotebook = whyNoNotebook(environment, trans);
  return (
    <div className="jp-EnvKernels-bar">
      <TextButton
        kind="flat"
        icon={deleteIcon}
        disabled={kept !== null}
        title={kept ?? undefined}
        onClick={actions.remove}
      >
        {trans.__('Delete…')}
      </TextButton>
      <TextButton
        kind="flat"
        icon={copyIcon}
        disabled={notTrusted !== null}
        title={notTrusted ?? undefined}
        onClick={actions.clone}
      >
        {trans.__('Clone…')}
      </TextButton>
      <TextButton kind="flat" icon={downloadIcon} onClick={actions.exportAs}>
        {trans.__('Export…')}
      </TextButton>
      <span className="jp-EnvKernels-barText">{noNotebook}</span>
      <TextButton
        disabled={unchanged !== null}
        title={unchanged ?? undefined}
        onClick={actions.addPackages}
      >
        {trans.__('Add packages')}
      </TextButton>
      <TextButton
        kind="primary"
        disabled={noNotebook !== null}
        onClick={event => actions.openNotebook(event.currentTarget)}
      >
        {trans.__('Open a notebook')}
      </TextButton>
    </div>
  );
}
