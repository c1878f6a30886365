/**
 * The marks at the right of a row.
 */

import { LabIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IEnvironment } from '../../types';
import { IBaseProps } from '../common';
import { lockIcon, shieldIcon } from '../icons';
import { whyNotTrusted } from '../permissions';

/** A word about an environment; in the row under the pointer its icon stands alone. */
interface IMark {
  word: string;
  title: string;
  icon?: LabIcon;
}

interface IMarksProps extends IBaseProps {
  environment: IEnvironment;
  /** The number of running kernels. */
  running: number;
}

export function Marks(props: IMarksProps): JSX.Element {
  const { environment, running, trans } = props;
  return (
    <>
      {running > 0 && (
        <span
          className="jp-EnvKernels-running"
          title={trans._n(
            '%1 kernel is running',
            '%1 kernels are running',
            running
          )}
        >
          {running}
        </span>
      )}
      {marksOf(environment, trans).map(({ icon: Icon, title, word }) => (
        <span key={word} className="jp-EnvKernels-mark" title={title}>
          {Icon && <Icon.react tag="span" aria-hidden="true" />}
          <span className={Icon && 'jp-EnvKernels-markWord'}>{word}</span>
        </span>
      ))}
    </>
  );
}

function marksOf(
  environment: IEnvironment,
  trans: IBaseProps['trans']
): IMark[] {
  const marks: (IMark | false)[] = [
    environment.is_base && {
      word: trans.__('base'),
      title: trans.__('The base environment of a conda installation')
    },
    environment.is_running && {
      word: trans.__('runs Jupyter'),
      title: trans.__('Jupyter itself runs in this environment')
    },
    environment.read_only &&
      environment.problem?.code !== 'gone' && {
        word: trans.__('read-only'),
        title: environment.is_shared
          ? trans.__('You can use and clone it; only its owner can change it')
          : trans.__('You cannot change this environment'),
        icon: lockIcon
      },
    !environment.is_trusted && {
      word: trans.__('not trusted'),
      title: trustTitle(environment, trans),
      icon: shieldIcon
    }
  ];
  return marks.filter(mark => mark !== false);
}

/** Return why it is not trusted, and the command that trusts it. */
function trustTitle(
  environment: IEnvironment,
  trans: IBaseProps['trans']
): string {
  const { problem } = environment;
  return problem
    ? `${problem.message}\n${problem.remedy}`
    : whyNotTrusted(environment, trans)!;
}
