/**
 * The list of environments.
 */

import { FilterBox } from '@jupyterlab/ui-components';
import React from 'react';

import { RequestError } from '../restapi';
import { IEnvironment, IJob } from '../types';
import { IBaseProps, ProblemText, TextButton } from './common';
import { EnvironmentRow, IEnvironmentActions } from './environmentrow';
import { environmentIcon } from './icons';
import { describe } from './words';

/** From how many environments on there is a filter. */
const FILTER_FROM = 8;

export interface IEnvironmentListProps extends IBaseProps {
  /** Null while they are not known. */
  environments: ReadonlyArray<IEnvironment> | null;
  error: RequestError | null;
  /** The jobs that run, to mark the environments that they work on. */
  jobs: ReadonlyArray<IJob>;
  actions: IEnvironmentActions & { newEnvironment: () => void };
}

/** The environments, one below the other, with what can be done with each. */
export function EnvironmentList(props: IEnvironmentListProps): JSX.Element {
  const { environments, error, trans } = props;
  return (
    <>
      {error && (
        <div role="alert" className="jp-EnvKernels-notice">
          <ProblemText problem={describe(error, trans)} />
        </div>
      )}
      {!environments && !error && (
        <p className="jp-EnvKernels-hint" role="status">
          {trans.__('Looking for environments…')}
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
  const isLong = found.length > FILTER_FROM;
  const shown = isLong ? found.filter(one => matches(one, query)) : found;
  return (
    <>
      {isLong && (
        <div className="jp-EnvKernels-filter">
          <FilterBox
            placeholder={trans.__('Filter environments')}
            showIcon
            updateFilter={(_, text) => setQuery(text ?? '')}
          />
        </div>
      )}
      {shown.length > 0 ? (
        <Rows {...props} shown={shown} />
      ) : (
        <p className="jp-EnvKernels-hint" role="status">
          {trans.__('No environment matches "%1".', query)}
        </p>
      )}
    </>
  );
}

/** Whether each word of the query is in the name, the place or a kernel's name. */
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
          'No conda environment yet. Describe one in a few lines, and it becomes a kernel.'
        )}
      </p>
      <TextButton kind="primary" onClick={actions.newEnvironment}>
        {trans.__('New environment')}
      </TextButton>
    </div>
  );
}

/** The rows are one stop of the Tab key; the arrow keys move between them. */
function Rows(
  props: IEnvironmentListProps & { shown: ReadonlyArray<IEnvironment> }
): JSX.Element {
  const { actions, jobs, shown, trans } = props;
  const [current, setCurrent] = React.useState<string | null>(null);
  const list = React.useRef<HTMLUListElement>(null);
  const stop = shown.some(({ id }) => id === current) ? current : shown[0].id;

  const onKeyDown = (event: React.KeyboardEvent) => {
    const rows = Array.from(list.current!.children) as HTMLElement[];
    const place = rows.indexOf(event.target as HTMLElement);
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
          trans={trans}
        />
      ))}
    </ul>
  );
}

/** Where a key leads from a row of a list; null where nowhere. */
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
