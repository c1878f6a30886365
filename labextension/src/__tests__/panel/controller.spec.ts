import { KernelSpec } from '@jupyterlab/services';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';

import { EnvModel, SpecDraft } from '../../model';
import { Controller, OPEN_NOTEBOOK } from '../../panel/controller';
import { Workspace } from '../../panel/workspace';
import { RestAPI } from '../../restapi';
import { FakeServer, makeEnvironment, until } from '../fakeserver';
import { trans } from '../render';

/** The tab, as far as the controller needs it. */
class FakeTab {
  jobId: string | null = null;
  isVisible = true;

  showEditor(): void {
    this.jobId = null;
  }

  showJob(id: string): void {
    this.jobId = id;
  }
}

describe('Controller', () => {
  let server: FakeServer;
  let model: EnvModel;
  let draft: SpecDraft;
  let tab: FakeTab;
  let commands: CommandRegistry;
  let controller: Controller;
  let opened: unknown[];
  const files = new Map([['environment.yml', 'name: ml']]);

  beforeEach(() => {
    server = new FakeServer();
    model = new EnvModel({
      api: new RestAPI(server.settings),
      bus: server.bus,
      kernelspecs: {
        refreshSpecs: async () => undefined,
        specsChanged: new Signal<KernelSpec.IManager, KernelSpec.ISpecModels>(
          {} as KernelSpec.IManager
        )
      },
      stream: { pollInterval: 100000, pause: 1 }
    });
    draft = new SpecDraft({ check: source => model.checkSpec(source) });
    tab = new FakeTab();
    opened = [];
    commands = new CommandRegistry();
    commands.addCommand(OPEN_NOTEBOOK, {
      describedBy: { args: {} },
      execute: args => void opened.push(args['kernelName'])
    });
    const asTab = tab as unknown as Workspace;
    controller = new Controller({
      model,
      draft,
      commands,
      trans,
      currentTab: () => asTab,
      openTab: () => asTab,
      readFile: async path => files.get(path)!
    });
  });

  afterEach(() => {
    model.dispose();
    draft.dispose();
  });

  it('shows the job that it has started', async () => {
    draft.open('name: ml');
    await controller.create();
    expect(tab.jobId).toBe('job-1');
    expect(draft.jobId).toBe('job-1');
    expect(controller.isShown('job-1')).toBe(true);
    expect(server.bodies).toContainEqual({ kind: 'create', text: 'name: ml' });
  });

  it('creates from the file itself', async () => {
    await controller.openFile('environment.yml');
    expect(draft.text).toBe('name: ml');
    await controller.create();
    expect(server.bodies).toContainEqual({
      kind: 'create',
      path: 'environment.yml'
    });
  });

  it('leads from a failure back to the spec, or tries again', async () => {
    draft.open('name: ml');
    await controller.create();
    const id = draft.jobId!;
    expect(controller.jobActions(model.job(id)!).tryAgain).toBeNull();

    server.advance(id, { state: 'failed' });
    await until(() => model.job(id)?.state === 'failed');
    const { editSpec, tryAgain } = controller.jobActions(model.job(id)!);
    editSpec!();
    expect(tab.jobId).toBeNull();
    expect(draft.text).toBe('name: ml');
    tryAgain!();
    await until(() => tab.jobId === 'job-2');
    expect(draft.jobId).toBe('job-2');
  });

  it('offers a notebook when the kernel is there', async () => {
    draft.open('name: ml');
    await controller.create();
    const id = draft.jobId!;
    server.environments = [makeEnvironment('ml')];
    server.advance(id, { state: 'succeeded' });
    await until(() => model.environments?.length === 1);
    controller.openJobNotebook(model.job(id)!);
    expect(opened).toEqual(['conda-env-ml-py']);
  });

  it('shows the job where there is no kernel', async () => {
    draft.open('name: ml');
    await controller.create();
    tab.showEditor();
    controller.openJobNotebook(model.job('job-1')!);
    expect(opened).toEqual([]);
    expect(tab.jobId).toBe('job-1');
  });
});
