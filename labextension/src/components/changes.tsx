/**
 * Changes of packages as words and signs: colour is never the only information.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IBaseProps } from './common';
import { IChangeLine } from './packages';

type ChangeWord = IChangeLine['change'];

/** In order of importance. */
const ORDER: ChangeWord[] = [
  'removed',
  'downgraded',
  'upgraded',
  'changed',
  'rebuilt',
  'added'
];

const SIGNS: { [change in ChangeWord]: string } = {
  added: '+',
  removed: '−',
  upgraded: '↑',
  downgraded: '↓',
  changed: '↔',
  rebuilt: '↻'
};

function changeName(change: ChangeWord, trans: TranslationBundle): string {
  const names: { [change in ChangeWord]: string } = {
    added: trans.__('added'),
    removed: trans.__('removed'),
    upgraded: trans.__('updated'),
    downgraded: trans.__('downgraded'),
    changed: trans.__('changed'),
    rebuilt: trans.__('rebuilt')
  };
  return names[change];
}

interface IChangesProps extends IBaseProps {
  changes: ReadonlyArray<IChangeLine>;
  /** The requested names, which come first among changes of one kind. */
  requested?: ReadonlySet<string>;
}

/** Show how many packages are added, removed and so on. */
export function ChangeCounts({ changes, trans }: IChangesProps): JSX.Element {
  const found = ORDER.map(change => ({
    change,
    number: changes.filter(line => line.change === change).length
  })).filter(({ number }) => number > 0);
  return (
    <ul
      className="jp-EnvKernels-changeCounts"
      aria-label={trans.__('Number of changes')}
    >
      {found.map(({ change, number }) => (
        <li key={change} data-change={change}>
          <Sign change={change} />
          {number} {changeName(change, trans)}
        </li>
      ))}
    </ul>
  );
}

/** Show each package that changes, with its versions. */
export function ChangeTable(props: IChangesProps): JSX.Element {
  const { changes, requested = new Set(), trans } = props;
  const rank = ({ change, name }: IChangeLine) =>
    2 * ORDER.indexOf(change) + (requested.has(name) ? 0 : 1);
  const sorted = [...changes].sort((a, b) => rank(a) - rank(b));
  return (
    <table className="jp-EnvKernels-table jp-EnvKernels-changes">
      <thead>
        <tr>
          <th scope="col">{trans.__('Package')}</th>
          <th scope="col">{trans.__('Change')}</th>
          <th scope="col">{trans.__('Version')}</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(line => (
          <tr
            key={line.name}
            data-package={line.name}
            data-change={line.change}
            data-requested={requested.has(line.name) || undefined}
          >
            <th scope="row">{line.name}</th>
            <td className="jp-EnvKernels-changeWord">
              <Sign change={line.change} />
              {changeName(line.change, trans)}
            </td>
            <td>
              <Versions line={line} trans={trans} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Sign({ change }: { change: ChangeWord }): JSX.Element {
  return (
    <span
      className="jp-EnvKernels-changeSign"
      data-change={change}
      aria-hidden="true"
    >
      {SIGNS[change]}
    </span>
  );
}

/** Show "1.2 → 1.3"; the builds only if the versions are equal. */
function Versions(props: IBaseProps & { line: IChangeLine }): JSX.Element {
  const { line, trans } = props;
  const isRebuilt = line.change === 'rebuilt';
  const show = (text: string | null) =>
    isRebuilt ? text : (text?.split(' ')[0] ?? null);
  const [before, after] = [show(line.before), show(line.after)];
  return (
    <span title={[line.before, line.after].filter(Boolean).join(' → ')}>
      {before && <span className="jp-EnvKernels-before">{before}</span>}
      {before && after && (
        <>
          <span aria-hidden="true"> → </span>
          <span className="jp-EnvKernels-screenReader">{trans.__('to')}</span>
        </>
      )}
      {after && <span className="jp-EnvKernels-after">{after}</span>}
    </span>
  );
}
