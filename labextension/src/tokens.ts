/**
 * What the plugins of this extension provide, to each other and to other extensions.
 */

import { Token } from '@lumino/coreutils';

import { AsyncValue, EnvModel, JobModel } from './model';
import { Controller } from './panel';
import { RestAPI } from './restapi';
import { ISettings, ITemplate } from './types';

/** The environments and jobs of the server. */
export interface IEnvKernels {
  readonly api: RestAPI;
  readonly environments: EnvModel;
  readonly jobs: JobModel;
  /** The settings in force; read when they are loaded. */
  readonly settings: AsyncValue<ISettings>;
  /** Specs that the administrator offers; read when they are loaded. */
  readonly templates: AsyncValue<ITemplate[]>;
}

export const IEnvKernels = new Token<IEnvKernels>(
  'jupyter-envkernels:IEnvKernels',
  'The environments and jobs of the server.'
);

/** What a person can do with environments, specs and jobs. */
export type IEnvController = Controller;

export const IEnvController = new Token<IEnvController>(
  'jupyter-envkernels:IEnvController',
  'What a person can do with environments, specs and jobs.'
);
