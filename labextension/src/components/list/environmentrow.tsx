/**
 * One environment of the list, with the job that changes it.
 */

import {
  closeIcon,
  ellipsesIcon,
  notebookIcon
} from '@jupyterlab/ui-components';
import React from 'react';

import { IEnvironment, IJob } from '../../types';
import { Badge } from '../badge';
import { IBaseProps, IconButton, ProgressBar, TextButton } from '../common';
import { SeverityIcon } from '../icons';
import { jobTitle } from '../labels';
import { whyNoNotebook } from '../permissions';
import { IEntryRow } from './entries';
import { factsLine, IRowProblem, jobLines, rowProblem } from './facts';
import { Marks } from './marks';

/** The height of a row with two lines. */
const TWO_LINES = 40;

/** The height of a row with a button below its lines, or with a job. */
const HIGH = 64;

/** The actions of an environment. */
export interface IEnvironmentActions {
  /** Open the page of an environment. */
  showEnvironment: (environment: IEnvironment) => void;
  showJob: (id: string) => void;
  cancel: (id: string) => void;
  /** Open a new notebook; a menu at `anchor` offers several kernels. */
  openNotebook: (environment: IEnvironment, anchor: HTMLElement) => void;
  addKernel: (environment: IEnvironment) => void;
  /** Remove an environment whose folder is gone from conda's list. */
  unlist: (environment: IEnvironment) => void;
  /** Open the menu of all actions; focus returns to `anchor`. */
  openMenu: (
    environment: IEnvironment,
    anchor: HTMLElement,
    place: { x: number; y: number }
  ) => void;
}

interface IEntryProps extends IBaseProps {
  row: IEntryRow;
  /** The number of running kernels. */
  running: number;
  isCancelling: (job: string) => boolean;
  actions: IEnvironmentActions;
}

interface IEntryRowProps extends IEntryProps {
  isSelected: boolean;
  /** Whether the row is the tab stop. */
  isStop: boolean;
  style: React.CSSProperties;
  onFocus: () => void;
}

interface IEnvironmentProps extends IEntryProps {
  environment: IEnvironment;
}

/** Return the height of the row of an entry. */
export function entryHeight(
  { entry: { environment, job } }: IEntryRow,
  trans: IBaseProps['trans']
): number {
  const isHigh = job || (environment && rowProblem(environment, trans)?.remedy);
  return isHigh ? HIGH : TWO_LINES;
}

/** Open what an entry is about: its job, or else its page. Nothing opens while it is deleted. */
export function openEntry(
  { entry: { environment, job } }: IEntryRow,
  actions: IEnvironmentActions
): void {
  if (job) {
    if (job.kind !== 'remove') {
      actions.showJob(job.id);
    }
  } else if (environment) {
    actions.showEnvironment(environment);
  }
}

export function EntryRow(props: IEntryRowProps): JSX.Element {
  const { actions, isSelected, isStop, onFocus, row, style } = props;
  const { environment, job, name, prefix } = row.entry;
  const about = React.useId();
  const isInert = job?.kind === 'remove';
  const onContextMenu = (event: React.MouseEvent<HTMLElement>) => {
    if (event.shiftKey) {
      return; // the menu of the browser
    }
    event.preventDefault();
    event.stopPropagation();
    if (environment && !isInert) {
      const { clientX: x, clientY: y } = event;
      actions.openMenu(environment, event.currentTarget, { x, y });
    }
  };
  return (
    <div
      role="treeitem"
      className={`jp-EnvKernels-entry${isInert ? ' jp-mod-inert' : ''}`}
      style={style}
      aria-label={name}
      aria-describedby={`${about}-marks ${about}`}
      aria-disabled={isInert || undefined}
      aria-level={row.level}
      aria-posinset={row.place}
      aria-setsize={row.count}
      aria-selected={isSelected}
      {...attributes(row)}
      tabIndex={isStop ? 0 : -1}
      onFocus={onFocus}
      onContextMenu={onContextMenu}
      onDoubleClick={() => openEntry(row, actions)}
    >
      <Badge environment={row.entry} />
      <div className="jp-EnvKernels-entryBody" title={`${name}\n${prefix}`}>
        <Top {...props} id={`${about}-marks`} />
        {job && (
          <div id={about}>
            <JobLines {...props} job={job} />
          </div>
        )}
        {!job && environment && (
          <Facts {...props} id={about} environment={environment} />
        )}
      </div>
    </div>
  );
}

/** Show the name, the marks, and what can be done. */
function Top(props: IEntryRowProps & { id: string }): JSX.Element {
  const { id, row, running, trans } = props;
  const { environment, job, name } = row.entry;
  return (
    <div className="jp-EnvKernels-entryTop">
      <span className="jp-EnvKernels-entryName">{name}</span>
      <span id={id} className="jp-EnvKernels-marks">
        {environment && (
          <Marks environment={environment} running={running} trans={trans} />
        )}
      </span>
      {job && <CancelButton {...props} job={job} />}
      {!job && environment && <Actions {...props} environment={environment} />}
    </div>
  );
}

/** Return the attributes by which scripts and tests find a row. */
function attributes({ entry, key }: IEntryRow): { [name: string]: unknown } {
  const { environment, id, job, name, prefix } = entry;
  return {
    'data-row': key,
    'data-env-id': id,
    'data-env-name': name,
    'data-env-prefix': prefix,
    'data-env-problem': environment?.problem?.code,
    'data-job-id': job?.id,
    'data-job-kind': job?.kind,
    'data-job-state': job?.state
  };
}

/** Show the second line, or a problem and its remedy. */
function Facts(props: IEnvironmentProps & { id: string }): JSX.Element {
  const { environment, id, running, trans } = props;
  const problem = rowProblem(environment, trans);
  return (
    <>
      <div id={id}>
        {problem ? (
          <ProblemLine problem={problem} />
        ) : (
          <div className="jp-EnvKernels-entryLine">
            {factsLine(environment, running, trans)}
          </div>
        )}
      </div>
      {problem && <Remedy {...props} problem={problem} />}
    </>
  );
}

/** Show the actions that a row has under the pointer or while it is selected. */
function Actions(props: IEnvironmentProps): JSX.Element {
  const { actions, environment, trans } = props;
  const { name } = environment;
  const noNotebook = whyNoNotebook(environment, trans);
  return (
    <span className="jp-EnvKernels-entryActions">
      {noNotebook === null && (
        <IconButton
          icon={notebookIcon}
          label={trans.__('Open a notebook with %1', name)}
          title={trans.__('Open a notebook')}
          onClick={({ currentTarget }) =>
            actions.openNotebook(environment, currentTarget)
          }
        />
      )}
      <IconButton
        icon={ellipsesIcon}
        label={trans.__('More for %1', name)}
        title={trans.__('More')}
        hasMenu
        onClick={({ currentTarget }) => {
          const { bottom, left } = currentTarget.getBoundingClientRect();
          actions.openMenu(environment, currentTarget, { x: left, y: bottom });
        }}
      />
    </span>
  );
}

function CancelButton(props: IEntryProps & { job: IJob }): JSX.Element {
  const { actions, isCancelling, job, trans } = props;
  return (
    <IconButton
      icon={closeIcon}
      label={trans.__('Cancel: %1', jobTitle(job, trans))}
      title={trans.__('Cancel')}
      disabledReason={isCancelling(job.id) ? trans.__('Cancelling…') : null}
      onClick={() => actions.cancel(job.id)}
    />
  );
}

function JobLines(props: IEntryProps & { job: IJob }): JSX.Element {
  const { isCancelling, job, trans } = props;
  const [work, pace] = jobLines(job, isCancelling(job.id), trans);
  return (
    <>
      <ProgressBar
        label={jobTitle(job, trans)}
        progress={job.progress}
        trans={trans}
      />
      <div className="jp-EnvKernels-entryLine" title={work}>
        {work}
      </div>
      <div className="jp-EnvKernels-entryLine" title={pace}>
        {pace}
      </div>
    </>
  );
}

function ProblemLine({ problem }: { problem: IRowProblem }): JSX.Element {
  const { details, severity, text } = problem;
  return (
    <div
      className="jp-EnvKernels-entryLine jp-EnvKernels-entryProblem"
      title={details}
    >
      <SeverityIcon severity={severity} />
      <span>{text}</span>
    </div>
  );
}

function Remedy(
  props: IEnvironmentProps & { problem: IRowProblem }
): JSX.Element | null {
  const { actions, environment, problem, trans } = props;
  const { name } = environment;
  if (problem.remedy === 'add-kernel') {
    return (
      <TextButton
        label={trans.__('Add ipykernel to %1', name)}
        onClick={() => actions.addKernel(environment)}
      >
        {trans.__('Add ipykernel')}
      </TextButton>
    );
  }
  return problem.remedy === 'unlist' ? (
    <TextButton
      label={trans.__('Remove %1 from list', name)}
      onClick={() => actions.unlist(environment)}
    >
      {trans.__('Remove from list')}
    </TextButton>
  ) : null;
}
