/**
 * The tokens of this extension, for its own plugins and other extensions.
 */

import { Token } from '@lumino/coreutils';

import { AsyncValue, EnvModel, JobModel, SessionModel } from './model';
import { Controller } from './panel';
import { RestAPI } from './restapi';
import { ISettings, ITemplate } from './types';

/** The environments and jobs of the server. */
export interface IEnvKernels {
  readonly api: RestAPI;
  readonly environments: EnvModel;
  readonly jobs: JobModel;
  /** The running notebooks and consoles. */
  readonly sessions: SessionModel;
  /** The current settings of the server; loaded on demand. */
  readonly settings: AsyncValue<ISettings>;
  /** The administrator's templates; loaded on demand. */
  readonly templates: AsyncValue<ITemplate[]>;
}

export const IEnvKernels = new Token<IEnvKernels>(
  'jupyter-envkernels:IEnvKernels',
  'The environments and jobs of the server.'
);

/** The actions on environments, specs and jobs. */
export type IEnvController = Controller;

export const IEnvController = new Token<IEnvController>(
  'jupyter-envkernels:IEnvController',
  'The actions on environments, specs and jobs.'
);
