/**
 * What can be done with an environment, and why the rest cannot.
 */

import { TranslationBundle } from '@jupyterlab/translation';

import { IEnvironment, IKernel } from '../types';

/** What an environment lacks that can be helped by a kernel. */
const NO_KERNEL = ['no-kernel', 'no-kernelspec'];

/** The kernels that can be started. */
export function usableKernels(environment: IEnvironment): IKernel[] {
  return environment.kernels.filter(kernel => !kernel.problem);
}

/** Why the environment can be neither changed nor deleted; null where it can. */
export function whyKept(
  environment: IEnvironment,
  trans: TranslationBundle
): string | null {
  if (environment.is_running) {
    return trans.__('Jupyter itself runs in this environment');
  }
  if (environment.is_base) {
    return trans.__('The root of a conda installation is left alone here');
  }
  return environment.read_only
    ? trans.__('You may not change this environment')
    : null;
}

/** Why the environment may be neither run nor cloned or changed; null where it may be. */
export function whyNotTrusted(
  environment: IEnvironment,
  trans: TranslationBundle
): string | null {
  return environment.is_trusted
    ? null
    : trans.__('Other accounts can change what this environment runs');
}

/** Whether a kernel is missing, and can be added. */
export function canHaveKernel(
  environment: IEnvironment,
  trans: TranslationBundle
): boolean {
  const { problem } = environment;
  return (
    problem !== null &&
    NO_KERNEL.includes(problem.code) &&
    whyKept(environment, trans) === null
  );
}
