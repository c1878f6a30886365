/**
 * The packages page of an environment.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { PackageForm } from '../components/environment/packageform';
import { Attempt, AsyncValue, PackageEdit } from '../model';
import { RequestError, RestAPI } from '../restapi';
import { IInstalledPackage, UpdateRequest } from '../types';

/** Shows the packages, and edits a change of them. */
export class PackagesPage extends ReactWidget {
  constructor(private readonly _options: PackagesPage.IOptions) {
    super();
    this.addClass('jp-EnvKernels-page');
    this.node.tabIndex = -1;
    const { api, edit } = _options;
    this._packages = new AsyncValue(() =>
      api.listPackages(edit.environment.id)
    );
    for (const model of [this._packages, this._attempt, edit]) {
      model.stateChanged.connect(this.update, this);
    }
  }

  /** Read the packages again. */
  load(): void {
    void this._packages.load();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._options.edit.stateChanged.disconnect(this.update, this);
    this._packages.dispose();
    this._attempt.dispose();
    super.dispose();
  }

  protected onActivateRequest(): void {
    this.node.focus();
  }

  protected render(): JSX.Element {
    const { edit, isChangeable, trans } = this._options;
    const { added, isEmpty, removed, upgrade } = edit;
    return (
      <PackageForm
        added={added}
        error={this._attempt.error ?? this._packages.error}
        isChangeable={isChangeable()}
        isEmpty={isEmpty}
        isStarting={this._attempt.isRunning}
        packages={this._packages.value}
        removed={removed}
        trans={trans}
        upgrade={upgrade}
        actions={{
          add: spec => this._change(() => edit.add(spec)),
          drop: spec => this._change(() => edit.drop(spec)),
          toggle: name => this._change(() => edit.toggle(name)),
          setUpgrade: wanted => this._change(() => (edit.upgrade = wanted)),
          clear: () => this._change(() => edit.clear()),
          preview: () => void this._attempt.run(() => this._preview())
        }}
      />
    );
  }

  /** Change the edit, and clear the error of the last attempt. */
  private _change(change: () => void): void {
    this._attempt.forget();
    change();
  }

  private async _preview(): Promise<void> {
    const { edit, preview, trans } = this._options;
    if (edit.isEmpty) {
      throw new RequestError(
        {
          code: 'nothing',
          message: trans.__('There is nothing to preview yet.'),
          remedy: trans.__('Add or remove a package first.')
        },
        0
      );
    }
    await preview(edit.request);
  }

  private readonly _attempt = new Attempt();
  private readonly _packages: AsyncValue<IInstalledPackage[]>;
}

/** A namespace for PackagesPage statics. */
export namespace PackagesPage {
  /** The options of a PackagesPage. */
  export interface IOptions {
    api: Pick<RestAPI, 'listPackages'>;
    edit: PackageEdit;
    trans: TranslationBundle;
    /** Whether the environment may be changed. */
    isChangeable: () => boolean;
    /** Start a `plan` job and show it. Throws a RequestError if the server refuses it. */
    preview: (request: UpdateRequest) => Promise<unknown>;
  }
}
