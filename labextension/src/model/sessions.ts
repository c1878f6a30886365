/**
 * The model of the running notebooks and consoles.
 */

import { Session } from '@jupyterlab/services';
import { VDomModel } from '@jupyterlab/ui-components';

import { IEnvironment } from '../types';

/** The sessions of the server. `stateChanged` is emitted when JupyterLab sees a change. */
export class SessionModel extends VDomModel {
  constructor(private readonly _manager: SessionModel.IManager) {
    super();
    _manager.runningChanged.connect(this._onChanged, this);
  }

  /** Return the sessions with a kernel of the environment, by name. */
  of({ kernels }: Pick<IEnvironment, 'kernels'>): Session.IModel[] {
    const ids = new Set(kernels.map(({ id }) => id));
    return [...this._manager.running()]
      .filter(({ kernel }) => kernel && ids.has(kernel.name))
      .sort((a, b) => sessionName(a).localeCompare(sessionName(b)));
  }

  /** Read the sessions again; JupyterLab does so every 10 seconds. */
  async refresh(): Promise<void> {
    try {
      await this._manager.refreshRunning();
    } catch (error) {
      console.warn('Failed to read the sessions.', error);
    }
  }

  /** Shut down the kernel of a session. */
  async shutdown(id: string): Promise<void> {
    await this._manager.shutdown(id);
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._manager.runningChanged.disconnect(this._onChanged, this);
    super.dispose();
  }

  private _onChanged(): void {
    this.stateChanged.emit();
  }
}

/** Return the name of a session: of a notebook, its file name. */
export function sessionName({ name, path, type }: Session.IModel): string {
  const file = path.split('/').pop() ?? '';
  return type === 'notebook' ? file : name || file;
}

/** A namespace for SessionModel statics. */
export namespace SessionModel {
  /** The part of JupyterLab's session manager that is used. */
  export type IManager = Pick<
    Session.IManager,
    'refreshRunning' | 'running' | 'runningChanged' | 'shutdown'
  >;
}
