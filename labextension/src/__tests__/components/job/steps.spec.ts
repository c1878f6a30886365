import { steps } from '../../../components/job/steps';
import { IJob, JobPhase } from '../../../types';
import { makeJob } from '../../makers';

function shown(job: Partial<IJob>, entered: JobPhase[]): string[] {
  return steps(makeJob('a', job), entered).map(
    ({ phase, state }) => `${phase} ${state}`
  );
}

describe('steps', () => {
  it('shows all steps of a create before it has begun', () => {
    expect(shown({ state: 'queued' }, [])).toEqual([
      'checking pending',
      'solving pending',
      'downloading pending',
      'linking pending',
      'pip pending',
      'verifying pending'
    ]);
  });

  it('marks the phase that runs', () => {
    const job = { state: 'running', phase: 'downloading' } as const;
    const entered: JobPhase[] = ['checking', 'solving', 'downloading'];
    expect(shown(job, entered).slice(0, 4)).toEqual([
      'checking done',
      'solving done',
      'downloading current',
      'linking pending'
    ]);
  });

  it('counts earlier phases as done before the journal was read', () => {
    const job = { state: 'running', phase: 'solving' } as const;
    expect(shown(job, []).slice(0, 2)).toEqual([
      'checking done',
      'solving current'
    ]);
  });

  it('tells the steps that were not needed', () => {
    const entered: JobPhase[] = ['checking', 'solving', 'linking', 'verifying'];
    expect(shown({ state: 'succeeded' }, entered)).toEqual([
      'checking done',
      'solving done',
      'downloading skipped',
      'linking done',
      'pip skipped',
      'verifying done'
    ]);
  });

  it('marks where a job has failed', () => {
    const job = { state: 'failed', phase: 'solving' } as const;
    expect(shown(job, ['checking', 'solving']).slice(0, 3)).toEqual([
      'checking done',
      'solving stopped',
      'downloading pending'
    ]);
  });

  it('adds the way back', () => {
    const entered: JobPhase[] = ['checking', 'linking', 'rolling-back'];
    const active = { state: 'running', phase: 'rolling-back' } as const;
    expect(shown(active, entered)).toContain('linking stopped');
    expect(shown(active, entered)).toContain('rolling-back current');
    const over = { state: 'cancelled', phase: null } as const;
    expect(shown(over, entered)).toContain('rolling-back done');
  });

  it('shows of a clone what it has entered', () => {
    const job = { kind: 'clone', state: 'running', phase: 'linking' } as const;
    expect(shown(job, [])).toEqual(['linking current']);
    expect(shown(job, ['checking', 'linking'])).toEqual([
      'checking done',
      'linking current'
    ]);
  });
});
