/**
 * What a row says about an environment.
 */

import { TranslationBundle } from '@jupyterlab/translation';

import { IEnvironment, IJob, IKernel, IProblem } from '../../types';
import { formatBytes, formatDay, formatPace, formatProgress } from '../format';
import { phaseWork } from '../labels';
import { canHaveKernel } from '../permissions';

/** Return the second line: "Python 3.12 · 412 MB · used yesterday". */
export function factsLine(
  environment: IEnvironment,
  running: number,
  trans: TranslationBundle
): string {
  const { usage } = environment;
  return [
    languages(environment).join(', '),
    usage ? formatBytes(usage.own_bytes) : '',
    lastUse(environment, running, trans)
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Return the languages of the kernels, each once, and the version of Python. */
export function languages(
  environment: Pick<IEnvironment, 'kernels' | 'python'>
): string[] {
  const { kernels, python } = environment;
  const names = kernels.length ? kernels.map(languageName) : ['Python'];
  return [...new Set(names)]
    .filter(name => kernels.length > 0 || python !== null)
    .map(name => (name === 'Python' && python ? `Python ${python}` : name));
}

function languageName({ language }: IKernel): string {
  return language.charAt(0).toUpperCase() + language.slice(1);
}

function lastUse(
  environment: IEnvironment,
  running: number,
  trans: TranslationBundle
): string {
  const { is_running, last_used } = environment;
  if (is_running || running > 0) {
    return trans.__('in use');
  }
  return last_used
    ? trans.__('used %1', formatDay(last_used, trans))
    : trans.__('never used');
}

/** What is wrong with an environment, in a few words. */
export interface IRowProblem {
  severity: 'error' | 'warning';
  text: string;
  /** The whole messages with their remedies. */
  details: string;
  /** What one click can do about it. */
  remedy: 'add-kernel' | 'unlist' | null;
}

/** Return the problem that a row shows; null if there is none. A mark says that an environment is not trusted. */
export function rowProblem(
  environment: IEnvironment,
  trans: TranslationBundle
): IRowProblem | null {
  const { activation_problems: scripts, is_trusted, problem } = environment;
  if (problem && is_trusted) {
    return {
      severity: 'error',
      text: problemText(environment, problem, trans),
      details: sentence(problem),
      remedy: remedyOf(environment, problem, trans)
    };
  }
  return scripts.length === 0
    ? null
    : {
        severity: 'warning',
        text: scripts[0].message,
        details: scripts.map(sentence).join('\n'),
        remedy: null
      };
}

function sentence({ message, remedy }: IProblem): string {
  return [message, remedy].filter(Boolean).join(' ');
}

function problemText(
  { python }: IEnvironment,
  { code, message }: IProblem,
  trans: TranslationBundle
): string {
  const words: { [code: string]: string } = {
    'no-kernel': python
      ? trans.__('ipykernel is missing')
      : trans.__('It has no kernel'),
    'no-kernelspec': trans.__('The kernelspec of ipykernel is missing'),
    gone: trans.__('Its folder is gone'),
    'dangling-link': trans.__('Its folder is a link to nothing')
  };
  return words[code] ?? message;
}

function remedyOf(
  environment: IEnvironment,
  { code }: IProblem,
  trans: TranslationBundle
): IRowProblem['remedy'] {
  if (code === 'gone') {
    return 'unlist';
  }
  return canHaveKernel(environment, trans) ? 'add-kernel' : null;
}

/** Return two lines on a running job: "Downloading · 38 of 96 MB", "12.4 MB/s · 5 s left". */
export function jobLines(
  job: IJob,
  isCancelling: boolean,
  trans: TranslationBundle
): [string, string] {
  const { message, phase, progress, state } = job;
  if (isCancelling) {
    return [trans.__('Cancelling…'), ''];
  }
  if (state === 'queued' || !phase) {
    return [state === 'queued' ? trans.__('Queued') : message, ''];
  }
  const amount = progress ? formatProgress(progress, trans) : '';
  const pace = progress ? formatPace(progress, trans) : '';
  const work = phaseWork(phase, trans);
  return [amount ? trans.__('%1 · %2', work, amount) : work, pace || message];
}
