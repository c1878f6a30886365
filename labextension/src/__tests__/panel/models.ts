/**
 * The models over a server in memory.
 */

import { KernelSpec } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import {
  AsyncValue,
  EnvModel,
  JobModel,
  SessionModel,
  SpecDrafts
} from '../../model';
import { RestAPI } from '../../restapi';
import { FakeServer } from '../fakeserver';
import { FakeSessions } from '../fakesessions';

export class Models {
  readonly server = new FakeServer();
  readonly api = new RestAPI(this.server.settings);
  readonly jobs = new JobModel({
    api: this.api,
    bus: this.server.bus,
    stream: { pollInterval: 100000 }
  });
  readonly environments = new EnvModel({
    api: this.api,
    bus: this.server.bus,
    jobs: this.jobs,
    kernelspecs: {
      refreshSpecs: async () => undefined,
      specsChanged: new Signal<KernelSpec.IManager, KernelSpec.ISpecModels>(
        {} as KernelSpec.IManager
      )
    }
  });
  readonly manager = new FakeSessions();
  readonly sessions = new SessionModel(this.manager.options);
  readonly settings = new AsyncValue(() => this.api.getSettings());
  readonly drafts = new SpecDrafts({
    jobs: this.jobs,
    draft: { check: source => this.api.checkSpec(source) }
  });
  readonly draft = this.drafts.get('a');

  dispose(): void {
    this.environments.dispose();
    this.jobs.dispose();
    this.drafts.discard(this.draft);
    this.sessions.dispose();
    this.settings.dispose();
  }
}
