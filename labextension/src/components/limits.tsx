/**
 * The administrator's limits, and how much of them is used.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IProblem, ISettings } from '../types';
import { formatBytes, formatPeriod } from './format';
import { IBaseProps, Notice } from './common';

export interface ILimitsProps extends IBaseProps {
  /** Null while they are loading. */
  settings: ISettings | null;
}

/** Show the usage: "2 of 5 environments · 1.2 GB of 10 GB"; nothing without limits. */
export function LimitsLine({ settings, trans }: ILimitsProps): JSX.Element {
  const words = settings ? usageLines(settings, trans) : [];
  return (
    <>
      {words.length > 0 && (
        <p
          className="jp-EnvKernels-limits"
          title={settings!.limits.message || undefined}
        >
          {words.join(' · ')}
        </p>
      )}
    </>
  );
}

/** Show why no environment can be created, and all limits, folded. */
export function LimitsOfNew({ settings, trans }: ILimitsProps): JSX.Element {
  const problem =
    settings && (settings.policy_problem ?? reachedLimit(settings, trans));
  const words = settings ? limitLines(settings, trans) : [];
  return (
    <>
      {problem && <Notice problem={problem} trans={trans} />}
      {words.length > 0 && (
        <details className="jp-EnvKernels-limitsOfNew">
          <summary>{trans.__('Limits of this server')}</summary>
          <ul>
            {words.map(line => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Return why no environment can be created; null if one can. */
export function reachedLimit(
  { limits, usage }: ISettings,
  trans: TranslationBundle
): IProblem | null {
  const { max_environments: most, max_total_bytes: bytes, message } = limits;
  const remedy = trans.__('Delete an environment that you no longer need.');
  const problem = (code: string, words: string) => ({
    code,
    message: words,
    remedy: [remedy, message].filter(Boolean).join(' ')
  });
  if (most && usage.environments >= most) {
    const words = trans._n(
      'You have reached the limit of %1 environment.',
      'You have reached the limit of %1 environments.',
      most
    );
    return problem('too-many-environments', words);
  }
  if (bytes && usage.bytes >= bytes) {
    const words = trans.__(
      'You have reached the limit of %1 for all environments.',
      formatBytes(bytes)
    );
    return problem('too-many-bytes', words);
  }
  return null;
}

function usageLines(
  { limits, usage }: ISettings,
  trans: TranslationBundle
): string[] {
  const { max_environments: most, max_total_bytes: bytes } = limits;
  return [
    most &&
      trans._n(
        '%2 of %1 environment',
        '%2 of %1 environments',
        most,
        usage.environments
      ),
    bytes && trans.__('%1 of %2', formatBytes(usage.bytes), formatBytes(bytes)),
    limits.min_free_bytes &&
      usage.free_bytes !== null &&
      trans.__('%1 free', formatBytes(usage.free_bytes))
  ].filter(isText);
}

function limitLines(settings: ISettings, trans: TranslationBundle): string[] {
  const { limits } = settings;
  const { max_environment_bytes: size, min_free_bytes: free } = limits;
  const listed = (names: string[], words: (names: string) => string) =>
    names.length > 0 && words(names.join(', '));
  return [
    ...usageLines(settings, trans),
    listed(limits.allowed_channels, names =>
      trans.__('Allowed channels: %1', names)
    ),
    listed(limits.denied_packages, names =>
      trans.__('Packages not allowed: %1', names)
    ),
    listed(limits.denied_variables, names =>
      trans.__('Variables not allowed in specs: %1', names)
    ),
    !limits.allow_pip && trans.__('pip packages are not allowed'),
    listed(limits.pip_indexes, names =>
      trans.__('Allowed pip indexes: %1', names)
    ),
    limits.max_packages &&
      trans._n(
        'At most %1 package per environment',
        'At most %1 packages per environment',
        limits.max_packages
      ),
    size && trans.__('At most %1 per environment', formatBytes(size)),
    free && trans.__('%1 of the disk must stay free', formatBytes(free)),
    limits.min_package_age &&
      trans.__(
        'Packages newer than %1 are not installed',
        formatPeriod(limits.min_package_age, trans)
      ),
    limits.message,
    listed(limits.files, names => trans.__('Policy file: %1', names))
  ].filter(isText);
}

function isText(value: string | number | boolean): value is string {
  return typeof value === 'string' && value !== '';
}
