/**
 * What was done to an environment, and the way back.
 */

import React from 'react';

import { RequestError } from '../restapi';
import { IRevision } from '../types';
import { formatTime } from './format';
import { ChangeCounts, ChangeTable } from './changes';
import { Fold, IBaseProps, Notice, TextButton } from './common';
import { revisionChanges } from './packages';
import { describe } from './labels';

export interface IHistoryListProps extends IBaseProps {
  /** Oldest first; null while they are not known. */
  revisions: ReadonlyArray<IRevision> | null;
  /** Why they are not known, or why the server refused to go back. */
  error: RequestError | null;
  /** Whether the environment may be changed. */
  isChangeable: boolean;
  isStarting: boolean;
  onGoBack: (revision: IRevision) => void;
}

/** The revisions, newest first. */
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
          {trans.__('There is no history of this environment.')}
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
  const { isChangeable, isStarting, onGoBack, revision, trans } = props;
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
          {time ? formatTime(time) : trans.__('at an unknown time')}
        </span>
        {is_current && (
          <span className="jp-EnvKernels-mark">{trans.__('now')}</span>
        )}
        {!is_current && isChangeable && (
          <TextButton
            label={trans.__('Go back to revision %1', number)}
            disabled={isStarting}
            onClick={() => onGoBack(revision)}
          >
            {trans.__('Go back to this…')}
          </TextButton>
        )}
      </div>
      {command && (
        <code className="jp-EnvKernels-revisionCommand">{command}</code>
      )}
      {specs.length > 0 && (
        <p className="jp-EnvKernels-revisionSpecs">
          {trans.__('Asked for: %1', specs.join(', '))}
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
