/**
 * One environment of the list.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon, deleteIcon, notebookIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IEnvironment, IJob, IKernel } from '../types';
import { IBaseProps, IconButton } from './common';
import { languageIcon } from './icons';

/** What can be done with an environment. */
export interface IEnvironmentActions {
  /** Open a new notebook; `anchor` is where to ask for the kernel when there are several. */
  openNotebook: (environment: IEnvironment, anchor: HTMLElement) => void;
  clone: (environment: IEnvironment) => void;
  remove: (environment: IEnvironment) => void;
}

interface IEnvironmentRowProps extends IBaseProps {
  environment: IEnvironment;
  /** Whether the Tab key stops here. */
  isStop: boolean;
  /** The job that works on the environment now. */
  job?: IJob;
  actions: IEnvironmentActions;
  onFocus: () => void;
}

export function EnvironmentRow(props: IEnvironmentRowProps): JSX.Element {
  const { actions, environment, isStop, onFocus } = props;
  const { id, name, prefix, problem } = environment;
  const Icon = languageIcon(environment);
  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    const isOwn = event.target === event.currentTarget;
    if (isOwn && event.key === 'Enter' && usableKernels(environment).length) {
      actions.openNotebook(environment, event.currentTarget);
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
    >
      <Icon.react tag="span" className="jp-EnvKernels-rowIcon" />
      <div className="jp-EnvKernels-rowBody">
        <div className="jp-EnvKernels-rowTitle">
          <span className="jp-EnvKernels-rowName" title={name}>
            {name}
          </span>
          <Marks {...props} />
        </div>
        <Subtitle {...props} />
        {problem && (
          <div className="jp-EnvKernels-rowProblem" title={problem.remedy}>
            {problem.message}
            <span className="jp-EnvKernels-screenReader">
              {' '}
              {problem.remedy}
            </span>
          </div>
        )}
      </div>
      <RowActions {...props} />
    </li>
  );
}

function Subtitle(props: IEnvironmentRowProps): JSX.Element {
  const { environment, job, trans } = props;
  const { kernels, prefix } = environment;
  const words = languages(kernels).join(', ');
  return (
    <div className="jp-EnvKernels-rowSubtitle">
      {job && (
        <span className="jp-EnvKernels-rowBusy">
          {job.kind === 'remove' ? trans.__('Deleting…') : trans.__('In work…')}
        </span>
      )}
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
      trans.__('The root of a conda installation')
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
        tabIndex={tabIndex}
        onClick={() => actions.clone(environment)}
      />
      <IconButton
        icon={deleteIcon}
        label={trans.__('Delete %1', name)}
        title={trans.__('Delete…')}
        disabledReason={
          job ? trans.__('A job works on it') : whyKept(environment, trans)
        }
        tabIndex={tabIndex}
        onClick={() => actions.remove(environment)}
      />
    </div>
  );
}

/** The kernels that can be started. */
export function usableKernels(environment: IEnvironment): IKernel[] {
  return environment.kernels.filter(kernel => !kernel.problem);
}

/** The languages of kernels, each once, as names. */
export function languages(kernels: ReadonlyArray<IKernel>): string[] {
  const names = kernels.map(
    ({ language }) => language.charAt(0).toUpperCase() + language.slice(1)
  );
  return [...new Set(names)];
}

function whyNoNotebook(
  environment: IEnvironment,
  trans: TranslationBundle
): string | null {
  if (usableKernels(environment).length) {
    return null;
  }
  const problem = environment.problem ?? environment.kernels[0]?.problem;
  return problem?.message ?? trans.__('It has no kernel');
}

/** Why the environment cannot be deleted; null where it can. */
export function whyKept(
  environment: IEnvironment,
  trans: TranslationBundle
): string | null {
  if (environment.is_running) {
    return trans.__('Jupyter itself runs in this environment');
  }
  if (environment.is_base) {
    return trans.__('The root of a conda installation cannot be deleted here');
  }
  return environment.read_only
    ? trans.__('You may not change this environment')
    : null;
}
