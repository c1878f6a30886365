/**
 * Which actions an environment allows, and why others are not allowed.
 */

import { TranslationBundle } from '@jupyterlab/translation';

import { IEnvironment, IKernel } from '../types';

/** Problems that adding a kernel solves. */
const NO_KERNEL = ['no-kernel', 'no-kernelspec'];

/** Return the kernels that can be started. */
export function usableKernels(environment: IEnvironment): IKernel[] {
  return environment.kernels.filter(kernel => !kernel.problem);
}

/** Return why the environment cannot be changed or deleted; null if it can. */
export function whyKept(
  environment: IEnvironment,
  trans: TranslationBundle
): string | null {
  if (environment.is_running) {
    return trans.__('Jupyter itself runs in this environment');
  }
  if (environment.is_base) {
    return trans.__(
      'The base environment of a conda installation cannot be changed here'
    );
  }
  return environment.read_only
    ? trans.__('You cannot change this environment')
    : null;
}

/** Return why the environment must not be run, cloned or changed; null if it may be. */
export function whyNotTrusted(
  environment: IEnvironment,
  trans: TranslationBundle
): string | null {
  return environment.is_trusted
    ? null
    : trans.__('Other accounts can change what this environment runs');
}

/** Return why no notebook can be opened; null if one can. */
export function whyNoNotebook(
  environment: IEnvironment,
  trans: TranslationBundle
): string | null {
  if (usableKernels(environment).length) {
    return null;
  }
  const problem = environment.problem ?? environment.kernels[0]?.problem;
  return problem?.message ?? trans.__('This environment has no kernel');
}

/** Return whether a kernel is missing and can be added. */
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
