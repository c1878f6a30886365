/**
 * What is above the text of a spec: the name, where the text comes from, and the button that creates.
 */

import { fileUploadIcon, folderIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { RequestError } from '../restapi';
import { IBaseProps, ProblemText, TextButton } from './common';
import { describe } from './words';

export interface ISpecHeaderProps extends IBaseProps {
  name: string;
  /** The name that counts while the field is empty. */
  specName: string;
  isNameValid: boolean;
  /** Whether the server has read the spec, so that a missing name is known. */
  isRead: boolean;
  /** The file that was opened, if any, and whether the text was changed since. */
  openedPath: string | null;
  isChanged: boolean;
  isStarting: boolean;
  /** Why the server refused the spec. */
  error: RequestError | null;
  actions: {
    setName: (name: string) => void;
    upload: (file: File) => void;
    browse: (() => void) | null;
    create: () => void;
  };
}

export function SpecHeader(props: ISpecHeaderProps): JSX.Element {
  const { actions, error, isStarting, trans } = props;
  return (
    <>
      <div className="jp-EnvKernels-specHeader">
        <NameField {...props} />
        <div className="jp-EnvKernels-buttons">
          <UploadButton {...props} />
          {actions.browse && (
            <TextButton icon={folderIcon} onClick={actions.browse}>
              {trans.__('From file browser…')}
            </TextButton>
          )}
          <TextButton
            kind="primary"
            disabled={isStarting}
            title={trans.__('Create the environment (Ctrl or Command + Enter)')}
            onClick={actions.create}
          >
            {trans.__('Create')}
          </TextButton>
        </div>
      </div>
      <Origin {...props} />
      {error && (
        <div role="alert" className="jp-EnvKernels-notice">
          <ProblemText problem={describe(error, trans)} />
        </div>
      )}
    </>
  );
}

function NameField(props: ISpecHeaderProps): JSX.Element {
  const { actions, isNameValid, isRead, name, specName, trans } = props;
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
        onChange={event => actions.setName(event.target.value)}
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
        accept=".yml,.yaml"
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
