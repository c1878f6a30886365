/**
 * The header of the spec editor: name or update options, origin of the text, and buttons.
 */

import { fileUploadIcon, folderIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { RequestError } from '../../restapi';
import { ITemplate } from '../../types';
import { IBaseProps, Notice, TextButton } from '../common';
import { describe } from '../labels';

/** The state of the draft's preview; `outdated` if the text has changed since. */
export type PreviewState = 'none' | 'pending' | 'ready' | 'failed' | 'outdated';

export interface ISpecHeaderProps extends IBaseProps {
  /** The name of the new environment, or the options of an update. */
  subject: React.ReactNode;
  /** Whether the spec updates an existing environment. */
  isUpdate: boolean;
  /** Templates to start from. */
  templates: ReadonlyArray<ITemplate>;
  /** The file that was opened, if any, and whether the text was changed since. */
  openedPath: string | null;
  isChanged: boolean;
  isStarting: boolean;
  preview: PreviewState;
  /** Why the server refused the spec. */
  error: RequestError | null;
  /** The server's limits. */
  limits?: React.ReactNode;
  actions: {
    begin: (template: ITemplate) => void;
    upload: (file: File) => void;
    browse: (() => void) | null;
    preview: () => void;
    showPreview: () => void;
    /** Create or update without a preview. */
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
            title={trans.__(
              'Show what would be installed, without changing anything'
            )}
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

/** Show the state of the preview. */
function PreviewLine(props: ISpecHeaderProps): JSX.Element {
  const { actions, preview, trans } = props;
  const words: { [state in PreviewState]: string } = {
    none: '',
    pending: trans.__('Creating the preview…'),
    ready: trans.__('The preview of this spec is ready.'),
    failed: trans.__('The preview of this spec failed.'),
    outdated: trans.__(
      'The spec has changed, so its preview was discarded. Choose "Preview" for a new one.'
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
          {preview === 'failed'
            ? trans.__('Show error')
            : trans.__('Show preview')}
        </button>
      )}
    </div>
  );
}

export interface INameFieldProps extends IBaseProps {
  name: string;
  /** The name that is used while the field is empty. */
  specName: string;
  isNameValid: boolean;
  /** Whether the server has parsed the spec, so that a missing name is known. */
  isRead: boolean;
  setName: (name: string) => void;
}

/** Show the field for the name of the new environment. */
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
            'Use letters, digits, dots, dashes and underscores; start with a letter, a digit or an underscore.'
          )}
        </span>
      )}
    </div>
  );
}

export interface IDateFieldProps extends IBaseProps {
  /** The day, as 2026-11-01; empty for none. */
  date: string;
  setDate: (date: string) => void;
}

/** Show the field for the day after which packages are left out. */
export function DateField(props: IDateFieldProps): JSX.Element {
  const { date, setDate, trans } = props;
  const id = React.useId();
  return (
    <div className="jp-EnvKernels-dateField">
      <label htmlFor={id}>{trans.__('Packages as of')}</label>
      <input
        id={id}
        className="jp-mod-styled"
        type="date"
        value={date}
        title={trans.__(
          'Leave out packages that are newer than this day. Optional.'
        )}
        onChange={event => setDate(event.target.value)}
      />
    </div>
  );
}

/** Show the templates as a menu: none stays selected. */
function TemplateSelect(props: ISpecHeaderProps): JSX.Element {
  const { actions, templates, trans } = props;
  return (
    <select
      className="jp-EnvKernels-templates"
      aria-label={trans.__('Start from a template')}
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
        title={trans.__('Upload a file from your computer')}
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
        aria-label={trans.__('Spec file')}
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
            'From %1, edited here. The file itself is not changed.',
            openedPath
          )
        : trans.__('From %1', openedPath)}
    </div>
  );
}
