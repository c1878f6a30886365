/**
 * The export dialog.
 */

import { Clipboard, Dialog, showDialog } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { ExportView } from '../components/environment/exportview';
import { AsyncValue } from '../model';
import { RestAPI } from '../restapi';
import { ExportFormat, IEnvironment, IExported } from '../types';

/** The options of the export dialog. */
export interface IExportOptions {
  api: Pick<RestAPI, 'exportEnvironment'>;
  trans: TranslationBundle;
  /** Write a file in the folder of the file browser, and return its path; null without a file browser. */
  saveFile: ((name: string, text: string) => Promise<string>) | null;
}

/** Return the file name; it tells the file browser and other programs the type. */
export function fileName(name: string, format: ExportFormat): string {
  const names: { [format in ExportFormat]: string } = {
    yaml: `environment-${name}.yml`,
    'yaml-no-builds': `environment-${name}.yml`,
    'yaml-from-history': `environment-${name}.yml`,
    explicit: `explicit-${name}.txt`,
    'pixi-lock': 'pixi.lock',
    requirements: `requirements-${name}.txt`
  };
  return names[format];
}

/** The body of the dialog. */
export class ExportBody extends ReactWidget {
  constructor(
    private readonly _environment: IEnvironment,
    private _format: ExportFormat,
    private readonly _options: IExportOptions
  ) {
    super();
    this.addClass('jp-EnvKernels-exportBody');
    this._exported = this._load();
  }

  dispose(): void {
    this._exported.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const { saveFile, trans } = this._options;
    return (
      <ExportView
        format={this._format}
        exported={this._exported.value}
        error={this._exported.error}
        done={this._done}
        trans={trans}
        actions={{
          setFormat: format => this._setFormat(format),
          copy: () => this._copy(),
          download: () => this._download(),
          save: saveFile && (() => void this._save(saveFile))
        }}
      />
    );
  }

  private _load(): AsyncValue<IExported> {
    const { api } = this._options;
    const { id } = this._environment;
    const format = this._format;
    const exported = new AsyncValue(() => api.exportEnvironment(id, format));
    exported.stateChanged.connect(this.update, this);
    void exported.load();
    return exported;
  }

  private _setFormat(format: ExportFormat): void {
    this._format = format;
    this._exported.dispose();
    this._exported = this._load();
    this._say('');
  }

  private _copy(): void {
    Clipboard.copyToSystem(this._exported.value!.text);
    this._say(this._options.trans.__('Copied.'));
  }

  private _download(): void {
    const blob = new Blob([this._exported.value!.text], { type: 'text/plain' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = fileName(this._environment.name, this._format);
    link.click();
    URL.revokeObjectURL(link.href);
  }

  private async _save(
    saveFile: NonNullable<IExportOptions['saveFile']>
  ): Promise<void> {
    const { trans } = this._options;
    const name = fileName(this._environment.name, this._format);
    try {
      const path = await saveFile(name, this._exported.value!.text);
      this._say(trans.__('Saved as %1.', path));
    } catch (error) {
      this._say(trans.__('Not saved: %1', String(error)));
    }
  }

  private _say(done: string): void {
    this._done = done;
    this.update();
  }

  private _done = '';
  private _exported: AsyncValue<IExported>;
}

/** Show the export dialog. */
export async function showExport(
  environment: IEnvironment,
  format: ExportFormat,
  options: IExportOptions
): Promise<void> {
  const { trans } = options;
  await showDialog({
    title: trans.__('Export %1', environment.name),
    body: new ExportBody(environment, format, options),
    focusNodeSelector: 'select',
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}
