/**
 * The header of the pages of an environment: its name, a line about it, and the tabs.
 */

import React from 'react';

import { IEnvironment, IInstalledPackage, IRevision } from '../../types';
import { Badge } from '../badge';
import { IBaseProps } from '../common';
import { formatBytes } from '../format';
import { languageVersion } from '../packages';
import { whyKept, whyNotTrusted } from '../permissions';

export const ENVIRONMENT_PAGES = [
  'overview',
  'packages',
  'update',
  'history',
  'log'
] as const;
export type EnvironmentPage = (typeof ENVIRONMENT_PAGES)[number];

interface IHeaderProps extends IBaseProps {
  environment: IEnvironment;
  page: EnvironmentPage;
  /** Null while they are loading. */
  packages: ReadonlyArray<IInstalledPackage> | null;
  revisions: ReadonlyArray<IRevision> | null;
  /** The number of sessions with a kernel of the environment. */
  running: number;
  onSelect: (page: EnvironmentPage) => void;
}

export function EnvironmentHeader(props: IHeaderProps): JSX.Element {
  const { environment, onSelect, packages, page, revisions, trans } = props;
  const tabs: { [page in EnvironmentPage]: [string, number?] } = {
    overview: [trans.__('Overview')],
    packages: [trans.__('Packages'), packages?.length],
    update: [trans.__('Spec')],
    history: [trans.__('History'), revisions?.length],
    log: [trans.__('Log')]
  };
  const reason =
    whyKept(environment, trans) ?? whyNotTrusted(environment, trans);
  return (
    <div className="jp-EnvKernels-envHeader">
      <div className="jp-EnvKernels-envName">
        <Badge environment={environment} isLarge />
        <div>
          <h2 title={environment.name}>{environment.name}</h2>
          <div className="jp-EnvKernels-jobPrefix" title={environment.prefix}>
            {subtitle(props).join(' · ')}
          </div>
        </div>
      </div>
      <nav aria-label={trans.__('Pages of this environment')}>
        {ENVIRONMENT_PAGES.map(one => (
          <button
            key={one}
            type="button"
            className="jp-EnvKernels-tab"
            aria-current={one === page ? 'page' : undefined}
            onClick={() => onSelect(one)}
          >
            {tabs[one][0]}
            {tabs[one][1] !== undefined && (
              <span className="jp-EnvKernels-count"> {tabs[one][1]}</span>
            )}
          </button>
        ))}
      </nav>
      {reason && (
        <p className="jp-EnvKernels-planNote" role="note">
          {trans.__('%1. Clone it to make changes.', reason)}
        </p>
      )}
    </div>
  );
}

/** Return languages with their versions, size, and the number of running kernels. */
function subtitle(props: IHeaderProps): string[] {
  const { environment, packages, running, trans } = props;
  const { kernels, python, usage } = environment;
  const languages = new Set(
    kernels.map(({ language }) =>
      python && language.toLowerCase() === 'python'
        ? `Python ${python}`
        : languageVersion(language, packages ?? [])
    )
  );
  return [
    ...languages,
    usage ? formatBytes(usage.own_bytes) : '',
    running ? trans._n('%1 kernel running', '%1 kernels running', running) : ''
  ].filter(Boolean);
}
