/**
 * JupyterLab's session manager in memory.
 */

import { Kernel, Session } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { SessionModel } from '../model';

export class FakeSessions {
  /** What SessionModel takes. */
  readonly options: SessionModel.IOptions = {
    kernels: {
      running: () => this.kernels.values(),
      refreshRunning: async () => undefined,
      runningChanged: new Signal<Kernel.IManager, Kernel.IModel[]>(
        {} as Kernel.IManager
      )
    },
    sessions: this
  };

  /** The running kernels. */
  kernels: Kernel.IModel[] = [];

  readonly runningChanged = new Signal<Session.IManager, Session.IModel[]>(
    {} as Session.IManager
  );

  /** What the next shutdown or refresh fails with. */
  error: Error | null = null;

  running(): IterableIterator<Session.IModel> {
    return this._all.values();
  }

  async refreshRunning(): Promise<void> {
    this._fail();
  }

  async shutdown(id: string): Promise<void> {
    this._fail();
    this.set(this._all.filter(one => one.id !== id));
  }

  set(all: Session.IModel[]): void {
    this._all = all;
    this.runningChanged.emit(all);
  }

  private _fail(): void {
    const { error } = this;
    this.error = null;
    if (error) {
      throw error;
    }
  }

  private _all: Session.IModel[] = [];
}

/** A notebook with an idle kernel. */
export function makeSession(
  path: string,
  kernel: string,
  more: Partial<Session.IModel> = {}
): Session.IModel {
  return {
    id: path,
    name: '',
    path,
    type: 'notebook',
    kernel: {
      id: `kernel of ${path}`,
      name: kernel,
      execution_state: 'idle',
      last_activity: '2026-01-01T00:00:00Z'
    },
    ...more
  };
}
