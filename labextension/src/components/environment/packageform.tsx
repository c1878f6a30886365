/**
 * The packages of an environment, and a form to add and remove packages.
 */

import {
  addIcon,
  closeIcon,
  deleteIcon,
  FilterBox,
  undoIcon
} from '@jupyterlab/ui-components';
import React from 'react';

import { RequestError } from '../../restapi';
import { IInstalledPackage } from '../../types';
import {
  Checkbox,
  Fold,
  IBaseProps,
  IconButton,
  Notice,
  TextButton
} from '../common';
import { channelName } from '../packages';
import { describe } from '../labels';

export interface IPackageFormProps extends IBaseProps {
  /** Null while they are loading. */
  packages: ReadonlyArray<IInstalledPackage> | null;
  /** Why they could not be read, or why the server refused the change. */
  error: RequestError | null;
  /** Match specs to add, and names to remove. */
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
          placeholder={trans.__('for example: pandas, scipy>=1.10')}
          spellCheck={false}
          autoComplete="off"
          onChange={event => onChange(event.target.value)}
        />
        <TextButton icon={addIcon} onClick={onAdd}>
          {trans.__('Add')}
        </TextButton>
      </form>
      {added.length > 0 && (
        <ul className="jp-EnvKernels-chips" aria-label={trans.__('To add')}>
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

/** Show the requested packages, and folded the others. */
function PackageGroups(
  props: IPackageFormProps & { packages: ReadonlyArray<IInstalledPackage> }
): JSX.Element {
  const { packages, trans } = props;
  const [query, setQuery] = React.useState('');
  const words = query.toLowerCase().split(/\s+/);
  const found = packages.filter(({ name }) =>
    words.every(word => name.toLowerCase().includes(word))
  );
  const requested = found.filter(one => one.requested);
  const others = found.filter(one => !one.requested);
  const isFiltered = query.trim() !== '';
  return (
    <>
      <FilterBox
        placeholder={trans.__('Filter packages')}
        showIcon
        updateFilter={(_, text) => setQuery(text ?? '')}
      />
      {requested.length > 0 && (
        <section aria-label={trans.__('Requested')}>
          <h3>{trans.__('Requested')}</h3>
          <PackageRows {...props} packages={requested} />
        </section>
      )}
      {others.length > 0 && (
        <Fold
          key={String(isFiltered || !requested.length)}
          isOpen={isFiltered || !requested.length}
          summary={
            packages.some(one => one.requested)
              ? trans._n(
                  'Needed by them: %1 package',
                  'Needed by them: %1 packages',
                  others.length
                )
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
            : trans.__('This environment has no packages.')}
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
        {isRemoved ? trans.__('to remove') : one.version}
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

/** Show the number of changes, and the button that previews them. */
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
        label={trans.__('Update all other packages')}
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
          // Include the text that was typed but not added yet.
          onPreview();
          actions.preview();
        }}
      >
        {trans.__('Preview')}
      </TextButton>
    </div>
  );
}
