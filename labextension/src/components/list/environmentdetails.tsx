/**
 * The details of an environment, below its row.
 */

import React from 'react';

import { IEnvironment } from '../../types';
import { formatAge, formatBytes, formatTime } from '../format';
import { IBaseProps } from '../common';
import { Order } from './sorting';

interface IDetailsProps extends IBaseProps {
  id: string;
  environment: IEnvironment;
}

export function EnvironmentDetails(props: IDetailsProps): JSX.Element {
  const { environment, id, trans } = props;
  const { created, kernels, last_used, prefix, usage } = environment;
  const details: [string, React.ReactNode][] = [
    [trans.__('Folder'), prefix],
    [
      trans._n('Kernel', 'Kernels', kernels.length),
      kernels.map(kernel => kernel.display_name).join(', ') || trans.__('none')
    ],
    [
      trans.__('Own size'),
      usage ? formatBytes(usage.own_bytes) : trans.__('not measured yet')
    ],
    [
      trans.__('Shared'),
      usage
        ? trans.__(
            '%1, with the package cache and other environments',
            formatBytes(usage.shared_bytes)
          )
        : trans.__('not measured yet')
    ],
    [trans.__('Created'), created ? <Time {...props} time={created} /> : '–'],
    [
      trans.__('Last used'),
      last_used ? <Time {...props} time={last_used} /> : trans.__('never')
    ]
  ];
  return (
    <dl id={id} className="jp-EnvKernels-details">
      {details.map(([name, value]) => (
        <React.Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

function Time(props: IBaseProps & { time: string }): JSX.Element {
  const { time, trans } = props;
  return (
    <time dateTime={time} title={formatTime(time)}>
      {formatAge(time, trans)}
    </time>
  );
}

/** Return the value that the list is sorted by, for the row; empty if unknown. */
export function orderValue(
  props: IBaseProps & { environment: IEnvironment; order: Order }
): string {
  const { environment, order, trans } = props;
  const { created, last_used, usage } = environment;
  if (order === 'size') {
    return usage ? formatBytes(usage.own_bytes) : '';
  }
  if (order === 'name') {
    return '';
  }
  if (last_used) {
    return trans.__('used %1', formatAge(last_used, trans));
  }
  return created ? trans.__('created %1', formatAge(created, trans)) : '';
}
