/**
 * The list of environments.
 */

import { FilterBox, HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

import { RequestError } from '../../restapi';
import { IEnvironment, IJob } from '../../types';
import { IBaseProps, Notice, TextButton } from '../common';
import { EnvironmentRow, IEnvironmentActions } from './environmentrow';
import { environmentIcon } from '../icons';
import { Order, ordered, ORDERS } from './sorting';
import { describe } from '../labels';

/** Lists longer than this have a filter. */
const FILTER_FROM = 8;

export interface IEnvironmentListProps extends IBaseProps {
  /** Null while they are loading. */
  environments: ReadonlyArray<IEnvironment> | null;
  error: RequestError | null;
  /** The running jobs, to mark the environments that they change. */
  jobs: ReadonlyArray<IJob>;
  actions: IEnvironmentActions & { newEnvironment: () => void };
}

/** Show the environments, each with its actions. */
export function EnvironmentList(props: IEnvironmentListProps): JSX.Element {
  const { environments, error, trans } = props;
  return (
    <>
      {error && <Notice problem={describe(error, trans)} trans={trans} />}
      {!environments && !error && (
        <p className="jp-EnvKernels-hint" role="status">
          {trans.__('Loading environments…')}
        </p>
      )}
      {environments?.length === 0 && <NoEnvironment {...props} />}
      {environments && environments.length > 0 && (
        <FilteredRows {...props} found={environments} />
      )}
    </>
  );
}

function FilteredRows(
  props: IEnvironmentListProps & { found: ReadonlyArray<IEnvironment> }
): JSX.Element {
  const { found, trans } = props;
  const [query, setQuery] = React.useState('');
  const [order, setOrder] = React.useState<Order>('name');
  const isLong = found.length > FILTER_FROM;
  const shown = isLong ? found.filter(one => matches(one, query)) : found;
  return (
    <>
      {found.length > 1 && (
        <div className="jp-EnvKernels-filter">
          {isLong && (
            <FilterBox
              placeholder={trans.__('Filter environments')}
              showIcon
              updateFilter={(_, text) => setQuery(text ?? '')}
            />
          )}
          <OrderSelect order={order} onChange={setOrder} trans={trans} />
        </div>
      )}
      {shown.length > 0 ? (
        <Rows {...props} order={order} shown={ordered(shown, order)} />
      ) : (
        <p className="jp-EnvKernels-hint" role="status">
          {trans.__('No environment matches "%1".', query)}
        </p>
      )}
    </>
  );
}

function OrderSelect(
  props: IBaseProps & { order: Order; onChange: (order: Order) => void }
): JSX.Element {
  const { onChange, order, trans } = props;
  const words: { [order in Order]: string } = {
    name: trans.__('Name'),
    size: trans.__('Size'),
    'last-used': trans.__('Least recently used')
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

/** Return whether each word of the query is in the name, the prefix or a kernel's name. */
export function matches(environment: IEnvironment, query: string): boolean {
  const { name, prefix, kernels } = environment;
  const text = [name, prefix, ...kernels.map(kernel => kernel.display_name)]
    .join(' ')
    .toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
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

/** Show the rows: one tab stop, with the arrow keys to move between them. */
function Rows(
  props: IEnvironmentListProps & {
    order: Order;
    shown: ReadonlyArray<IEnvironment>;
  }
): JSX.Element {
  const { actions, jobs, order, shown, trans } = props;
  const [current, setCurrent] = React.useState<string | null>(null);
  const list = React.useRef<HTMLUListElement>(null);
  const stop = shown.some(({ id }) => id === current) ? current : shown[0].id;

  const onKeyDown = (event: React.KeyboardEvent) => {
    const rows = Array.from(list.current!.children) as HTMLElement[];
    const place = rows.findIndex(row => row.contains(event.target as Node));
    const next = nextPlace(event.key, place, rows.length);
    if (next !== null) {
      event.preventDefault();
      rows[next].focus();
    }
  };
  return (
    <ul
      ref={list}
      className="jp-EnvKernels-list"
      aria-label={trans.__('Environments')}
      onKeyDown={onKeyDown}
    >
      {shown.map(environment => (
        <EnvironmentRow
          key={environment.id}
          actions={actions}
          environment={environment}
          isStop={environment.id === stop}
          job={jobs.find(job => job.environment_id === environment.id)}
          onFocus={() => setCurrent(environment.id)}
          order={order}
          trans={trans}
        />
      ))}
    </ul>
  );
}

/** Return the row that a key moves to; null for other keys. */
export function nextPlace(
  key: string,
  place: number,
  length: number
): number | null {
  if (place < 0) {
    return null;
  }
  const places: { [key: string]: number } = {
    ArrowDown: Math.min(place + 1, length - 1),
    ArrowUp: Math.max(place - 1, 0),
    Home: 0,
    End: length - 1
  };
  return places[key] ?? null;
}
