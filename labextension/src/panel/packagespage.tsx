/**
 * The packages page of an environment.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { PackageForm } from '../components/environment/packageform';
import { Attempt, AsyncValue, PackageEdit } from '../model';
import { RequestError } from '../restapi';
import { IInstalledPackage, UpdateRequest } from '../types';
import { EnvironmentPageWidget } from './page';

/** Shows the packages, and edits a change of them. */
export class PackagesPage extends EnvironmentPageWidget {
  constructor(private readonly _options: PackagesPage.IOptions) {
    super([_options.edit, _options.packages]);
    this._attempt.stateChanged.connect(this.update, this);
  }

  dispose(): void {
    this._attempt.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const { edit, isChangeable, packages, trans } = this._options;
    const { added, isEmpty, removed, upgrade } = edit;
    return (
      <PackageForm
        added={added}
        error={this._attempt.error ?? packages.error}
        isChangeable={isChangeable()}
        isEmpty={isEmpty}
        isStarting={this._attempt.isRunning}
        packages={packages.value}
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
}

/** A namespace for PackagesPage statics. */
export namespace PackagesPage {
  /** The options of a PackagesPage. */
  export interface IOptions {
    edit: PackageEdit;
    packages: AsyncValue<IInstalledPackage[]>;
    trans: TranslationBundle;
    /** Whether the environment may be changed. */
    isChangeable: () => boolean;
    /** Start a `plan` job and show it. Throws a RequestError if the server refuses it. */
    preview: (request: UpdateRequest) => Promise<unknown>;
  }
}
