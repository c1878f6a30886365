/**
 * Icons of the panel.
 */

import {
  checkIcon,
  closeIcon,
  historyIcon,
  infoIcon,
  juliaIcon,
  kernelIcon,
  LabIcon,
  pythonIcon,
  rKernelIcon
} from '@jupyterlab/ui-components';
import React from 'react';

import environmentSvg from '../../style/icons/environment.svg';
import errorSvg from '../../style/icons/error.svg';
import lockSvg from '../../style/icons/lock.svg';
import shieldSvg from '../../style/icons/shield.svg';
import warningSvg from '../../style/icons/warning.svg';
import { IKernel, JobState, Severity } from '../types';

/** The icon of environments. */
export const environmentIcon = new LabIcon({
  name: 'jupyter-envkernels:environment',
  svgstr: environmentSvg
});

export const lockIcon = new LabIcon({
  name: 'jupyter-envkernels:lock',
  svgstr: lockSvg
});

export const shieldIcon = new LabIcon({
  name: 'jupyter-envkernels:shield',
  svgstr: shieldSvg
});

const errorIcon = new LabIcon({
  name: 'jupyter-envkernels:error',
  svgstr: errorSvg
});

const warningIcon = new LabIcon({
  name: 'jupyter-envkernels:warning',
  svgstr: warningSvg
});

const LANGUAGES: { [language: string]: LabIcon } = {
  python: pythonIcon,
  r: rKernelIcon,
  julia: juliaIcon
};

/** Return the icon of a kernel's language. */
export function kernelLogo({ language }: IKernel): LabIcon {
  return LANGUAGES[language.toLowerCase()] ?? kernelIcon;
}

const SEVERITY_ICONS: { [severity in Severity]: LabIcon } = {
  error: errorIcon,
  warning: warningIcon,
  info: infoIcon
};

/** Show the icon of a severity. */
export function SeverityIcon(props: { severity: Severity }): JSX.Element {
  const Icon = SEVERITY_ICONS[props.severity];
  return (
    <span className="jp-EnvKernels-severity" data-severity={props.severity}>
      <Icon.react tag="span" />
    </span>
  );
}

const STATE_ICONS: { [state in JobState]: LabIcon | null } = {
  queued: historyIcon,
  running: null,
  succeeded: checkIcon,
  failed: errorIcon,
  cancelled: closeIcon,
  interrupted: errorIcon
};

/** Show the icon of a job state; a spinner while it runs. */
export function StateIcon(props: { state: JobState }): JSX.Element {
  const icon = STATE_ICONS[props.state];
  return (
    <span
      className="jp-EnvKernels-stateIcon"
      data-state={props.state}
      aria-hidden="true"
    >
      {icon ? (
        <icon.react tag="span" />
      ) : (
        <span className="jp-EnvKernels-spinner" />
      )}
    </span>
  );
}
