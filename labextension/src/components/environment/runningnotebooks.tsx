/**
 * The notebooks and consoles that run in an environment.
 */

import { Time } from '@jupyterlab/coreutils';
import { Session } from '@jupyterlab/services';
import {
  circleEmptyIcon,
  circleIcon,
  consoleIcon,
  notebookIcon
} from '@jupyterlab/ui-components';
import React from 'react';

import { sessionName } from '../../model';
import { IBaseProps, Link, TextButton } from '../common';
import { Section } from './section';

interface IRunningProps extends IBaseProps {
  /** The sessions with a kernel of the environment. */
  sessions: ReadonlyArray<Session.IModel>;
  actions: IRunningActions;
}

/** The actions on running notebooks. */
export interface IRunningActions {
  openSession: (session: Session.IModel) => void;
  shutDown: (session: Session.IModel) => void;
}

export function RunningNotebooks(props: IRunningProps): JSX.Element {
  const { sessions, trans } = props;
  return (
    <Section title={trans.__('Running notebooks')} amount={sessions.length}>
      {sessions.length > 0 ? (
        <table className="jp-EnvKernels-table">
          <thead>
            <tr>
              <th scope="col">{trans.__('Notebook')}</th>
              <th scope="col">{trans.__('Kernel')}</th>
              <th scope="col" className="jp-mod-minor">
                {trans.__('Last activity')}
              </th>
              <td />
            </tr>
          </thead>
          <tbody>
            {sessions.map(session => (
              <SessionRow key={session.id} {...props} session={session} />
            ))}
          </tbody>
        </table>
      ) : (
        <p className="jp-EnvKernels-planNote">
          {trans.__('No notebook is running in this environment.')}
        </p>
      )}
    </Section>
  );
}

function SessionRow(
  props: IRunningProps & { session: Session.IModel }
): JSX.Element {
  const { actions, session, trans } = props;
  const { kernel, path, type } = session;
  const name = sessionName(session);
  const isBusy = kernel?.execution_state === 'busy';
  const Icon = type === 'console' ? consoleIcon : notebookIcon;
  const State = isBusy ? circleIcon : circleEmptyIcon;
  return (
    <tr data-session={path}>
      <th scope="row" className="jp-mod-cut">
        <span className="jp-EnvKernels-withIcon">
          <Icon.react tag="span" />
          <Link title={path} onClick={() => actions.openSession(session)}>
            {name}
          </Link>
        </span>
      </th>
      <td>
        <span className="jp-EnvKernels-withIcon jp-mod-small">
          <State.react tag="span" />
          {isBusy ? trans.__('Busy') : trans.__('Idle')}
        </span>
      </td>
      <td className="jp-mod-minor">
        {kernel?.last_activity && Time.formatHuman(kernel.last_activity)}
      </td>
      <td className="jp-mod-number">
        <TextButton
          kind="small"
          label={trans.__('Shut down %1', name)}
          onClick={() => actions.shutDown(session)}
        >
          {trans.__('Shut down')}
        </TextButton>
      </td>
    </tr>
  );
}
