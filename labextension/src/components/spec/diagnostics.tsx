/**
 * The diagnostics of a spec.
 */

import React from 'react';

import { applied } from '../../model';
import { RequestError } from '../../restapi';
import { ICheckedSpec, IDiagnostic, IFix } from '../../types';
import { IBaseProps, Message, TextButton } from '../common';
import { SeverityIcon } from '../icons';
import { describe } from '../labels';

export interface IDiagnosticsProps extends IBaseProps {
  /** Null before the first response. */
  checked: ICheckedSpec | null;
  error: RequestError | null;
  /** Called with the diagnostic to show in the text. */
  onSelect: (diagnostic: IDiagnostic) => void;
  /** The current text: only fixes that apply to it are offered. */
  text: string;
  /** Called with the fix to apply. */
  onFix: (fix: IFix) => void;
}

export function Diagnostics(props: IDiagnosticsProps): JSX.Element {
  const { checked, trans } = props;
  const diagnostics = checked?.diagnostics ?? [];
  return (
    <>
      <div
        className="jp-EnvKernels-checkLine"
        role="status"
        data-envkernels-check={checkState(props)}
      >
        {summary(props)}
      </div>
      {diagnostics.length > 0 && (
        <ul
          className="jp-EnvKernels-diagnostics"
          aria-label={trans.__('Problems')}
        >
          {diagnostics.map((diagnostic, place) => (
            <Diagnostic key={place} {...props} diagnostic={diagnostic} />
          ))}
        </ul>
      )}
    </>
  );
}

function Diagnostic(
  props: IDiagnosticsProps & { diagnostic: IDiagnostic }
): JSX.Element {
  const { diagnostic, onFix, onSelect, text, trans } = props;
  const { code, column, fix, line, message, remedy, severity } = diagnostic;
  return (
    <li className="jp-EnvKernels-diagnosticItem">
      <button
        type="button"
        className="jp-EnvKernels-diagnostic"
        data-severity={severity}
        data-code={code}
        data-line={line ?? undefined}
        onClick={() => onSelect(diagnostic)}
      >
        <SeverityIcon severity={severity} />
        <span>
          <span className="jp-EnvKernels-diagnosticMessage">
            <Message text={message} />
          </span>
          {remedy && (
            <span className="jp-EnvKernels-remedy">
              <Message text={remedy} />
            </span>
          )}
        </span>
        {line !== null && (
          <span className="jp-EnvKernels-place">
            {column === null
              ? trans.__('Line %1', line)
              : trans.__('Line %1, column %2', line, column)}
          </span>
        )}
      </button>
      {fix && applied(fix, text) !== null && (
        <TextButton onClick={() => onFix(fix)}>{fix.title}</TextButton>
      )}
    </li>
  );
}

/** Return `unchecked`, `error`, `warning` or `ok`. */
export function checkState(props: IDiagnosticsProps): string {
  if (props.error || !props.checked) {
    return 'unchecked';
  }
  const found = props.checked.diagnostics.map(({ severity }) => severity);
  return (['error', 'warning'] as const).find(s => found.includes(s)) ?? 'ok';
}

function summary(props: IDiagnosticsProps): string {
  const { checked, error, trans } = props;
  if (error) {
    return trans.__('Not checked: %1', describe(error, trans).message);
  }
  if (!checked) {
    return trans.__('Checking…');
  }
  const number = (severity: string) =>
    checked.diagnostics.filter(found => found.severity === severity).length;
  const [errors, warnings] = [number('error'), number('warning')];
  const words = [
    errors ? trans._n('%1 error', '%1 errors', errors) : '',
    warnings ? trans._n('%1 warning', '%1 warnings', warnings) : ''
  ].filter(Boolean);
  const found = words.length ? words.join(', ') : trans.__('No problems found');
  const locked = checked.spec?.locked.length ?? 0;
  return locked
    ? trans._n('%2 · %1 exact package', '%2 · %1 exact packages', locked, found)
    : found;
}
