/**
 * The jobs of an environment, with their logs.
 */

import React from 'react';

import { LogTail } from '../../stream';
import { IJob } from '../../types';
import { Fold, IBaseProps, Link, ProblemText } from '../common';
import { formatMoment } from '../format';
import { StateIcon } from '../icons';
import { Log } from '../job/log';
import { jobTitle } from '../labels';

export interface IJobLogsProps extends IBaseProps {
  /** Newest first. */
  jobs: ReadonlyArray<IJob>;
  /** Open the log of a job; the caller disposes of it. */
  openLog: (id: string) => LogTail;
  showJob: (id: string) => void;
}

/** Show the jobs, newest first and open. */
export function JobLogs(props: IJobLogsProps): JSX.Element {
  const { jobs, trans } = props;
  return jobs.length > 0 ? (
    <ul
      className="jp-EnvKernels-jobLogs"
      aria-label={trans.__('Jobs of this environment, newest first')}
    >
      {jobs.map((job, place) => (
        <JobEntry key={job.id} {...props} isOpen={place === 0} job={job} />
      ))}
    </ul>
  ) : (
    <p className="jp-EnvKernels-planNote">
      {trans.__('The server keeps no job of this environment.')}
    </p>
  );
}

function JobEntry(
  props: IJobLogsProps & { isOpen: boolean; job: IJob }
): JSX.Element {
  const { isOpen, job, showJob, trans } = props;
  const time = formatMoment(job.finished ?? job.created, trans);
  const title = jobTitle(job, trans);
  return (
    <li data-job-id={job.id} data-job-state={job.state}>
      <Fold
        isOpen={isOpen}
        summary={
          <span className="jp-EnvKernels-withIcon">
            <StateIcon state={job.state} />
            {title}
            <span className="jp-EnvKernels-count">{time}</span>
          </span>
        }
      >
        {() => (
          <>
            {job.error && <ProblemText problem={job.error} trans={trans} />}
            <JobLog {...props} />
            <Link
              label={trans.__('Show the job: %1', title)}
              onClick={() => showJob(job.id)}
            >
              {trans.__('Show the job')}
            </Link>
          </>
        )}
      </Fold>
    </li>
  );
}

/** Read a log while it is shown. */
function JobLog(props: IJobLogsProps & { job: IJob }): JSX.Element {
  const { job, openLog, trans } = props;
  const [log, setLog] = React.useState({ text: '', isCut: false });
  React.useEffect(() => {
    const tail = openLog(job.id);
    tail.changed.connect(({ isCut, text }) => setLog({ isCut, text }));
    return () => tail.dispose();
  }, [job.id]);
  return <Log {...log} trans={trans} />;
}
