/**
 * Dialogs.
 */

import { Dialog, showDialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { describe } from '../components/labels';
import { IEnvironment, NAME_PATTERN } from '../types';

/** Return an unused name for a copy: NAME-copy, NAME-copy-2 and so on. */
export function copyName(name: string, taken: ReadonlyArray<string>): string {
  for (let turn = 1; ; turn++) {
    const ending = turn === 1 ? '-copy' : `-copy-${turn}`;
    const candidate = `${name.slice(0, 100 - ending.length)}${ending}`;
    if (!taken.includes(candidate)) {
      return candidate;
    }
  }
}

/** Return the input pattern for names that are valid and not taken. */
export function freeNamePattern(taken: ReadonlyArray<string>): string {
  // Names that do not match the pattern cannot be entered anyway.
  const words = taken
    .filter(name => new RegExp(NAME_PATTERN).test(name))
    .map(name => name.replace(/[.]/g, '[.]'));
  const free = words.length ? `(?!(?:${words.join('|')})$)` : '';
  return `${free}${NAME_PATTERN}`;
}

interface INameOptions {
  label: string;
  /** A sentence that says what will happen. */
  note: string;
  proposed: string;
  /** Existing names. */
  taken: ReadonlyArray<string>;
  trans: TranslationBundle;
}

/** A field for a name. The dialog disables its accept button while the input is invalid. */
class NameBody extends Widget implements Dialog.IBodyWidget<string> {
  constructor({ label, note, proposed, taken, trans }: INameOptions) {
    super();
    this.addClass('jp-EnvKernels-nameBody');
    const field = document.createElement('label');
    field.textContent = label;
    this._input = document.createElement('input');
    this._input.className = 'jp-mod-styled';
    this._input.required = true;
    this._input.spellcheck = false;
    this._input.pattern = freeNamePattern(taken);
    this._input.value = proposed;
    field.append(this._input);
    const hint = document.createElement('div');
    hint.className = 'jp-EnvKernels-fieldError';
    hint.setAttribute('role', 'status');
    this._input.addEventListener('input', () => {
      const { valid } = this._input.validity;
      const isTaken = taken.includes(this._input.value);
      const reason = isTaken
        ? trans.__('An environment with this name already exists.')
        : trans.__(
            'Use letters, digits, dots, dashes and underscores; start with a letter, a digit or an underscore.'
          );
      hint.textContent = valid ? '' : reason;
    });
    const sentence = document.createElement('p');
    sentence.textContent = note;
    this.node.append(sentence, field, hint);
  }

  getValue(): string {
    return this._input.value;
  }

  private readonly _input: HTMLInputElement;
}

/** The name of the copy, and whether to preview it first. */
export interface ICloneAnswer {
  name: string;
  isPreview: boolean;
}

/** Ask for the name of a copy; resolve to null if cancelled. */
export async function askCloneName(
  source: IEnvironment,
  taken: ReadonlyArray<string>,
  trans: TranslationBundle
): Promise<ICloneAnswer | null> {
  const preview = trans.__('Preview');
  const { button, value } = await showDialog({
    title: trans.__('Clone %1', source.name),
    body: new NameBody({
      label: trans.__('Name of the copy'),
      note: trans.__(
        'The copy will have the same packages in the same versions, including those installed with pip.'
      ),
      proposed: copyName(source.name, taken),
      taken,
      trans
    }),
    focusNodeSelector: 'input',
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.createButton({ label: preview, accept: true }),
      Dialog.okButton({ label: trans.__('Clone') })
    ]
  });
  return button.accept && value !== null
    ? { name: value, isPreview: button.label === preview }
    : null;
}

/** Ask for the new name; resolve to null if cancelled. */
export async function askNewName(
  environment: IEnvironment,
  taken: ReadonlyArray<string>,
  trans: TranslationBundle
): Promise<string | null> {
  const { button, value } = await showDialog({
    title: trans.__('Rename %1', environment.name),
    body: new NameBody({
      label: trans.__('New name'),
      note: trans.__(
        'The environment will be moved to a folder with this name. Notebooks will still find its kernels.'
      ),
      proposed: environment.name,
      taken,
      trans
    }),
    focusNodeSelector: 'input',
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Rename') })
    ]
  });
  return button.accept ? value : null;
}

/** Ask whether to delete an environment. */
export async function confirmRemove(
  environment: IEnvironment,
  trans: TranslationBundle
): Promise<boolean> {
  const body = new Widget();
  body.addClass('jp-EnvKernels-removeBody');
  const question = document.createElement('p');
  question.textContent = trans.__(
    'The environment "%1" with all its packages and kernels will be deleted. This cannot be undone.',
    environment.name
  );
  const prefix = document.createElement('code');
  prefix.textContent = environment.prefix;
  body.node.append(question, prefix);
  const { button } = await showDialog({
    title: trans.__('Delete %1?', environment.name),
    body,
    defaultButton: 0,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Delete') })
    ]
  });
  return button.accept;
}

/**
 * Ask whether to delete an environment although kernels are running in it.
 *
 * @param running - The names of the kernels.
 */
export async function confirmForce(
  environment: IEnvironment,
  running: ReadonlyArray<string>,
  trans: TranslationBundle
): Promise<boolean> {
  const body = new Widget();
  body.addClass('jp-EnvKernels-removeBody');
  const question = document.createElement('p');
  question.textContent = trans.__(
    'Kernels are running in "%1". They will lose their packages, and their results may be lost.',
    environment.name
  );
  const list = document.createElement('ul');
  for (const text of running) {
    const item = document.createElement('li');
    item.textContent = text;
    list.append(item);
  }
  body.node.append(question, list);
  const { button } = await showDialog({
    title: trans.__('Delete %1 while kernels are running?', environment.name),
    body,
    defaultButton: 0,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Delete anyway') })
    ]
  });
  return button.accept;
}

/** Ask whether the text of the editor may be replaced. */
export async function confirmReplace(
  trans: TranslationBundle
): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Replace the spec in the editor?'),
    body: trans.__('Your text is not saved anywhere else.'),
    defaultButton: 0,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Replace') })
    ]
  });
  return button.accept;
}

/** Ask whether a spec may be lost with its tab. */
export async function confirmDiscard(
  name: string,
  trans: TranslationBundle
): Promise<boolean> {
  const { button } = await showDialog({
    title: name
      ? trans.__('Discard the spec of %1?', name)
      : trans.__('Discard the spec?'),
    body: trans.__('Your text is not saved anywhere else.'),
    defaultButton: 0,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Discard') })
    ]
  });
  return button.accept;
}

/** Show an error and its remedy. */
export async function showProblem(
  title: string,
  error: unknown,
  trans: TranslationBundle
): Promise<void> {
  const { message, remedy } = describe(error, trans);
  const body = new Widget();
  body.addClass('jp-EnvKernels-problemBody');
  for (const text of [message, remedy].filter(Boolean)) {
    const line = document.createElement('p');
    line.textContent = text;
    body.node.append(line);
  }
  await showDialog({
    title,
    body,
    buttons: [Dialog.okButton({ label: trans.__('Dismiss') })]
  });
}
