/**
 * What the pages of an environment have in common.
 */

import { ReactWidget, VDomModel } from '@jupyterlab/ui-components';

/** A page that is rendered again when its models change, and that takes the focus as a whole. */
export abstract class EnvironmentPageWidget extends ReactWidget {
  constructor(private readonly _models: ReadonlyArray<VDomModel>) {
    super();
    this.addClass('jp-EnvKernels-page');
    this.node.tabIndex = -1;
    for (const model of _models) {
      model.stateChanged.connect(this.update, this);
    }
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    for (const model of this._models) {
      model.stateChanged.disconnect(this.update, this);
    }
    super.dispose();
  }

  protected onActivateRequest(): void {
    this.node.focus();
  }

  protected onAfterShow(): void {
    this.update();
  }

  protected onAfterHide(): void {
    this.update();
  }
}
