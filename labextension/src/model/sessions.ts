/**
 * The model of the running notebooks and consoles.
 */

import { Kernel, Session } from '@jupyterlab/services';
import { VDomModel } from '@jupyterlab/ui-components';

import { IEnvironment } from '../types';

/** The sessions of the server. `stateChanged` is emitted when JupyterLab sees a change. */
export class SessionModel extends VDomModel {
  constructor(private readonly _options: SessionModel.IOptions) {
    super();
    _options.sessions.runningChanged.connect(this._onChanged, this);
    _options.kernels.runningChanged.connect(this._onChanged, this);
  }

  /** Return the sessions with a kernel of the environment, by name. */
  of({ kernels }: Pick<IEnvironment, 'kernels'>): Session.IModel[] {
    const ids = new Set(kernels.map(({ id }) => id));
    const found = [...this._options.sessions.running()].filter(
      ({ kernel }) => kernel && ids.has(kernel.name)
    );
    // JupyterLab does not keep the states of kernels in its sessions up to date.
    const running = new Map(
      [...this._options.kernels.running()].map(kernel => [kernel.id, kernel])
    );
    return found
      .map(session => ({
        ...session,
        kernel: running.get(session.kernel!.id) ?? session.kernel
      }))
      .sort((a, b) => sessionName(a).localeCompare(sessionName(b)));
  }

  /** Read the sessions again; JupyterLab does so every 10 seconds. */
  async refresh(): Promise<void> {
    try {
      const { kernels, sessions } = this._options;
      await Promise.all([sessions.refreshRunning(), kernels.refreshRunning()]);
    } catch (error) {
      console.warn('Failed to read the sessions.', error);
    }
  }

  /** Shut down the kernel of a session. */
  async shutdown(id: string): Promise<void> {
    await this._options.sessions.shutdown(id);
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    const { kernels, sessions } = this._options;
    sessions.runningChanged.disconnect(this._onChanged, this);
    kernels.runningChanged.disconnect(this._onChanged, this);
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
  /** The parts of JupyterLab's managers that are used. */
  export interface IOptions {
    kernels: Pick<
      Kernel.IManager,
      'refreshRunning' | 'running' | 'runningChanged'
    >;
    sessions: Pick<
      Session.IManager,
      'refreshRunning' | 'running' | 'runningChanged' | 'shutdown'
    >;
  }
}
