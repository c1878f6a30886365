/**
 * The log page of an environment.
 */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { JobLogs } from '../components/environment/joblogs';
import { JobModel } from '../model';
import { EnvironmentPageWidget } from './page';

/** Shows the jobs of an environment with their logs. */
export class LogPage extends EnvironmentPageWidget {
  constructor(private readonly _options: LogPage.IOptions) {
    super([_options.jobs]);
  }

  protected render(): JSX.Element | null {
    const { environment, jobs, showJob, trans } = this._options;
    // Logs are read only while they are shown.
    return this.isHidden ? null : (
      <JobLogs
        jobs={jobs.work.filter(job => job.environment_id === environment)}
        openLog={id => jobs.openLog(id)}
        showJob={showJob}
        trans={trans}
      />
    );
  }
}

/** A namespace for LogPage statics. */
export namespace LogPage {
  /** The options of a LogPage. */
  export interface IOptions {
    /** The id of the environment. */
    environment: string;
    jobs: JobModel;
    trans: TranslationBundle;
    showJob: (id: string) => void;
  }
}
