/**
 * The actions on environments, specs and jobs, for all views.
 */

import { Session } from '@jupyterlab/services';
import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';

import { kernelNames } from '../components/labels';
import { usableKernels } from '../components/permissions';
import { SessionModel, SpecDraft } from '../model';
import { RequestError } from '../restapi';
import { IEnvironment, IJob, PlannableRequest } from '../types';
import {
  askCloneName,
  confirmForce,
  confirmRemove,
  confirmReplace,
  showProblem
} from './dialogs';
import {
  EnvironmentCommandIDs,
  OPEN_NOTEBOOK,
  openEnvironmentMenu
} from './environmentmenu';
import { INotifyActions } from './notify';
import { OverviewPage } from './overviewpage';
import { Route } from './routes';
import { Sidebar } from './sidebar';
import { JobStarter } from './starter';
import { Workspace } from './workspace';

/** Carries out user actions, and shows their errors. */
export class Controller
  implements Sidebar.IActions, OverviewPage.IActions, INotifyActions
{
  constructor(private readonly _options: Controller.IOptions) {
    const { draftOf, drafts, environments, jobs, trans } = _options;
    this.starter = new JobStarter({
      draftOf,
      drafts,
      environments,
      jobs,
      trans,
      show: this.show,
      newEnvironment: () => this.newEnvironment(),
      openNotebook: (environment, anchor) =>
        this.openNotebook(environment, anchor)
    });
  }

  readonly starter: JobStarter;

  /** Show a route in its tab. */
  show = (route: Route): void => {
    this._options.openTab(route);
  };

  newEnvironment = (): void => {
    const { id } = this._options.drafts.create();
    this.show({ page: 'spec', draft: id });
  };

  refresh = (): void => {
    void this._options.environments.rescan();
  };

  showEnvironment = ({ id }: IEnvironment): void => {
    this.show({ page: 'overview', environment: id });
  };

  showJob = (id: string): void => {
    this.show({ page: 'job', job: id });
  };

  /** Return whether the job is visible. */
  isShown = (id: string): boolean => {
    return this._options.tabs().some(tab => tab.isVisible && tab.jobId === id);
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

  /** Remove an environment whose folder is gone from conda's list. */
  unlist = async ({ id, name }: IEnvironment): Promise<void> => {
    const { environments, trans } = this._options;
    try {
      await environments.unlist(id);
    } catch (error) {
      const title = trans.__('%1 could not be removed from the list', name);
      await showProblem(title, error, trans);
    }
  };

  remove = async (environment: IEnvironment): Promise<void> => {
    const { sessions, trans } = this._options;
    const request = { kind: 'remove', environment: environment.id } as const;
    if (!(await confirmRemove(environment, trans))) {
      return;
    }
    const refusal = await this.starter.attempt(request, IN_USE);
    if (refusal) {
      await sessions.refresh();
      const running = kernelNames(
        sessions.of(environment),
        countKernels(refusal),
        trans
      );
      if (await confirmForce(environment, running, trans)) {
        await this.starter.attempt({ ...request, force: true });
      }
    }
  };

  exportAs = ({ id }: IEnvironment): void => {
    const args = { environment: id };
    void this._options.commands.execute(EnvironmentCommandIDs.exportAs, args);
  };

  /** Show a running notebook or console. */
  openSession = ({ path, type }: Session.IModel): void => {
    const command = type === 'console' ? 'console:open' : 'docmanager:open';
    void this._options.commands.execute(command, { path });
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

  /** Open a notebook with the environment of a job; without a kernel, show the job. */
  openJobNotebook = (job: IJob): void => {
    const { openNotebook } = this.starter.actions(job);
    if (openNotebook) {
      openNotebook(document.body);
    } else {
      this.showJob(job.id);
    }
  };

  /** Open a text in a draft; ask first if unsaved work would be lost. */
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

  /** Start a draft from a template; ask first if unsaved work would be lost. */
  begin = async (draft: SpecDraft, text: string): Promise<void> => {
    if (!draft.isUnsaved || (await confirmReplace(this._options.trans))) {
      draft.begin(text);
    }
  };

  /** Open a file in a draft; by default in a new one. */
  openFile = async (path: string, draft?: SpecDraft): Promise<void> => {
    const { readFile, trans } = this._options;
    try {
      const text = await readFile(path);
      if (draft) {
        await this.open(draft, text, path);
        return;
      }
      const fresh = this._options.drafts.create();
      fresh.open(text, path);
      this.show({ page: 'spec', draft: fresh.id });
    } catch (error) {
      await showProblem(trans.__('%1 could not be read', path), error, trans);
    }
  };

  /** Start the job of a draft. Throws a RequestError if the server refuses it. */
  apply = async (draft: SpecDraft, origin: Route): Promise<void> => {
    await draft.compareFile(this._options.readFile);
    draft.jobId = (await this.starter.start(draft.request, origin)).id;
  };

  /** Preview the job of a draft. Throws a RequestError if the server refuses it. */
  preview = async (draft: SpecDraft, origin: Route): Promise<void> => {
    await draft.compareFile(this._options.readFile);
    const { request } = draft;
    const { id } = await this.plan(request, origin);
    draft.preview = { jobId: id, request };
  };

  /** Start a `plan` job. Throws a RequestError if the server refuses it. */
  plan = (request: PlannableRequest, origin: Route): Promise<IJob> =>
    this.starter.start({ kind: 'plan', of: request }, origin);
}

/** The error code for running kernels. */
const IN_USE = 'in-use';

/** Return the number of running kernels in an error. */
function countKernels({ details }: RequestError): number {
  return Array.isArray(details.kernels) ? details.kernels.length : 0;
}

/** A namespace for Controller statics. */
export namespace Controller {
  /** The options of a Controller. */
  export interface IOptions extends Omit<
    JobStarter.IOptions,
    'show' | 'newEnvironment' | 'openNotebook'
  > {
    commands: CommandRegistry;
    /** The open tabs. */
    tabs: () => ReadonlyArray<Workspace>;
    /** Bring the tab of a route to the front, created if there is none, and show the route. */
    openTab: (route: Route) => void;
    /** Read a file below the root folder of the server. */
    readFile: (path: string) => Promise<string>;
    /** The running notebooks and consoles. */
    sessions: SessionModel;
  }
}
