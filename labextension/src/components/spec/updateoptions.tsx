/**
 * The options of an update from a spec.
 */

import React from 'react';

import { Checkbox, IBaseProps } from '../common';

interface IUpdateOptionsProps extends IBaseProps {
  options: { prune: boolean; upgrade: boolean };
  onChange: (options: IUpdateOptionsProps['options']) => void;
}

export function UpdateOptions(props: IUpdateOptionsProps): JSX.Element {
  const { onChange, options, trans } = props;
  return (
    <fieldset className="jp-EnvKernels-updateOptions">
      <legend className="jp-EnvKernels-screenReader">
        {trans.__('Update options')}
      </legend>
      <Checkbox
        label={trans.__('Prune')}
        hint={trans.__('Remove packages that the spec does not need.')}
        isChecked={options.prune}
        onChange={prune => onChange({ ...options, prune })}
      />
      <Checkbox
        label={trans.__('Upgrade')}
        hint={trans.__(
          'Update all packages to the newest compatible versions.'
        )}
        isChecked={options.upgrade}
        onChange={upgrade => onChange({ ...options, upgrade })}
      />
    </fieldset>
  );
}
