/**
 * What is above the text of a spec: what is to come of it, where the text comes from, and the buttons that do it.
 */

import { fileUploadIcon, folderIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { RequestError } from '../restapi';
import { ITemplate } from '../types';
import { IBaseProps, Notice, TextButton } from './common';
import { describe } from './labels';

/** Whether the draft has a plan: being made, ready, not to be made, or of an earlier text. */
export type PreviewState = 'none' | 'pending' | 'ready' | 'failed' | 'outdated';

export interface ISpecHeaderProps extends IBaseProps {
  /** The name of the new environment, or the options of an update. */
  subject: React.ReactNode;
  /** Whether there is an environment, which is updated. */
  isUpdate: boolean;
  /** What there is to begin with. */
  templates: ReadonlyArray<ITemplate>;
  /** The file that was opened, if any, and whether the text was changed since. */
  openedPath: string | null;
  isChanged: boolean;
  isStarting: boolean;
  preview: PreviewState;
  /** Why the server refused the spec. */
  error: RequestError | null;
  /** What the limits of the server mean for the spec. */
  limits?: React.ReactNode;
  actions: {
    begin: (template: ITemplate) => void;
    upload: (file: File) => void;
    browse: (() => void) | null;
    preview: () => void;
    showPreview: () => void;
    /** Create or update without looking first. */
    apply: () => void;
  };
}

export function SpecHeader(props: ISpecHeaderProps): JSX.Element {
  const { actions, error, isStarting, isUpdate, subject, trans } = props;
  return (
    <>
      <div className="jp-EnvKernels-specHeader">
        {subject}
        <div className="jp-EnvKernels-buttons">
          {props.templates.length > 0 && <TemplateSelect {...props} />}
          <UploadButton {...props} />
          {actions.browse && (
            <TextButton icon={folderIcon} onClick={actions.browse}>
              {trans.__('From file browser…')}
            </TextButton>
          )}
          <TextButton
            disabled={isStarting}
            title={trans.__('See what would be installed; nothing is changed')}
            onClick={actions.preview}
          >
            {trans.__('Preview')}
          </TextButton>
          <TextButton
            kind="primary"
            disabled={isStarting}
            title={
              isUpdate
                ? trans.__('Update the environment (Ctrl or Command + Enter)')
                : trans.__('Create the environment (Ctrl or Command + Enter)')
            }
            onClick={actions.apply}
          >
            {isUpdate ? trans.__('Update') : trans.__('Create')}
          </TextButton>
        </div>
      </div>
      <Origin {...props} />
      <PreviewLine {...props} />
      {error && <Notice problem={describe(error, trans)} trans={trans} />}
      {props.limits}
    </>
  );
}

/** What has become of the preview. */
function PreviewLine(props: ISpecHeaderProps): JSX.Element {
  const { actions, preview, trans } = props;
  const words: { [state in PreviewState]: string } = {
    none: '',
    pending: trans.__('The preview is being made.'),
    ready: trans.__('There is a preview of this spec.'),
    failed: trans.__('There is no preview of this spec: it failed.'),
    outdated: trans.__(
      'The spec was changed: its preview was discarded. Choose "Preview" for a new one.'
    )
  };
  return (
    <div
      className="jp-EnvKernels-previewLine"
      role="status"
      data-envkernels-preview={preview}
    >
      {words[preview]}
      {preview !== 'none' && preview !== 'outdated' && (
        <button
          type="button"
          className="jp-EnvKernels-link"
          onClick={actions.showPreview}
        >
          {preview === 'failed' ? trans.__('Show why') : trans.__('Show it')}
        </button>
      )}
    </div>
  );
}

export interface INameFieldProps extends IBaseProps {
  name: string;
  /** The name that counts while the field is empty. */
  specName: string;
  isNameValid: boolean;
  /** Whether the server has read the spec, so that a missing name is known. */
  isRead: boolean;
  setName: (name: string) => void;
}

/** The name of the environment that is to be created. */
export function NameField(props: INameFieldProps): JSX.Element {
  const { isNameValid, isRead, name, setName, specName, trans } = props;
  const id = React.useId();
  const isWrong = !isNameValid && (name !== '' || isRead);
  return (
    <div className="jp-EnvKernels-nameField">
      <label htmlFor={id}>{trans.__('Name')}</label>
      <input
        id={id}
        className="jp-mod-styled"
        type="text"
        value={name}
        placeholder={specName || trans.__('Name of the environment')}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={isWrong}
        aria-describedby={isWrong ? `${id}-hint` : undefined}
        onChange={event => setName(event.target.value)}
      />
      {isWrong && (
        <span id={`${id}-hint`} className="jp-EnvKernels-fieldError">
          {trans.__(
            'Use letters, digits, dot, dash and underscore; begin with a letter, a digit or an underscore.'
          )}
        </span>
      )}
    </div>
  );
}

/** Chosen like an entry of a menu: nothing stays chosen. */
function TemplateSelect(props: ISpecHeaderProps): JSX.Element {
  const { actions, templates, trans } = props;
  return (
    <select
      className="jp-EnvKernels-templates"
      aria-label={trans.__('Begin with a template')}
      value=""
      onChange={({ target }) => {
        const chosen = templates.find(({ name }) => name === target.value);
        if (chosen) {
          actions.begin(chosen);
        }
      }}
    >
      <option value="">{trans.__('Templates…')}</option>
      {templates.map(({ description, name, title }) => (
        <option key={name} value={name} title={description}>
          {title}
        </option>
      ))}
    </select>
  );
}

function UploadButton({ actions, trans }: ISpecHeaderProps): JSX.Element {
  const input = React.useRef<HTMLInputElement>(null);
  return (
    <>
      <TextButton
        icon={fileUploadIcon}
        title={trans.__('Read a file of this computer')}
        onClick={() => input.current!.click()}
      >
        {trans.__('Upload…')}
      </TextButton>
      <input
        ref={input}
        type="file"
        hidden
        accept=".yml,.yaml,.lock,.txt"
        data-envkernels-upload
        aria-label={trans.__('Spec to upload')}
        onChange={event => {
          const file = event.target.files?.[0];
          // Forget the file, so that it can be chosen again.
          event.target.value = '';
          if (file) {
            actions.upload(file);
          }
        }}
      />
    </>
  );
}

function Origin(props: ISpecHeaderProps): JSX.Element | null {
  const { isChanged, openedPath, trans } = props;
  if (openedPath === null) {
    return null;
  }
  return (
    <div className="jp-EnvKernels-origin" data-envkernels-path={openedPath}>
      {isChanged
        ? trans.__(
            'From %1, changed since; the file stays as it is.',
            openedPath
          )
        : trans.__('From %1', openedPath)}
    </div>
  );
}
