/**
 * One environment of the list.
 */

import {
  addIcon,
  copyIcon,
  deleteIcon,
  ellipsesIcon,
  notebookIcon
} from '@jupyterlab/ui-components';
import React from 'react';

import { IEnvironment, IJob, IKernel } from '../../types';
import { IBaseProps, IconButton, TextButton } from '../common';
import { EnvironmentDetails, orderValue } from './environmentdetails';
import { languageIcon } from '../icons';
import {
  canHaveKernel,
  usableKernels,
  whyKept,
  whyNoNotebook,
  whyNotTrusted
} from '../permissions';
import { Order } from './sorting';

/** The actions of an environment. */
export interface IEnvironmentActions {
  /** Open a new notebook; a menu at `anchor` offers several kernels. */
  openNotebook: (environment: IEnvironment, anchor: HTMLElement) => void;
  /** Read sizes and times again, when details are opened. */
  refreshList: () => void;
  addKernel: (environment: IEnvironment) => void;
  clone: (environment: IEnvironment) => void;
  remove: (environment: IEnvironment) => void;
  /** Open the menu of all actions; focus returns to `anchor`. */
  openMenu: (
    environment: IEnvironment,
    anchor: HTMLElement,
    place: { x: number; y: number }
  ) => void;
}

interface IEnvironmentRowProps extends IBaseProps {
  environment: IEnvironment;
  /** What the list is sorted by. */
  order: Order;
  /** Whether the row is the tab stop. */
  isStop: boolean;
  /** The job that is changing the environment. */
  job?: IJob;
  actions: IEnvironmentActions;
  onFocus: () => void;
}

export function EnvironmentRow(props: IEnvironmentRowProps): JSX.Element {
  const { actions, environment, isStop, onFocus, trans } = props;
  const { id, name, prefix, problem } = environment;
  const [isOpen, setIsOpen] = React.useState(false);
  const setOpen = (wanted: boolean) => {
    setIsOpen(wanted);
    if (wanted) {
      actions.refreshList();
    }
  };
  const detailsId = React.useId();
  const Icon = languageIcon(environment);
  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget) {
      return;
    }
    if (event.key === 'Enter' && usableKernels(environment).length) {
      actions.openNotebook(environment, event.currentTarget);
    } else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      setOpen(event.key === 'ArrowRight');
    }
  };
  const onContextMenu = (event: React.MouseEvent<HTMLElement>) => {
    if (!event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      const { clientX: x, clientY: y } = event;
      actions.openMenu(environment, event.currentTarget, { x, y });
    }
  };
  return (
    <li
      className="jp-EnvKernels-row"
      data-env-id={id}
      data-env-name={name}
      data-env-prefix={prefix}
      data-env-problem={problem?.code}
      tabIndex={isStop ? 0 : -1}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
      onContextMenu={onContextMenu}
    >
      <Icon.react tag="span" className="jp-EnvKernels-rowIcon" />
      <div className="jp-EnvKernels-rowBody">
        <div className="jp-EnvKernels-rowTitle">
          <button
            type="button"
            className="jp-EnvKernels-rowName"
            title={name}
            aria-expanded={isOpen}
            aria-controls={detailsId}
            tabIndex={isStop ? 0 : -1}
            onClick={() => setOpen(!isOpen)}
          >
            {name}
          </button>
          <Marks {...props} />
        </div>
        <Subtitle {...props} />
        <RowProblem {...props} />
        {environment.activation_problems.map(({ message, remedy }) => (
          <ProblemText key={message} message={message} remedy={remedy} />
        ))}
        {isOpen && (
          <EnvironmentDetails
            id={detailsId}
            environment={environment}
            trans={trans}
          />
        )}
      </div>
      <RowActions {...props} />
    </li>
  );
}

/** Show why there is no kernel, and a button that adds one. */
function RowProblem(props: IEnvironmentRowProps): JSX.Element | null {
  const { actions, environment, isStop, job, trans } = props;
  const { name, problem } = environment;
  if (!problem) {
    return null;
  }
  return (
    <>
      {environment.is_trusted ? (
        <ProblemText message={problem.message} remedy={problem.remedy} />
      ) : (
        <div className="jp-EnvKernels-rowProblem">
          {`${problem.message} ${problem.remedy}`}
        </div>
      )}
      {canHaveKernel(environment, trans) && !job && (
        <TextButton
          icon={addIcon}
          label={trans.__('Add kernel to %1', name)}
          tabIndex={isStop ? 0 : -1}
          onClick={() => actions.addKernel(environment)}
        >
          {trans.__('Add kernel')}
        </TextButton>
      )}
    </>
  );
}

/** Show a message, with its remedy as a tooltip. */
function ProblemText(props: { message: string; remedy: string }): JSX.Element {
  return (
    <div className="jp-EnvKernels-rowProblem" title={props.remedy}>
      {props.message}
      <span className="jp-EnvKernels-screenReader"> {props.remedy}</span>
    </div>
  );
}

function Subtitle(props: IEnvironmentRowProps): JSX.Element {
  const { environment, job, trans } = props;
  const { kernels, prefix } = environment;
  const words = languages(kernels).join(', ');
  const value = orderValue(props);
  return (
    <div className="jp-EnvKernels-rowSubtitle">
      {job && (
        <span className="jp-EnvKernels-rowBusy">
          {job.kind === 'remove'
            ? trans.__('Deleting…')
            : trans.__('Changing…')}
        </span>
      )}
      {!job && value && <span className="jp-EnvKernels-rowValue">{value}</span>}
      {!job && words && (
        <span title={kernels.map(kernel => kernel.display_name).join('\n')}>
          {words}
        </span>
      )}
      <span className="jp-EnvKernels-rowPrefix" title={prefix}>
        <bdi>{prefix}</bdi>
      </span>
    </div>
  );
}

function Marks(props: IEnvironmentRowProps): JSX.Element {
  const { environment, trans } = props;
  const marks: [boolean, string, string][] = [
    [
      environment.is_base,
      trans.__('base'),
      trans.__('The base environment of a conda installation')
    ],
    [
      environment.is_running,
      trans.__('runs Jupyter'),
      trans.__('Jupyter itself runs in this environment')
    ],
    [
      environment.read_only,
      trans.__('read-only'),
      trans.__('You cannot change this environment')
    ],
    [
      !environment.is_trusted,
      trans.__('not trusted'),
      trans.__('Other accounts can change what this environment runs')
    ]
  ];
  return (
    <>
      {marks.map(
        ([applies, label, title]) =>
          applies && (
            <span key={label} className="jp-EnvKernels-mark" title={title}>
              {label}
            </span>
          )
      )}
    </>
  );
}

function RowActions(props: IEnvironmentRowProps): JSX.Element {
  const { actions, environment, isStop, job, trans } = props;
  const { name } = environment;
  const tabIndex = isStop ? 0 : -1;
  return (
    <div className="jp-EnvKernels-rowActions">
      <IconButton
        icon={notebookIcon}
        label={trans.__('Open notebook with %1', name)}
        title={trans.__('Open notebook')}
        disabledReason={whyNoNotebook(environment, trans)}
        tabIndex={tabIndex}
        onClick={event =>
          actions.openNotebook(environment, event.currentTarget)
        }
      />
      <IconButton
        icon={copyIcon}
        label={trans.__('Clone %1', name)}
        title={trans.__('Clone…')}
        disabledReason={whyNotTrusted(environment, trans)}
        tabIndex={tabIndex}
        onClick={() => actions.clone(environment)}
      />
      <IconButton
        icon={deleteIcon}
        label={trans.__('Delete %1', name)}
        title={trans.__('Delete…')}
        disabledReason={
          job
            ? trans.__('A job is changing this environment')
            : whyKept(environment, trans)
        }
        tabIndex={tabIndex}
        onClick={() => actions.remove(environment)}
      />
      <IconButton
        icon={ellipsesIcon}
        label={trans.__('More for %1', name)}
        title={trans.__('More')}
        hasMenu
        tabIndex={tabIndex}
        onClick={({ currentTarget }) => {
          const { bottom, left } = currentTarget.getBoundingClientRect();
          actions.openMenu(environment, currentTarget, { x: left, y: bottom });
        }}
      />
    </div>
  );
}

/** Return the names of the languages of kernels, each once. */
export function languages(kernels: ReadonlyArray<IKernel>): string[] {
  const names = kernels.map(
    ({ language }) => language.charAt(0).toUpperCase() + language.slice(1)
  );
  return [...new Set(names)];
}
