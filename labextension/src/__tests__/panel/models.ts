/**
 * The models over a server in memory.
 */

import { KernelSpec } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { EnvModel, JobModel, SpecDraft } from '../../model';
import { RestAPI } from '../../restapi';
import { FakeServer } from '../fakeserver';

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
  readonly draft = new SpecDraft({
    check: source => this.api.checkSpec(source)
  });

  dispose(): void {
    this.environments.dispose();
    this.jobs.dispose();
    this.draft.dispose();
  }
}
