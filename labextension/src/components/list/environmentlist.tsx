/**
 * The list of environments.
 */

import { HTMLSelect, searchIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { RequestError } from '../../restapi';
import { IEnvironment, IJob } from '../../types';
import { IBaseProps, Notice, TextButton } from '../common';
import { environmentIcon } from '../icons';
import { describe } from '../labels';
import { entriesOf, Group, IEntry, matches, rowsOf } from './entries';
import { IEnvironmentActions } from './environmentrow';
import { EnvironmentTree } from './environmenttree';
import { Order, ORDERS } from './sorting';

/** Lists longer than this have a filter. */
const FILTER_FROM = 8;

export interface IEnvironmentListProps extends IBaseProps {
  /** Null while they are loading. */
  environments: ReadonlyArray<IEnvironment> | null;
  error: RequestError | null;
  /** The running jobs. */
  jobs: ReadonlyArray<IJob>;
  /** Return the number of running kernels. */
  running: (environment: IEnvironment) => number;
  isCancelling: (job: string) => boolean;
  /** Return whether this page started the job. */
  isOwn: (job: string) => boolean;
  actions: IEnvironmentActions & { newEnvironment: () => void };
}

/** Show the environments, each with its actions. */
export function EnvironmentList(props: IEnvironmentListProps): JSX.Element {
  const { environments, error, jobs, trans } = props;
  const entries = environments && entriesOf(environments, jobs);
  return (
    <>
      {error && <Notice problem={describe(error, trans)} trans={trans} />}
      {!entries && !error && (
        <p className="jp-EnvKernels-hint" role="status">
          {trans.__('Loading environments…')}
        </p>
      )}
      {entries?.length === 0 && <NoEnvironment {...props} />}
      {entries && entries.length > 0 && (
        <FilteredRows {...props} entries={entries} />
      )}
    </>
  );
}

function FilteredRows(
  props: IEnvironmentListProps & { entries: ReadonlyArray<IEntry> }
): JSX.Element {
  const { entries, trans } = props;
  const [query, setQuery] = React.useState('');
  const [order, setOrder] = React.useState<Order>('last-used');
  const [closed, setClosed] = React.useState<ReadonlySet<Group>>(new Set());
  const isLong = entries.length > FILTER_FROM;
  const found = isLong ? entries.filter(one => matches(one, query)) : entries;
  const toggle = (group: Group) => {
    const others = [...closed].filter(one => one !== group);
    setClosed(new Set(closed.has(group) ? others : [...others, group]));
  };
  return (
    <>
      {entries.length > 1 && (
        <div className="jp-EnvKernels-filter">
          {isLong && (
            <FilterField query={query} onChange={setQuery} trans={trans} />
          )}
          <OrderSelect order={order} onChange={setOrder} trans={trans} />
        </div>
      )}
      {found.length > 0 ? (
        <EnvironmentTree
          {...props}
          rows={rowsOf(found, order, closed)}
          onToggle={toggle}
        />
      ) : (
        <p className="jp-EnvKernels-hint" role="status">
          {trans.__('No environment matches "%1".', query)}
        </p>
      )}
    </>
  );
}

function FilterField(
  props: IBaseProps & { query: string; onChange: (query: string) => void }
): JSX.Element {
  const { onChange, query, trans } = props;
  return (
    <div className="jp-EnvKernels-filterField">
      <searchIcon.react tag="span" aria-hidden="true" />
      <input
        type="search"
        aria-label={trans.__('Filter environments')}
        placeholder={trans.__('Filter')}
        value={query}
        onChange={event => onChange(event.target.value)}
      />
    </div>
  );
}

function OrderSelect(
  props: IBaseProps & { order: Order; onChange: (order: Order) => void }
): JSX.Element {
  const { onChange, order, trans } = props;
  const words: { [order in Order]: string } = {
    'last-used': trans.__('Last used'),
    name: trans.__('Name'),
    size: trans.__('Size')
  };
  return (
    <HTMLSelect
      className="jp-EnvKernels-order"
      aria-label={trans.__('Sort environments by')}
      value={order}
      onChange={event => onChange(event.target.value as Order)}
    >
      {ORDERS.map(one => (
        <option key={one} value={one}>
          {words[one]}
        </option>
      ))}
    </HTMLSelect>
  );
}

function NoEnvironment(props: IEnvironmentListProps): JSX.Element {
  const { actions, trans } = props;
  return (
    <div className="jp-EnvKernels-empty">
      <environmentIcon.react tag="div" className="jp-EnvKernels-emptyIcon" />
      <p>
        {trans.__(
          'No conda environments yet. Create one from a short spec, and use it as a kernel.'
        )}
      </p>
      <TextButton kind="primary" onClick={actions.newEnvironment}>
        {trans.__('New environment')}
      </TextButton>
    </div>
  );
}
