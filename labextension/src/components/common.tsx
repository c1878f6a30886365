/**
 * Small components that others share.
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
  /** Why it is disabled; the button stays focusable, so that the reason can be read. */
  disabledReason?: string | null;
  /** Whether it opens a menu. */
  hasMenu?: boolean;
  tabIndex?: number;
  onClick: (event: React.MouseEvent<HTMLButtonElement>) => void;
}

/** Show a button that has only an icon. */
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
  kind?: 'primary' | 'plain' | 'flat' | 'small';
  icon?: LabIcon;
  /** The accessible name, if the text on it is not enough. */
  label?: string;
  title?: string;
  disabled?: boolean;
  tabIndex?: number;
  onClick: (event: React.MouseEvent<HTMLButtonElement>) => void;
  children: React.ReactNode;
}

/** Show a button with text. */
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

interface ILinkProps {
  /** The accessible name, if the text is not enough. */
  label?: string;
  title?: string;
  onClick: () => void;
  children: React.ReactNode;
}

/** Show a link to another page of the panel. */
export function Link(props: ILinkProps): JSX.Element {
  const { children, label, onClick, title } = props;
  return (
    <button
      type="button"
      className="jp-EnvKernels-link"
      aria-label={label}
      title={title}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

interface IProgressBarProps extends IBaseProps {
  label: string;
  progress: IProgress | null;
}

/** Return the progress, speed and remaining time of a phase. */
export function amounts(progress: IProgress, trans: TranslationBundle): string {
  const words = [formatProgress(progress, trans), formatPace(progress, trans)];
  return words.filter(Boolean).join(' · ');
}

/** Show a progress bar; it is indeterminate while the total is unknown. */
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

/** Show a checkbox with its label. */
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

/** Show a summary that opens; its content is rendered only while it is open. */
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

/** Show a message; what it has between backticks is code. */
export function Message({ text }: { text: string }): JSX.Element {
  const parts = text.split(/`([^`]+)`/);
  return (
    <>
      {parts.map((part, place) =>
        place % 2 ? <code key={place}>{part}</code> : part
      )}
    </>
  );
}

/** Show a message and its remedy, and folded the explanation. */
export function ProblemText(
  props: IBaseProps & { problem: IProblem }
): JSX.Element {
  const { problem, trans } = props;
  const { explanation, message, remedy } = problem;
  return (
    <div className="jp-EnvKernels-problem">
      <p className="jp-EnvKernels-problemFirst">
        <Message text={message} />
      </p>
      {remedy && (
        <p className="jp-EnvKernels-remedy">
          <Message text={remedy} />
        </p>
      )}
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

/** Show a problem in place of the content that it prevents. */
export function Notice(props: IBaseProps & { problem: IProblem }): JSX.Element {
  return (
    <div role="alert" className="jp-EnvKernels-notice">
      <ProblemText {...props} />
    </div>
  );
}
