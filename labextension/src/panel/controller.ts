/**
 * What the person can do with environments and specs, wherever the button is.
 */

import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';

import { usableKernels } from '../components/permissions';
import { SpecDraft } from '../model';
import { RequestError } from '../restapi';
import { IEnvironment, IJob, PlannableRequest } from '../types';
import {
  askCloneName,
  confirmForce,
  confirmRemove,
  confirmReplace,
  IRunning,
  showProblem
} from './dialogs';
import { openEnvironmentMenu } from './environmentmenu';
import { INotifyActions } from './notify';
import { Route } from './routes';
import { Sidebar } from './sidebar';
import { JobStarter } from './starter';
import { Workspace } from './workspace';

/** The command that opens a notebook; its arguments are `kernelName` and `label`. */
export const OPEN_NOTEBOOK = 'envkernels:open-notebook';

/** Carries out what the person asks for, and tells where it does not succeed. */
export class Controller implements Sidebar.IActions, INotifyActions {
  constructor(private readonly _options: Controller.IOptions) {
    const { draftOf, environments, jobs, trans } = _options;
    this.starter = new JobStarter({
      draftOf,
      environments,
      jobs,
      trans,
      show: this.show,
      openNotebook: (environment, anchor) =>
        this.openNotebook(environment, anchor)
    });
  }

  readonly starter: JobStarter;

  /** Bring the tab to the front with this route. */
  show = (route: Route): void => {
    this._options.openTab().showRoute(route);
  };

  newEnvironment = (): void => {
    this.show({ page: 'spec' });
  };

  refresh = (): void => {
    void this._options.environments.rescan();
  };

  lookAgain = (): void => {
    this._options.environments.refresh();
  };

  showJob = (id: string): void => {
    this.show({ page: 'job', job: id });
  };

  /** Whether the person sees the job now. */
  isShown = (id: string): boolean => {
    const tab = this._options.currentTab();
    return tab !== null && tab.isVisible && tab.jobId === id;
  };

  isOwn = ({ id }: IJob): boolean => this._options.jobs.isOwn(id);

  cancel = (id: string): void => {
    this.starter.cancel(id);
  };

  runJob = (job: IJob): void => {
    void this.starter.run(job);
  };

  clone = async (source: IEnvironment): Promise<void> => {
    const { environments, trans } = this._options;
    const taken = (environments.all ?? []).map(({ name }) => name);
    const answer = await askCloneName(source, taken, trans);
    if (answer) {
      const { isPreview, name } = answer;
      const request = { kind: 'clone', source: source.id, name } as const;
      await this.starter.attempt(
        isPreview ? { kind: 'plan', of: request } : request
      );
    }
  };

  addKernel = async ({ id }: IEnvironment): Promise<void> => {
    await this.starter.attempt({ kind: 'add-kernel', environment: id });
  };

  remove = async (environment: IEnvironment): Promise<void> => {
    const { notebooksOf, trans } = this._options;
    const request = { kind: 'remove', environment: environment.id } as const;
    if (!(await confirmRemove(environment, trans))) {
      return;
    }
    const refusal = await this.starter.attempt(request, IN_USE);
    if (refusal) {
      const running: IRunning = {
        notebooks: notebooksOf(environment),
        processes: processesIn(refusal)
      };
      if (await confirmForce(environment, running, trans)) {
        await this.starter.attempt({ ...request, force: true });
      }
    }
  };

  openMenu = (
    environment: IEnvironment,
    anchor: HTMLElement,
    position: { x: number; y: number }
  ): void => {
    const { commands, trans } = this._options;
    openEnvironmentMenu({ commands, environment, anchor, position, trans });
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
    const menu = new MenuSvg({ commands });
    items.forEach(item => menu.addItem(item));
    menu.aboutToClose.connect(() =>
      requestAnimationFrame(() => menu.dispose())
    );
    const { left, bottom } = anchor.getBoundingClientRect();
    menu.open(left, bottom);
  };

  /** Open a notebook with what a job has made; shows the job where there is no kernel. */
  openJobNotebook = (job: IJob): void => {
    const { openNotebook } = this.starter.actions(job);
    if (openNotebook) {
      openNotebook(document.body);
    } else {
      this.showJob(job.id);
    }
  };

  /** Put a text into a draft, after asking where that would lose what the person wrote. */
  open = async (
    draft: SpecDraft,
    text: string,
    path: string | null
  ): Promise<void> => {
    if (draft.isUnsaved && draft.text !== text) {
      if (!(await confirmReplace(this._options.trans))) {
        return;
      }
    }
    draft.open(text, path);
  };

  /** Begin a draft with a text that can be had again, after asking likewise. */
  begin = async (draft: SpecDraft, text: string): Promise<void> => {
    if (!draft.isUnsaved || (await confirmReplace(this._options.trans))) {
      draft.begin(text);
    }
  };

  /** Put a file of the file browser into a draft: that of a new environment where none is given. */
  openFile = async (path: string, draft?: SpecDraft): Promise<void> => {
    const { readFile, trans } = this._options;
    if (!draft) {
      this.newEnvironment();
    }
    try {
      const text = await readFile(path);
      await this.open(draft ?? this._options.draft, text, path);
    } catch (error) {
      await showProblem(trans.__('%1 was not read', path), error, trans);
    }
  };

  /** Start the job that a draft asks for. Throws a RequestError where the server refuses it. */
  apply = async (draft: SpecDraft, origin: Route): Promise<void> => {
    await draft.compareFile(this._options.readFile);
    draft.jobId = (await this.starter.start(draft.request, origin)).id;
  };

  /** Have a plan made of what a draft asks for. Throws a RequestError where the server refuses it. */
  preview = async (draft: SpecDraft, origin: Route): Promise<void> => {
    await draft.compareFile(this._options.readFile);
    const { request } = draft;
    const { id } = await this.plan(request, origin);
    draft.preview = { jobId: id, request };
  };

  /** Have a plan made. Throws a RequestError where the server refuses it. */
  plan = (request: PlannableRequest, origin: Route): Promise<IJob> =>
    this.starter.start({ kind: 'plan', of: request }, origin);
}

/** The code of a refusal because kernels run. */
const IN_USE = 'in-use';

/** The kernels that the server has named, as it has. */
function processesIn({ details }: RequestError): string[] {
  const kernels = Array.isArray(details.kernels) ? details.kernels : [];
  return kernels.map(({ command, pid }) => `${command} (${pid})`);
}

/** A namespace for Controller statics. */
export namespace Controller {
  /** The options of a Controller. */
  export interface IOptions extends Omit<
    JobStarter.IOptions,
    'show' | 'openNotebook'
  > {
    commands: CommandRegistry;
    /** The spec of a new environment. */
    draft: SpecDraft;
    /** The tab; null where it is closed. */
    currentTab: () => Workspace | null;
    /** Bring the tab to the front, made anew where it was closed. */
    openTab: () => Workspace;
    /** Read a file below the folder that Jupyter serves. */
    readFile: (path: string) => Promise<string>;
    /** The paths of the notebooks that a kernel of the environment runs for. */
    notebooksOf: (environment: IEnvironment) => ReadonlyArray<string>;
  }
}
