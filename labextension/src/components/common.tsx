/**
 * Small parts that several components share.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IProblem, IProgress } from '../types';
import { formatProgress, fraction } from './words';

/** What every component gets. */
export interface IBaseProps {
  trans: TranslationBundle;
}

interface IIconButtonProps {
  icon: LabIcon;
  /** The accessible name. */
  label: string;
  /** The tooltip, where it says more than the label. */
  title?: string;
  /** Why it cannot be used now; the button then stays in reach of the keyboard, so that the reason can be found. */
  disabledReason?: string | null;
  tabIndex?: number;
  onClick: (event: React.MouseEvent<HTMLButtonElement>) => void;
}

/** A button with only an icon. */
export function IconButton(props: IIconButtonProps): JSX.Element {
  const { icon, label, title, disabledReason, tabIndex, onClick } = props;
  return (
    <button
      type="button"
      className="jp-EnvKernels-iconButton"
      aria-label={label}
      aria-disabled={disabledReason ? true : undefined}
      title={disabledReason ?? title ?? label}
      tabIndex={tabIndex}
      onClick={event => {
        event.stopPropagation();
        if (!disabledReason) {
          onClick(event);
        }
      }}
    >
      <icon.react tag="span" />
    </button>
  );
}

interface IButtonProps {
  kind?: 'primary' | 'plain';
  icon?: LabIcon;
  title?: string;
  disabled?: boolean;
  onClick: (event: React.MouseEvent<HTMLButtonElement>) => void;
  children: React.ReactNode;
}

/** A button with words. */
export function TextButton(props: IButtonProps): JSX.Element {
  const { kind = 'plain', icon: Icon, children, ...others } = props;
  return (
    <button
      type="button"
      className={`jp-EnvKernels-button jp-mod-${kind}`}
      {...others}
    >
      {Icon && <Icon.react tag="span" aria-hidden="true" />}
      {children}
    </button>
  );
}

interface IProgressBarProps extends IBaseProps {
  label: string;
  progress: IProgress | null;
}

/** A bar that shows how far the phase is; it wanders while that is unknown. */
export function ProgressBar(props: IProgressBarProps): JSX.Element {
  const { label, progress, trans } = props;
  const part = fraction(progress);
  return (
    <div
      className="jp-EnvKernels-progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={part === null ? undefined : Math.round(part * 100)}
      aria-valuetext={progress ? formatProgress(progress, trans) : undefined}
    >
      <div
        className={
          part === null
            ? 'jp-EnvKernels-progressBar jp-mod-indeterminate'
            : 'jp-EnvKernels-progressBar'
        }
        style={part === null ? undefined : { width: `${part * 100}%` }}
      />
    </div>
  );
}

/** What went wrong, and what to do about it. A solver's reason has many lines: the first one says it, the others show it. */
export function ProblemText(props: { problem: IProblem }): JSX.Element {
  const { message, remedy } = props.problem;
  const [first, ...rest] = message.trim().split('\n');
  const detail = rest.join('\n').trimEnd();
  return (
    <div className="jp-EnvKernels-problem">
      <p className="jp-EnvKernels-problemFirst">{first}</p>
      {detail && (
        <pre className="jp-EnvKernels-problemDetail" tabIndex={0}>
          {detail}
        </pre>
      )}
      {remedy && <p className="jp-EnvKernels-remedy">{remedy}</p>}
    </div>
  );
}
