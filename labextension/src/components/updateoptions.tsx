/**
 * How far an update from a spec may go.
 */

import React from 'react';

import { Checkbox, IBaseProps } from './common';

interface IUpdateOptionsProps extends IBaseProps {
  options: { prune: boolean; upgrade: boolean };
  onChange: (options: IUpdateOptionsProps['options']) => void;
}

export function UpdateOptions(props: IUpdateOptionsProps): JSX.Element {
  const { onChange, options, trans } = props;
  return (
    <fieldset className="jp-EnvKernels-updateOptions">
      <legend className="jp-EnvKernels-screenReader">
        {trans.__('Options of the update')}
      </legend>
      <Checkbox
        label={trans.__('Prune')}
        hint={trans.__('Remove what the spec does not ask for.')}
        isChecked={options.prune}
        onChange={prune => onChange({ ...options, prune })}
      />
      <Checkbox
        label={trans.__('Upgrade')}
        hint={trans.__('Take the newest packages that fit.')}
        isChecked={options.upgrade}
        onChange={upgrade => onChange({ ...options, upgrade })}
      />
    </fieldset>
  );
}
