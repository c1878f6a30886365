/**
 * The packages of an environment, and a small form that adds some and removes some.
 */

import {
  addIcon,
  closeIcon,
  deleteIcon,
  FilterBox,
  undoIcon
} from '@jupyterlab/ui-components';
import React from 'react';

import { RequestError } from '../restapi';
import { IInstalledPackage } from '../types';
import {
  Checkbox,
  Fold,
  IBaseProps,
  IconButton,
  Notice,
  TextButton
} from './common';
import { channelName } from './planview';
import { describe } from './labels';

export interface IPackageFormProps extends IBaseProps {
  /** Null while they are not known. */
  packages: ReadonlyArray<IInstalledPackage> | null;
  /** Why they are not known, or why the server refused the change. */
  error: RequestError | null;
  /** Match specs that are to be added, and names that are to be removed. */
  added: ReadonlyArray<string>;
  removed: ReadonlySet<string>;
  upgrade: boolean;
  isEmpty: boolean;
  /** Whether the environment may be changed. */
  isChangeable: boolean;
  isStarting: boolean;
  actions: {
    add: (spec: string) => void;
    drop: (spec: string) => void;
    toggle: (name: string) => void;
    setUpgrade: (upgrade: boolean) => void;
    clear: () => void;
    preview: () => void;
  };
}

export function PackageForm(props: IPackageFormProps): JSX.Element {
  const { actions, error, isChangeable, packages, trans } = props;
  const [text, setText] = React.useState('');
  const add = () => {
    actions.add(text);
    setText('');
  };
  return (
    <div className="jp-EnvKernels-packages">
      {error && <Notice problem={describe(error, trans)} trans={trans} />}
      {isChangeable && (
        <AddField {...props} text={text} onAdd={add} onChange={setText} />
      )}
      {packages ? (
        <PackageGroups {...props} packages={packages} />
      ) : (
        !error && <p role="status">{trans.__('Reading the packages…')}</p>
      )}
      {isChangeable && <Bar {...props} onPreview={add} />}
    </div>
  );
}

function AddField(
  props: IPackageFormProps & {
    text: string;
    onAdd: () => void;
    onChange: (text: string) => void;
  }
): JSX.Element {
  const { actions, added, onAdd, onChange, text, trans } = props;
  const id = React.useId();
  return (
    <div className="jp-EnvKernels-addField">
      <label htmlFor={id}>{trans.__('Add packages')}</label>
      <form
        onSubmit={event => {
          event.preventDefault();
          onAdd();
        }}
      >
        <input
          id={id}
          className="jp-mod-styled"
          type="text"
          value={text}
          placeholder={trans.__('for example: pandas, or scipy>=1.10')}
          spellCheck={false}
          autoComplete="off"
          onChange={event => onChange(event.target.value)}
        />
        <TextButton icon={addIcon} onClick={onAdd}>
          {trans.__('Add')}
        </TextButton>
      </form>
      {added.length > 0 && (
        <ul
          className="jp-EnvKernels-chips"
          aria-label={trans.__('To be added')}
        >
          {added.map(spec => (
            <li key={spec} data-spec={spec}>
              <code>{spec}</code>
              <IconButton
                icon={closeIcon}
                label={trans.__('Do not add %1', spec)}
                onClick={() => actions.drop(spec)}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Those that somebody asked for, and below them, folded, the others. */
function PackageGroups(
  props: IPackageFormProps & { packages: ReadonlyArray<IInstalledPackage> }
): JSX.Element {
  const { packages, trans } = props;
  const [query, setQuery] = React.useState('');
  const words = query.toLowerCase().split(/\s+/);
  const found = packages.filter(({ name }) =>
    words.every(word => name.toLowerCase().includes(word))
  );
  const asked = found.filter(({ requested }) => requested);
  const others = found.filter(({ requested }) => !requested);
  const isFiltered = query.trim() !== '';
  return (
    <>
      <FilterBox
        placeholder={trans.__('Filter packages')}
        showIcon
        updateFilter={(_, text) => setQuery(text ?? '')}
      />
      {asked.length > 0 && (
        <section aria-label={trans.__('Asked for')}>
          <h3>{trans.__('Asked for')}</h3>
          <PackageRows {...props} packages={asked} />
        </section>
      )}
      {others.length > 0 && (
        <Fold
          key={String(isFiltered || !asked.length)}
          isOpen={isFiltered || !asked.length}
          summary={
            packages.some(({ requested }) => requested)
              ? trans._n('%1 dependency', '%1 dependencies', others.length)
              : trans._n('%1 package', '%1 packages', others.length)
          }
        >
          {() => <PackageRows {...props} packages={others} />}
        </Fold>
      )}
      {!found.length && (
        <p className="jp-EnvKernels-planNote" role="status">
          {isFiltered
            ? trans.__('No package matches "%1".', query)
            : trans.__('There are no packages in it.')}
        </p>
      )}
    </>
  );
}

function PackageRows(
  props: IPackageFormProps & { packages: ReadonlyArray<IInstalledPackage> }
): JSX.Element {
  const { isChangeable, packages, trans } = props;
  return (
    <table className="jp-EnvKernels-table">
      <thead>
        <tr>
          <th scope="col">{trans.__('Package')}</th>
          <th scope="col">{trans.__('Version')}</th>
          <th scope="col">{trans.__('From')}</th>
          {isChangeable && (
            <th scope="col" className="jp-mod-number">
              <span className="jp-EnvKernels-screenReader">
                {trans.__('Remove')}
              </span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {packages.map(one => (
          <PackageRow key={`${one.manager} ${one.name}`} {...props} one={one} />
        ))}
      </tbody>
    </table>
  );
}

function PackageRow(
  props: IPackageFormProps & { one: IInstalledPackage }
): JSX.Element {
  const { actions, isChangeable, one, removed, trans } = props;
  const isRemoved = removed.has(one.name);
  const from = one.manager === 'pip' ? 'pip' : channelName(one.channel);
  return (
    <tr data-package={one.name} data-removed={isRemoved || undefined}>
      <th scope="row">{one.name}</th>
      <td title={one.build}>
        {isRemoved ? trans.__('to be removed') : one.version}
      </td>
      <td title={one.channel}>{from}</td>
      {isChangeable && (
        <td className="jp-mod-number">
          <IconButton
            icon={isRemoved ? undoIcon : deleteIcon}
            label={
              isRemoved
                ? trans.__('Keep %1', one.name)
                : trans.__('Remove %1', one.name)
            }
            onClick={() => actions.toggle(one.name)}
          />
        </td>
      )}
    </tr>
  );
}

/** What was put together, and the button that shows what it would do. */
function Bar(
  props: IPackageFormProps & { onPreview: () => void }
): JSX.Element {
  const { actions, added, isEmpty, isStarting, onPreview, removed } = props;
  const { trans, upgrade } = props;
  const words = [
    added.length ? trans.__('%1 to add', added.length) : '',
    removed.size ? trans.__('%1 to remove', removed.size) : ''
  ].filter(Boolean);
  return (
    <div className="jp-EnvKernels-bar">
      <Checkbox
        label={trans.__('Upgrade all others, too')}
        isChecked={upgrade}
        onChange={actions.setUpgrade}
      />
      <span className="jp-EnvKernels-barText" role="status">
        {words.join(', ')}
      </span>
      <TextButton disabled={isEmpty} onClick={actions.clear}>
        {trans.__('Reset')}
      </TextButton>
      <TextButton
        kind="primary"
        disabled={isStarting}
        onClick={() => {
          // What was typed and not yet added is meant, too.
          onPreview();
          actions.preview();
        }}
      >
        {trans.__('Preview')}
      </TextButton>
    </div>
  );
}
