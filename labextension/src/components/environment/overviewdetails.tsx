/**
 * The details in the overview of an environment.
 */

import { copyIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IBaseProps, IconButton, Link } from '../common';
import { formatBytes, formatDate, formatMoment } from '../format';
import { channelName } from '../packages';
import type { IOverviewProps } from './overview';
import { Section } from './section';

/** Show size, times, location, channels, revision and limit; what is not known is left out. */
export function Details(props: IOverviewProps): JSX.Element {
  const { environment, trans } = props;
  const { created, last_used } = environment;
  const details: [string, React.ReactNode][] = [
    [trans.__('Size'), sizeOf(props)],
    [trans.__('Created'), created && formatDate(created)],
    [
      trans.__('Last used'),
      last_used ? formatMoment(last_used, trans) : trans.__('never')
    ],
    [trans.__('Location'), <Location key="location" {...props} />],
    [trans.__('Channels'), channelsOf(props)],
    [trans.__('Revision'), revisionOf(props)],
    [trans.__('Limit'), limitOf(props)]
  ];
  return (
    <Section title={trans.__('Details')}>
      <dl className="jp-EnvKernels-facts">
        {details
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <React.Fragment key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </React.Fragment>
          ))}
      </dl>
    </Section>
  );
}

function Note({ children }: { children: React.ReactNode }): JSX.Element {
  return <span className="jp-EnvKernels-count"> {children}</span>;
}

function sizeOf({ environment, trans }: IOverviewProps): React.ReactNode {
  const { usage } = environment;
  return (
    usage && (
      <>
        {formatBytes(usage.own_bytes)}
        <Note>
          {trans.__('own, %1 shared', formatBytes(usage.shared_bytes))}
        </Note>
      </>
    )
  );
}

function Location(
  props: IBaseProps & Pick<IOverviewProps, 'actions' | 'environment'>
): JSX.Element {
  const { actions, environment, trans } = props;
  return (
    <>
      <code className="jp-EnvKernels-path" title={environment.prefix}>
        <bdi>{environment.prefix}</bdi>
      </code>
      <IconButton
        icon={copyIcon}
        label={trans.__('Copy the path')}
        onClick={actions.copyPath}
      />
    </>
  );
}

function channelsOf({ packages }: IOverviewProps): React.ReactNode {
  const names = (packages ?? [])
    .filter(({ channel }) => channel)
    .map(({ channel }) => channelName(channel));
  return [...new Set(names)].join(', ');
}

function revisionOf(props: IOverviewProps): React.ReactNode {
  const { actions, revisions, trans } = props;
  const current = revisions?.find(({ is_current }) => is_current);
  return (
    current && (
      <>
        {current.revision}
        {current.time && (
          <Note>{trans.__('of %1', formatMoment(current.time, trans))}</Note>
        )}
        {' · '}
        <Link onClick={() => actions.show('history')}>
          {trans.__('History')}
        </Link>
      </>
    )
  );
}

function limitOf({ settings, trans }: IOverviewProps): React.ReactNode {
  const most = settings?.limits.max_total_bytes;
  return most ? (
    <>
      {trans.__(
        '%1 of %2',
        formatBytes(settings.usage.bytes),
        formatBytes(most)
      )}
      <Note>{trans.__('for all of yours')}</Note>
    </>
  ) : null;
}
