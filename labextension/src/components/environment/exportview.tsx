/**
 * An exported environment.
 */

import {
  copyIcon,
  downloadIcon,
  HTMLSelect,
  saveIcon
} from '@jupyterlab/ui-components';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { RequestError } from '../../restapi';
import { EXPORT_FORMATS, ExportFormat, IExported } from '../../types';
import { IBaseProps, Notice, TextButton } from '../common';
import { SeverityIcon } from '../icons';
import { describe } from '../labels';

/** Return the name of a format. */
export function formatName(
  format: ExportFormat,
  trans: TranslationBundle
): string {
  const names: { [format in ExportFormat]: string } = {
    yaml: trans.__('environment.yml, exact'),
    'yaml-no-builds': trans.__('environment.yml, versions'),
    'yaml-from-history': trans.__('environment.yml, requested packages'),
    explicit: trans.__('@EXPLICIT list of URLs'),
    'pixi-lock': trans.__('pixi.lock'),
    requirements: trans.__('requirements.txt')
  };
  return names[format];
}

/** Return a hint when to use a format. */
function formatHint(format: ExportFormat, trans: TranslationBundle): string {
  const hints: { [format in ExportFormat]: string } = {
    yaml: trans.__(
      'Every package with version and build: the same environment on machines of the same platform.'
    ),
    'yaml-no-builds': trans.__(
      'Every package with its version: nearly the same environment, also on other platforms.'
    ),
    'yaml-from-history': trans.__(
      'Only the requested packages: a short file that is easy to edit.'
    ),
    explicit: trans.__(
      'The URL and hash of every conda package: installed without solving. Does not include pip packages.'
    ),
    'pixi-lock': trans.__(
      'The URL and hash of every conda package, for pixi. Includes pip packages only if they came from a URL or a folder.'
    ),
    requirements: trans.__('The Python packages, for pip.')
  };
  return hints[format];
}

export interface IExportViewProps extends IBaseProps {
  format: ExportFormat;
  /** Null while it is loading. */
  exported: IExported | null;
  error: RequestError | null;
  /** A note about the last action. */
  done: string;
  actions: {
    setFormat: (format: ExportFormat) => void;
    copy: () => void;
    download: () => void;
    /** Save it in the folder of the file browser; null without a file browser. */
    save: (() => void) | null;
  };
}

export function ExportView(props: IExportViewProps): JSX.Element {
  const { actions, done, error, exported, format, trans } = props;
  const text = exported?.text ?? null;
  return (
    <div className="jp-EnvKernels-export" data-export-format={format}>
      <HTMLSelect
        aria-label={trans.__('Format')}
        value={format}
        onChange={event =>
          actions.setFormat(event.target.value as ExportFormat)
        }
      >
        {EXPORT_FORMATS.map(one => (
          <option key={one} value={one}>
            {formatName(one, trans)}
          </option>
        ))}
      </HTMLSelect>
      <p className="jp-EnvKernels-planNote">{formatHint(format, trans)}</p>
      {exported !== null && exported.left_out.length > 0 && (
        <LeftOut names={exported.left_out} trans={trans} />
      )}
      {error ? (
        <Notice problem={describe(error, trans)} trans={trans} />
      ) : (
        <textarea
          readOnly
          className="jp-EnvKernels-exportText"
          aria-label={trans.__('File content')}
          aria-busy={text === null}
          spellCheck={false}
          value={text ?? trans.__('Reading the packages…')}
        />
      )}
      <div className="jp-EnvKernels-buttons">
        <TextButton
          icon={copyIcon}
          disabled={text === null}
          onClick={actions.copy}
        >
          {trans.__('Copy')}
        </TextButton>
        <TextButton
          icon={downloadIcon}
          disabled={text === null}
          onClick={actions.download}
        >
          {trans.__('Download')}
        </TextButton>
        {actions.save && (
          <TextButton
            icon={saveIcon}
            disabled={text === null}
            onClick={actions.save}
          >
            {trans.__('Save in file browser')}
          </TextButton>
        )}
      </div>
      <p className="jp-EnvKernels-exportDone" role="status">
        {done}
      </p>
    </div>
  );
}

/** The number of package names shown. */
const SHOWN = 10;

/** Show which packages the file does not include. */
function LeftOut(props: IBaseProps & { names: string[] }): JSX.Element {
  const { names, trans } = props;
  const more = names.length > SHOWN ? ' …' : '';
  return (
    <ul
      className="jp-EnvKernels-warnings"
      aria-label={trans.__('Missing packages')}
    >
      <li data-severity="warning">
        <SeverityIcon severity="warning" />
        <span>
          {trans._n(
            'The file does not include %1 package of the environment: %2.',
            'The file does not include %1 packages of the environment: %2.',
            names.length,
            names.slice(0, SHOWN).join(', ') + more
          )}
          <span className="jp-EnvKernels-remedy">
            {' '}
            {trans.__('“%1” includes all of them.', formatName('yaml', trans))}
          </span>
        </span>
      </li>
    </ul>
  );
}
