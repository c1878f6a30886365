/**
 * The revisions of an environment, and rollback.
 */

import React from 'react';

import { RequestError } from '../../restapi';
import { IRevision } from '../../types';
import { formatTime } from '../format';
import { ChangeCounts, ChangeTable } from '../changes';
import { Fold, IBaseProps, Notice, TextButton } from '../common';
import { revisionChanges } from '../packages';
import { describe } from '../labels';

export interface IHistoryListProps extends IBaseProps {
  /** Oldest first; null while they are loading. */
  revisions: ReadonlyArray<IRevision> | null;
  /** Why they could not be read, or why the server refused a rollback. */
  error: RequestError | null;
  /** Whether the environment may be changed. */
  isChangeable: boolean;
  isStarting: boolean;
  onRollback: (revision: IRevision) => void;
}

/** Show the revisions, newest first. */
export function HistoryList(props: IHistoryListProps): JSX.Element {
  const { error, revisions, trans } = props;
  return (
    <div className="jp-EnvKernels-history">
      {error && <Notice problem={describe(error, trans)} trans={trans} />}
      {!revisions && !error && (
        <p role="status">{trans.__('Reading the history…')}</p>
      )}
      {revisions?.length === 0 && (
        <p className="jp-EnvKernels-planNote">
          {trans.__('This environment has no history.')}
        </p>
      )}
      {revisions && revisions.length > 0 && (
        <ol
          reversed
          className="jp-EnvKernels-revisions"
          aria-label={trans.__('Revisions, newest first')}
        >
          {[...revisions].reverse().map(revision => (
            <RevisionRow
              key={revision.revision}
              {...props}
              revision={revision}
            />
          ))}
        </ol>
      )}
    </div>
  );
}

function RevisionRow(
  props: IHistoryListProps & { revision: IRevision }
): JSX.Element {
  const { isChangeable, isStarting, onRollback, revision, trans } = props;
  const { command, is_current, specs, time } = revision;
  const number = revision.revision;
  const changes = revisionChanges(revision);
  return (
    <li
      className="jp-EnvKernels-revision"
      data-revision={number}
      aria-current={is_current || undefined}
    >
      <div className="jp-EnvKernels-revisionHead">
        <span className="jp-EnvKernels-revisionNumber">
          {trans.__('Revision %1', number)}
        </span>
        <span className="jp-EnvKernels-revisionTime">
          {time ? formatTime(time) : trans.__('unknown time')}
        </span>
        {is_current && (
          <span className="jp-EnvKernels-mark">{trans.__('current')}</span>
        )}
        {!is_current && isChangeable && (
          <TextButton
            label={trans.__('Roll back to revision %1', number)}
            disabled={isStarting}
            onClick={() => onRollback(revision)}
          >
            {trans.__('Roll back…')}
          </TextButton>
        )}
      </div>
      {command && (
        <code className="jp-EnvKernels-revisionCommand">{command}</code>
      )}
      {specs.length > 0 && (
        <p className="jp-EnvKernels-revisionSpecs">
          {trans.__('Requested: %1', specs.join(', '))}
        </p>
      )}
      {changes.length > 0 ? (
        <Fold summary={<ChangeCounts changes={changes} trans={trans} />}>
          {() => <ChangeTable changes={changes} trans={trans} />}
        </Fold>
      ) : (
        <p className="jp-EnvKernels-planNote">
          {trans.__('No package changed.')}
        </p>
      )}
    </li>
  );
}
