/**
 * The models of environments and jobs.
 */

import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { AsyncValue, EnvModel, JobModel, SessionModel } from '../model';
import { RestAPI } from '../restapi';
import { IEnvKernels } from '../tokens';

/** Provides the environments and jobs of the server. */
export const models: JupyterFrontEndPlugin<IEnvKernels> = {
  id: 'jupyter-envkernels:models',
  description: 'Provides the environments and jobs of the server.',
  autoStart: true,
  provides: IEnvKernels,
  activate: (app: JupyterFrontEnd) => {
    const { events, kernelspecs, serverSettings } = app.serviceManager;
    const sessions = new SessionModel(app.serviceManager);
    const api = new RestAPI(serverSettings);
    const jobs = new JobModel({ api, bus: events.stream });
    const environments = new EnvModel({
      api,
      bus: events.stream,
      jobs,
      kernelspecs
    });
    const settings = new AsyncValue(() => api.getSettings());
    const templates = new AsyncValue(() => api.listTemplates());
    environments.stateChanged.connect(() => void settings.load());
    environments.refresh();
    void jobs.load();
    return { api, environments, jobs, sessions, settings, templates };
  }
};
