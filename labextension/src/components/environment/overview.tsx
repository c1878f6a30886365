/**
 * The overview of an environment: what runs in it, what it offers, and what it has.
 */

import { Session } from '@jupyterlab/services';
import { addIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { RequestError } from '../../restapi';
import {
  IEnvironment,
  IInstalledPackage,
  IKernel,
  IRevision,
  ISettings
} from '../../types';
import { ChangeCounts } from '../changes';
import { IBaseProps, Link, Notice, TextButton } from '../common';
import { formatMoment } from '../format';
import { kernelLogo } from '../icons';
import { describe } from '../labels';
import { languageVersion, revisionChanges } from '../packages';
import { canHaveKernel } from '../permissions';
import { EnvironmentPage } from './environmentheader';
import { Details } from './overviewdetails';
import { IFootActions, OverviewFoot } from './overviewfoot';
import { IRunningActions, RunningNotebooks } from './runningnotebooks';
import { Section } from './section';

export interface IOverviewProps extends IBaseProps {
  environment: IEnvironment;
  /** The sessions with a kernel of the environment. */
  sessions: ReadonlyArray<Session.IModel>;
  /** Null while they are loading. */
  packages: ReadonlyArray<IInstalledPackage> | null;
  /** Oldest first; null while they are loading. */
  revisions: ReadonlyArray<IRevision> | null;
  /** Null while they are loading. */
  settings: ISettings | null;
  /** Why packages or revisions could not be read, or a kernel could not be shut down. */
  error: RequestError | null;
  /** Whether a job is changing the environment. */
  isBusy: boolean;
  actions: IOverviewActions;
}

export interface IOverviewActions extends IFootActions, IRunningActions {
  addKernel: () => void;
  copyPath: () => void;
  show: (page: EnvironmentPage) => void;
}

export function Overview(props: IOverviewProps): JSX.Element {
  const { error, trans } = props;
  return (
    <div className="jp-EnvKernels-overview">
      {error && <Notice problem={describe(error, trans)} trans={trans} />}
      <Problems {...props} />
      <div className="jp-EnvKernels-columns">
        <div>
          <RunningNotebooks {...props} />
          <Kernels {...props} />
          <Requested {...props} />
        </div>
        <Details {...props} />
      </div>
      <LastRevisions {...props} />
      <OverviewFoot {...props} />
    </div>
  );
}

/** Show why the environment has no kernel, or why its kernels lack variables. */
function Problems(props: IOverviewProps): JSX.Element {
  const { actions, environment, isBusy, trans } = props;
  const { activation_problems, problem } = environment;
  return (
    <>
      {problem && <Notice problem={problem} trans={trans} />}
      {canHaveKernel(environment, trans) && (
        <TextButton
          icon={addIcon}
          disabled={isBusy}
          onClick={actions.addKernel}
        >
          {trans.__('Add kernel')}
        </TextButton>
      )}
      {activation_problems.map(one => (
        <Notice key={one.message} problem={one} trans={trans} />
      ))}
    </>
  );
}

function Kernels(props: IOverviewProps): JSX.Element {
  const { environment, trans } = props;
  const { kernels } = environment;
  return (
    <Section title={trans.__('Kernels')} amount={kernels.length}>
      {kernels.length > 0 && (
        <table className="jp-EnvKernels-table">
          <thead>
            <tr>
              <th scope="col">{trans.__('Name')}</th>
              <th scope="col" className="jp-mod-minor">
                {trans.__('Language')}
              </th>
              <th scope="col">{trans.__('Kernel name')}</th>
            </tr>
          </thead>
          <tbody>
            {kernels.map(kernel => (
              <KernelRow key={kernel.id} {...props} kernel={kernel} />
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function KernelRow(props: IOverviewProps & { kernel: IKernel }): JSX.Element {
  const { kernel, packages } = props;
  const { display_name, id, language, problem } = kernel;
  const Icon = kernelLogo(kernel);
  return (
    <tr data-kernel={id}>
      <th scope="row" title={display_name}>
        <span className="jp-EnvKernels-withIcon">
          <Icon.react tag="span" />
          {display_name}
        </span>
        {problem && (
          <div className="jp-EnvKernels-remedy">
            {problem.message} {problem.remedy}
          </div>
        )}
      </th>
      <td className="jp-mod-minor">
        {languageVersion(language, packages ?? [])}
      </td>
      <td className="jp-mod-cut" title={id}>
        <code>{id}</code>
      </td>
    </tr>
  );
}

/** The number of requested packages that are shown. */
const PACKAGES_SHOWN = 30;

function Requested(props: IOverviewProps): JSX.Element {
  const { actions, packages, trans } = props;
  const requested = packages?.filter(one => one.requested) ?? [];
  return (
    <Section
      title={trans.__('Requested packages')}
      amount={
        packages && trans.__('%1 of %2', requested.length, packages.length)
      }
    >
      <ul className="jp-EnvKernels-tags">
        {requested.slice(0, PACKAGES_SHOWN).map(one => (
          <li key={`${one.manager} ${one.name}`} data-requested={one.name}>
            {`${one.name} ${one.version}`}
            {one.manager === 'pip' && trans.__(' · pip')}
          </li>
        ))}
        <li className="jp-mod-link">
          <Link
            label={trans.__('Show all packages')}
            onClick={() => actions.show('packages')}
          >
            {trans.__('Show all')}
          </Link>
        </li>
      </ul>
    </Section>
  );
}

/** The number of revisions that are shown. */
const REVISIONS_SHOWN = 3;

function LastRevisions(props: IOverviewProps): JSX.Element | null {
  const { revisions, trans } = props;
  if (!revisions?.length) {
    return null;
  }
  return (
    <Section title={trans.__('Last revisions')}>
      <table className="jp-EnvKernels-table jp-mod-revisions">
        <thead>
          <tr>
            <th scope="col">{trans.__('Revision')}</th>
            <th scope="col">{trans.__('Time')}</th>
            <th scope="col">{trans.__('Changes')}</th>
          </tr>
        </thead>
        <tbody>
          {[...revisions]
            .reverse()
            .slice(0, REVISIONS_SHOWN)
            .map(({ revision, time, ...rest }) => (
              <tr key={revision} data-last={revision}>
                <th scope="row">{revision}</th>
                <td>
                  {time ? formatMoment(time, trans) : trans.__('unknown time')}
                </td>
                <td>
                  <ChangeCounts
                    changes={revisionChanges({ revision, time, ...rest })}
                    trans={trans}
                  />
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </Section>
  );
}
