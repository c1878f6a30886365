/**
 * The preview of a job: packages, changes and amounts.
 */

import { Session } from '@jupyterlab/services';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IPlan, IPlannedPackage, IProblem } from '../../types';
import { formatBytes } from '../format';
import { ChangeCounts, ChangeTable } from '../changes';
import { Fold, IBaseProps, Message } from '../common';
import { SeverityIcon } from '../icons';
import { kernelNames } from '../labels';
import { channelName, specName } from '../packages';

export interface IPlanViewProps extends IBaseProps {
  plan: IPlan;
  /** The notebooks and consoles that run in the environment. */
  sessions: ReadonlyArray<Session.IModel>;
}

/** Show the plan of a new environment, or of a change to one. */
export function PlanView(props: IPlanViewProps): JSX.Element {
  const { plan, sessions, trans } = props;
  const isNew = plan.kind === 'create' || plan.kind === 'clone';
  return (
    <div className="jp-EnvKernels-plan" data-envkernels-plan={plan.kind}>
      <Amounts {...props} />
      {plan.warnings.length > 0 && (
        <Warnings
          warnings={plan.warnings.map(one => named(one, sessions, trans))}
          trans={trans}
        />
      )}
      {isNew ? <NewPackages {...props} /> : <Changes {...props} />}
      <Lines title={trans.__('Installed with pip')} lines={plan.pip} />
      <Lines title={trans.__('Removed with pip')} lines={plan.pip_removed} />
      <Lines
        title={trans.__('Variables')}
        lines={Object.entries(plan.variables).map(([k, v]) => `${k}=${v}`)}
      />
    </div>
  );
}

/** Show the number of packages and the sizes. */
function Amounts({ plan, trans }: IPlanViewProps): JSX.Element {
  const { disk_bytes, download_bytes, free_bytes, packages } = plan;
  const cached = packages.filter(one => one.cached).length;
  const amounts: [string, string, string][] = [
    [
      trans.__('Packages'),
      String(packages.length),
      cached ? trans.__('%1 cached', cached) : ''
    ],
    [
      trans.__('Download'),
      download_bytes ? formatBytes(download_bytes) : trans.__('nothing'),
      download_bytes && cached ? trans.__('the rest is cached') : ''
    ],
    [
      trans.__('Disk'),
      disk_bytes
        ? trans.__('about %1', formatBytes(disk_bytes))
        : trans.__('almost nothing'),
      free_bytes === null ? '' : trans.__('%1 free', formatBytes(free_bytes))
    ]
  ];
  return (
    <dl className="jp-EnvKernels-amounts">
      {amounts.map(([name, value, note]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span className="jp-EnvKernels-amountValue">{value}</span>
            {note && <span className="jp-EnvKernels-amountNote">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Name the running kernels of a warning by their notebooks. */
function named(
  warning: IProblem,
  sessions: ReadonlyArray<Session.IModel>,
  trans: TranslationBundle
): IProblem {
  if (warning.code !== 'kernels-run' || !sessions.length) {
    return warning;
  }
  const count = Number(warning.details?.count);
  const message = trans._n(
    '%1 kernel is running in this environment (%2).',
    '%1 kernels are running in this environment (%2).',
    count,
    kernelNames(sessions, count, trans).join(', ')
  );
  return { ...warning, message };
}

/** Codes of warnings that are only information. */
const HARMLESS = ['kernel-added'];

function Warnings(
  props: IBaseProps & { warnings: ReadonlyArray<IProblem> }
): JSX.Element {
  const { trans, warnings } = props;
  return (
    <ul className="jp-EnvKernels-warnings" aria-label={trans.__('Warnings')}>
      {warnings.map(({ code, message, remedy }) => (
        <li
          key={`${code} ${message}`}
          data-code={code}
          data-severity={HARMLESS.includes(code) ? 'info' : 'warning'}
        >
          <SeverityIcon
            severity={HARMLESS.includes(code) ? 'info' : 'warning'}
          />
          <span>
            <Message text={message} />
            {remedy && (
              <span className="jp-EnvKernels-remedy">
                {' '}
                <Message text={remedy} />
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Show the requested packages, and folded the packages that they need. */
function NewPackages({ plan, trans }: IPlanViewProps): JSX.Element {
  const { packages } = plan;
  const names = new Set(plan.requested.map(specName));
  const requested = packages.filter(({ name }) => names.has(name));
  const others = packages.filter(({ name }) => !names.has(name));
  const isSplit = requested.length > 0;
  return (
    <>
      {isSplit && (
        <section aria-label={trans.__('Requested')}>
          <h3>{trans.__('Requested')}</h3>
          <PackageTable packages={requested} trans={trans} />
        </section>
      )}
      {others.length > 0 && (
        <Fold
          summary={
            isSplit
              ? trans._n(
                  'Needed by them: %1 package',
                  'Needed by them: %1 packages',
                  others.length
                )
              : trans._n('%1 package', '%1 packages', others.length)
          }
        >
          {() => <PackageTable packages={others} trans={trans} />}
        </Fold>
      )}
    </>
  );
}

function PackageTable(
  props: IBaseProps & { packages: ReadonlyArray<IPlannedPackage> }
): JSX.Element {
  const { packages, trans } = props;
  return (
    <table className="jp-EnvKernels-table">
      <thead>
        <tr>
          <th scope="col">{trans.__('Package')}</th>
          <th scope="col">{trans.__('Version')}</th>
          <th scope="col">{trans.__('Channel')}</th>
          <th scope="col" className="jp-mod-number">
            {trans.__('Download')}
          </th>
        </tr>
      </thead>
      <tbody>
        {packages.map(one => (
          <tr key={one.name} data-package={one.name}>
            <th scope="row">{one.name}</th>
            <td title={one.build}>{one.version}</td>
            <td title={one.channel}>{channelName(one.channel)}</td>
            <td className="jp-mod-number">{sizeText(one, trans)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function sizeText(one: IPlannedPackage, trans: TranslationBundle): string {
  if (one.cached) {
    return trans.__('cached');
  }
  return one.size ? formatBytes(one.size) : '';
}

/** Show the packages that change, and how many do not. */
function Changes({ plan, trans }: IPlanViewProps): JSX.Element {
  const { changes, packages } = plan;
  const requested = new Set(plan.requested.map(specName));
  const come = changes.filter(({ after }) => after !== null).length;
  const stay = packages.length - come;
  return (
    <section aria-label={trans.__('Changes')}>
      <h3>{trans.__('Changes')}</h3>
      {changes.length ? (
        <>
          <ChangeCounts changes={changes} trans={trans} />
          <ChangeTable changes={changes} requested={requested} trans={trans} />
        </>
      ) : (
        <p className="jp-EnvKernels-planNote">
          {trans.__('No conda package changes.')}
        </p>
      )}
      {changes.length > 0 && stay > 0 && (
        <p className="jp-EnvKernels-planNote">
          {trans._n(
            '%1 package is not changed.',
            '%1 packages are not changed.',
            stay
          )}
        </p>
      )}
    </section>
  );
}

function Lines(props: {
  title: string;
  lines: ReadonlyArray<string>;
}): JSX.Element | null {
  const { lines, title } = props;
  return lines.length ? (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul className="jp-EnvKernels-lines">
        {lines.map(line => (
          <li key={line}>
            <code>{line}</code>
          </li>
        ))}
      </ul>
    </section>
  ) : null;
}
