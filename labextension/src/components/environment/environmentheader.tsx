/**
 * The header of the pages of an environment: its name and the tabs.
 */

import React from 'react';

import { IEnvironment } from '../../types';
import { IBaseProps } from '../common';
import { whyKept, whyNotTrusted } from '../permissions';

export const ENVIRONMENT_PAGES = ['packages', 'update', 'history'] as const;
export type EnvironmentPage = (typeof ENVIRONMENT_PAGES)[number];

interface IHeaderProps extends IBaseProps {
  environment: IEnvironment;
  page: EnvironmentPage;
  onSelect: (page: EnvironmentPage) => void;
}

export function EnvironmentHeader(props: IHeaderProps): JSX.Element {
  const { environment, onSelect, page, trans } = props;
  const words: { [page in EnvironmentPage]: string } = {
    packages: trans.__('Packages'),
    update: trans.__('Update from a spec'),
    history: trans.__('History')
  };
  const reason =
    whyKept(environment, trans) ?? whyNotTrusted(environment, trans);
  return (
    <div className="jp-EnvKernels-envHeader">
      <h2>{environment.name}</h2>
      <div className="jp-EnvKernels-jobPrefix" title={environment.prefix}>
        {environment.prefix}
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
            {words[one]}
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
