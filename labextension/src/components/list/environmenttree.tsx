/**
 * The rows of the list: groups and their environments. Only those in sight are in the document.
 */

import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IBaseProps } from '../common';
import { Group, IGroupRow, Row } from './entries';
import { IEnvironmentListProps } from './environmentlist';
import { entryHeight, EntryRow, openEntry } from './environmentrow';
import { reveal, useWindow } from './window';

const GROUP_HEIGHT = 22;

interface ITreeProps extends IEnvironmentListProps {
  rows: ReadonlyArray<Row>;
  /** Open or close a group. */
  onToggle: (group: Group) => void;
}

/** Show the rows: one tab stop, with the arrow keys to move between them. */
export function EnvironmentTree(props: ITreeProps): JSX.Element {
  const { actions, onToggle, rows, trans } = props;
  const [current, setCurrent] = React.useState<string | null>(null);
  const tree = React.useRef<HTMLDivElement>(null);
  const takesFocus = React.useRef(false);
  const heights = rows.map(row => rowHeight(row, trans));
  const { end, first, tops, total } = useWindow(tree, heights);
  const stop = Math.max(
    rows.findIndex(({ key }) => key === current),
    0
  );
  const show = (place: number) =>
    reveal(tree.current!, tops[place], heights[place]);
  useNewJob(props, place => show(place));
  React.useLayoutEffect(() => {
    if (takesFocus.current) {
      takesFocus.current = false;
      tree.current!.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    }
  });

  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    const item = (event.target as HTMLElement).closest('[data-row]');
    const place = rows.findIndex(row => row.key === rowKey(item));
    const isOnRow = event.target === item;
    const next = nextPlace(event.key, place, rows);
    if (next !== null && (isOnRow || event.key !== 'ArrowLeft')) {
      event.preventDefault();
      setCurrent(rows[next].key);
      show(next);
      takesFocus.current = true;
    } else if (isOnRow && isActivation(event.key, rows[place])) {
      event.preventDefault();
      activate(rows[place]);
    }
  };
  const activate = (row: Row) => {
    if (row.kind === 'group') {
      onToggle(row.group);
    } else {
      openEntry(row, actions);
    }
  };
  const inSight = rows
    .map((row, place) => ({ row, place }))
    .filter(({ place }) => place === stop || (place >= first && place < end));
  return (
    <div
      ref={tree}
      role="tree"
      className="jp-EnvKernels-tree"
      aria-label={trans.__('Environments')}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: total }}>
        {inSight.map(({ place, row }) => {
          const common = {
            style: { top: tops[place], height: heights[place] },
            isStop: place === stop,
            trans,
            onFocus: () => setCurrent(row.key)
          };
          return row.kind === 'group' ? (
            <GroupRow
              key={row.key}
              {...common}
              row={row}
              onToggle={() => onToggle(row.group)}
            />
          ) : (
            <EntryRow
              key={row.key}
              {...common}
              row={row}
              actions={actions}
              isCancelling={props.isCancelling}
              isSelected={row.key === current}
              running={
                row.entry.environment ? props.running(row.entry.environment) : 0
              }
            />
          );
        })}
      </div>
    </div>
  );
}

/** Bring the row of a job that this page has just started into sight; nothing else moves the list. */
function useNewJob(props: ITreeProps, show: (place: number) => void): void {
  const { isOwn, jobs, rows } = props;
  const newest = jobs.find(({ id }) => isOwn(id));
  React.useEffect(() => {
    const place = rows.findIndex(({ key }) => key === newest?.environment_id);
    if (place >= 0) {
      show(place);
    }
  }, [newest?.id]);
}

interface IGroupRowProps extends IBaseProps {
  row: IGroupRow;
  isStop: boolean;
  style: React.CSSProperties;
  onFocus: () => void;
  onToggle: () => void;
}

function GroupRow(props: IGroupRowProps): JSX.Element {
  const { isStop, onFocus, onToggle, row, style, trans } = props;
  const words: { [group in Group]: string } = {
    mine: trans.__('Mine'),
    shared: trans.__('Shared'),
    system: trans.__('System')
  };
  const Caret = row.isOpen ? caretDownIcon : caretRightIcon;
  return (
    <div
      role="treeitem"
      className="jp-EnvKernels-group"
      style={style}
      aria-expanded={row.isOpen}
      aria-level={row.level}
      aria-posinset={row.place}
      aria-setsize={row.count}
      data-row={row.key}
      tabIndex={isStop ? 0 : -1}
      onClick={onToggle}
      onFocus={onFocus}
    >
      <Caret.react tag="span" aria-hidden="true" />
      <span className="jp-EnvKernels-groupName">{words[row.group]}</span>
      <span>{row.size}</span>
    </div>
  );
}

function rowHeight(row: Row, trans: TranslationBundle): number {
  return row.kind === 'group' ? GROUP_HEIGHT : entryHeight(row, trans);
}

function rowKey(item: Element | null): string | null {
  return item?.getAttribute('data-row') ?? null;
}

/** Return whether a key opens a row: a page with Enter; a group with Enter, or with the arrow that tells its state. */
function isActivation(key: string, row: Row): boolean {
  if (row.kind === 'group') {
    return key === 'Enter' || key === (row.isOpen ? 'ArrowLeft' : 'ArrowRight');
  }
  return key === 'Enter';
}

/** Return the row that a key moves to; null for other keys. The left arrow leads from an environment to its group. */
export function nextPlace(
  key: string,
  place: number,
  rows: ReadonlyArray<Row>
): number | null {
  if (place < 0) {
    return null;
  }
  const places: { [key: string]: number } = {
    ArrowDown: Math.min(place + 1, rows.length - 1),
    ArrowUp: Math.max(place - 1, 0),
    Home: 0,
    End: rows.length - 1
  };
  if (key === 'ArrowLeft' && rows[place].level === 2) {
    const levels = rows.slice(0, place).map(({ level }) => level);
    return levels.lastIndexOf(1);
  }
  return places[key] ?? null;
}
