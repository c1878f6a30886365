import { sessionName, SessionModel } from '../../model';
import { FakeSessions, makeSession } from '../fakesessions';
import { makeEnvironment } from '../makers';

describe('SessionModel', () => {
  const ml = makeEnvironment('ml');
  let manager: FakeSessions;
  let sessions: SessionModel;

  beforeEach(() => {
    manager = new FakeSessions();
    sessions = new SessionModel(manager.options);
  });

  afterEach(() => {
    sessions.dispose();
  });

  it('has those of an environment, by name', () => {
    let changes = 0;
    sessions.stateChanged.connect(() => changes++);
    manager.set([
      makeSession('work/tides.ipynb', 'conda-env-ml-py'),
      makeSession('a.ipynb', 'python3'),
      makeSession('currents.ipynb', 'conda-env-ml-py'),
      makeSession('gone.ipynb', '', { kernel: null })
    ]);
    expect(changes).toBe(1);
    expect(sessions.of(ml).map(sessionName)).toEqual([
      'currents.ipynb',
      'tides.ipynb'
    ]);
    expect(sessions.of({ kernels: [] })).toEqual([]);
  });

  it('has the states of kernels from the kernels themselves', () => {
    const session = makeSession('a.ipynb', 'conda-env-ml-py');
    manager.set([session]);
    const state = () => sessions.of(ml)[0].kernel?.execution_state;
    expect(state()).toBe('idle');
    manager.kernels = [{ ...session.kernel!, execution_state: 'busy' }];
    expect(state()).toBe('busy');
  });

  it('names consoles by their own names', () => {
    const console = makeSession('work/console-1-0a1b', 'x', {
      type: 'console',
      name: 'Console 1'
    });
    expect(sessionName(console)).toBe('Console 1');
  });

  it('shuts one down', async () => {
    manager.set([makeSession('a.ipynb', 'conda-env-ml-py')]);
    await sessions.shutdown('a.ipynb');
    expect(sessions.of(ml)).toEqual([]);
  });

  it('lives on when they cannot be read', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    manager.error = new Error('no server');
    await sessions.refresh();
    expect(warn).toHaveBeenCalled();
    warn.mockRestore();
  });
});
