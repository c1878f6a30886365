/**
 * What the person can do, wherever the button is.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import { usableKernels } from '../components/environmentrow';
import { IJobActions } from '../components/jobview';
import { EnvModel, SpecDraft } from '../model';
import { IEnvironment, IJob, isActive, JobRequest } from '../types';
import {
  askCloneName,
  confirmRemove,
  confirmReplace,
  showProblem
} from './dialogs';
import { INotifyActions } from './notify';
import { Sidebar } from './sidebar';
import { Workspace } from './workspace';

/** The command that opens a notebook; its arguments are `kernelName` and `label`. */
export const OPEN_NOTEBOOK = 'envkernels:open-notebook';

/** Carries out what the person asks for, and tells where it does not succeed. */
export class Controller implements Sidebar.IActions, INotifyActions {
  constructor(private readonly _options: Controller.IOptions) {}

  newEnvironment = (): void => {
    this._options.openTab().showEditor();
  };

  refresh = (): void => {
    void this._options.model.rescan();
  };

  showJob = (id: string): void => {
    this._options.openTab().showJob(id);
  };

  /** Whether the person sees the job now. */
  isShown = (id: string): boolean => {
    const tab = this._options.currentTab();
    return tab !== null && tab.isVisible && tab.jobId === id;
  };

  cancel = (id: string): void => {
    const { model, trans } = this._options;
    model
      .cancel(id)
      .catch(error =>
        showProblem(trans.__('The job was not cancelled'), error, trans)
      );
  };

  clone = async (source: IEnvironment): Promise<void> => {
    const { model, trans } = this._options;
    const taken = (model.environments ?? []).map(({ name }) => name);
    const name = await askCloneName(source, taken, trans);
    if (name !== null) {
      await this._start({ kind: 'clone', source: source.id, name });
    }
  };

  remove = async (environment: IEnvironment): Promise<void> => {
    if (await confirmRemove(environment, this._options.trans)) {
      await this._start({ kind: 'remove', environment: environment.id }, false);
    }
  };

  openNotebook = (environment: IEnvironment, anchor: HTMLElement): void => {
    const { commands } = this._options;
    const items = usableKernels(environment).map(kernel => ({
      command: OPEN_NOTEBOOK,
      args: { kernelName: kernel.id, label: kernel.display_name }
    }));
    if (items.length === 1) {
      void commands.execute(OPEN_NOTEBOOK, items[0].args);
      return;
    }
    const menu = new Menu({ commands });
    items.forEach(item => menu.addItem(item));
    menu.aboutToClose.connect(() =>
      requestAnimationFrame(() => menu.dispose())
    );
    const { left, bottom } = anchor.getBoundingClientRect();
    menu.open(left, bottom);
  };

  /** Open a notebook with what a job has made; shows the job where there is no kernel. */
  openJobNotebook = (job: IJob): void => {
    const { openNotebook } = this.jobActions(job);
    if (openNotebook) {
      openNotebook(document.body);
    } else {
      this.showJob(job.id);
    }
  };

  /** Put a text into the editor, after asking where that would lose what the person wrote. */
  open = async (text: string, path: string | null): Promise<void> => {
    const { draft, trans } = this._options;
    if (draft.isUnsaved && draft.text !== text) {
      if (!(await confirmReplace(trans))) {
        return;
      }
    }
    draft.open(text, path);
  };

  /** Put a file of the file browser into the editor. */
  openFile = async (path: string): Promise<void> => {
    const { readFile, trans } = this._options;
    this.newEnvironment();
    try {
      await this.open(await readFile(path), path);
    } catch (error) {
      await showProblem(trans.__('%1 was not read', path), error, trans);
    }
  };

  /** Start the job that the draft asks for. Throws a RequestError where the server refuses it. */
  create = async (): Promise<void> => {
    const { draft, model, readFile } = this._options;
    await draft.compareFile(readFile);
    const job = await model.startJob(draft.request);
    draft.jobId = job.id;
    this.showJob(job.id);
  };

  /** What can be done with a job now. */
  jobActions = (job: IJob): IJobActions => ({
    cancel: () => this.cancel(job.id),
    newEnvironment: this.newEnvironment,
    openNotebook: this._notebookOf(job),
    ...this._secondTry(job)
  });

  private _notebookOf(job: IJob): IJobActions['openNotebook'] {
    const environment = this._options.model.environment(job.environment_id);
    return job.state === 'succeeded' &&
      environment &&
      usableKernels(environment).length
      ? anchor => this.openNotebook(environment, anchor)
      : null;
  }

  private _secondTry(job: IJob): Pick<IJobActions, 'editSpec' | 'tryAgain'> {
    const { draft, model } = this._options;
    if (isActive(job) || job.state === 'succeeded') {
      return { editSpec: null, tryAgain: null };
    }
    const isOwn = job.kind === 'create' && draft.jobId === job.id;
    const request = model.request(job.id) ?? (isOwn ? draft.request : null);
    return {
      editSpec: isOwn ? this.newEnvironment : null,
      tryAgain: request && (() => void this._start(request))
    };
  }

  private async _start(request: JobRequest, show = true): Promise<void> {
    const { draft, model, trans } = this._options;
    try {
      const job = await model.startJob(request);
      if (request.kind === 'create') {
        draft.jobId = job.id;
      }
      if (show) {
        this.showJob(job.id);
      }
    } catch (error) {
      await showProblem(trans.__('The job was not started'), error, trans);
    }
  }
}

/** A namespace for Controller statics. */
export namespace Controller {
  /** The options of a Controller. */
  export interface IOptions {
    model: EnvModel;
    draft: SpecDraft;
    commands: CommandRegistry;
    trans: TranslationBundle;
    /** The tab; null where it is closed. */
    currentTab: () => Workspace | null;
    /** Bring the tab to the front, made anew where it was closed. */
    openTab: () => Workspace;
    /** Read a file below the folder that Jupyter serves. */
    readFile: (path: string) => Promise<string>;
  }
}
