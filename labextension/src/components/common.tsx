/**
 * Small parts that several components share.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IProblem, IProgress } from '../types';
import { formatPace, formatProgress, fraction } from './format';

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
  /** Whether it opens a menu. */
  hasMenu?: boolean;
  tabIndex?: number;
  onClick: (event: React.MouseEvent<HTMLButtonElement>) => void;
}

/** A button with only an icon. */
export function IconButton(props: IIconButtonProps): JSX.Element {
  const { disabledReason, hasMenu, icon, label, onClick, tabIndex, title } =
    props;
  return (
    <button
      type="button"
      className="jp-EnvKernels-iconButton"
      aria-label={label}
      aria-disabled={disabledReason ? true : undefined}
      aria-haspopup={hasMenu ? 'menu' : undefined}
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
  /** The accessible name, where the words on it are not enough. */
  label?: string;
  title?: string;
  disabled?: boolean;
  tabIndex?: number;
  onClick: (event: React.MouseEvent<HTMLButtonElement>) => void;
  children: React.ReactNode;
}

/** A button with words. */
export function TextButton(props: IButtonProps): JSX.Element {
  const { kind = 'plain', icon: Icon, label, children, ...others } = props;
  return (
    <button
      type="button"
      className={`jp-EnvKernels-button jp-mod-${kind}`}
      aria-label={label}
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

/** How far a phase is, how fast, and how long it will go on. */
export function amounts(progress: IProgress, trans: TranslationBundle): string {
  const words = [formatProgress(progress, trans), formatPace(progress, trans)];
  return words.filter(Boolean).join(' · ');
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
      aria-valuetext={progress ? amounts(progress, trans) : undefined}
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

interface ICheckboxProps {
  label: string;
  /** What it means, below the label. */
  hint?: string;
  isChecked: boolean;
  onChange: (isChecked: boolean) => void;
}

/** A box to tick, with words. */
export function Checkbox(props: ICheckboxProps): JSX.Element {
  const { hint, isChecked, label, onChange } = props;
  const id = React.useId();
  return (
    <div className="jp-EnvKernels-checkbox">
      <input
        id={id}
        type="checkbox"
        checked={isChecked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={event => onChange(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      {hint && (
        <span id={`${id}-hint`} className="jp-EnvKernels-checkboxHint">
          {hint}
        </span>
      )}
    </div>
  );
}

/** What is folded until a person wants to see it; made only then. */
export function Fold(props: {
  summary: React.ReactNode;
  isOpen?: boolean;
  children: () => React.ReactNode;
}): JSX.Element {
  const [isOpen, setOpen] = React.useState(props.isOpen ?? false);
  return (
    <details
      className="jp-EnvKernels-fold"
      open={isOpen}
      onToggle={event => setOpen(event.currentTarget.open)}
    >
      <summary>{props.summary}</summary>
      {isOpen && props.children()}
    </details>
  );
}

/** What went wrong, and what to do about it; what more there is to read is folded. */
export function ProblemText(
  props: IBaseProps & { problem: IProblem }
): JSX.Element {
  const { problem, trans } = props;
  const { explanation, message, remedy } = problem;
  return (
    <div className="jp-EnvKernels-problem">
      <p className="jp-EnvKernels-problemFirst">{message}</p>
      {remedy && <p className="jp-EnvKernels-remedy">{remedy}</p>}
      {explanation && (
        <details className="jp-EnvKernels-fold">
          <summary>{trans.__('Details')}</summary>
          <pre className="jp-EnvKernels-problemDetail" tabIndex={0}>
            {explanation}
          </pre>
        </details>
      )}
    </div>
  );
}

/** A problem in the place of what it keeps from being shown or done. */
export function Notice(props: IBaseProps & { problem: IProblem }): JSX.Element {
  return (
    <div role="alert" className="jp-EnvKernels-notice">
      <ProblemText {...props} />
    </div>
  );
}
