import { Attempt } from '../../model';
import { RequestError } from '../../restapi';

const refusal = new RequestError(
  { code: 'x', message: 'No.', remedy: '' },
  422
);

describe('Attempt', () => {
  let attempt: Attempt;

  beforeEach(() => {
    attempt = new Attempt();
  });

  afterEach(() => {
    attempt.dispose();
  });

  it('tells what was refused until it is changed', async () => {
    await attempt.run(() => Promise.reject(refusal));
    expect(attempt.error).toBe(refusal);
    expect(attempt.isRunning).toBe(false);
    attempt.forget();
    expect(attempt.error).toBeNull();
  });

  it('runs one task at a time', async () => {
    let end = () => undefined as void;
    let runs = 0;
    const task = () => {
      runs += 1;
      return new Promise<void>(resolve => (end = resolve));
    };
    const first = attempt.run(task);
    expect(attempt.isRunning).toBe(true);
    await attempt.run(task);
    end();
    await first;
    expect(runs).toBe(1);
    expect(attempt.isRunning).toBe(false);
  });
});
