import { Notification } from '@jupyterlab/apputils';

import { Notifier } from '../../panel/notify';
import { IJob } from '../../types';
import { makeJob } from '../makers';
import { trans } from '../render';

describe('Notifier', () => {
  const actions = (isOwn = true, isShown = false) => ({
    openJobNotebook: () => undefined,
    showJob: () => undefined,
    isShown: () => isShown,
    isOwn: () => isOwn
  });
  const shown = () =>
    Notification.manager.notifications.map(
      ({ message, type }) => `${type}: ${message}`
    );
  const told = (job: Partial<IJob>, isOwn = true, isShown = false) => {
    const notifier = new Notifier(actions(isOwn, isShown), trans);
    notifier.notify(makeJob('a', job));
    const found = shown();
    Notification.manager.dismiss();
    return found;
  };

  it.each([
    [{ state: 'succeeded' }, 'success: ml is ready'],
    [{ state: 'failed' }, 'error: ml could not be created'],
    [{ state: 'interrupted' }, 'error: "Create ml" was interrupted'],
    [{ state: 'succeeded', kind: 'remove' }, 'success: ml was deleted']
  ] as const)('tells of %j', (job, message) => {
    expect(told(job, false)).toEqual([message]);
  });

  it('takes back that an environment is ready once it is deleted', () => {
    const notifier = new Notifier(actions(), trans);
    const other = { environment_id: 'x', environment: 'x' };
    notifier.notify(makeJob('a', { state: 'succeeded' }));
    notifier.notify(makeJob('b', { state: 'succeeded', ...other }));
    notifier.dismiss([makeJob('c', { kind: 'update' })]);
    expect(shown()).toHaveLength(2);
    notifier.dismiss([makeJob('d', { kind: 'remove', state: 'running' })]);
    expect(shown()).toEqual(['success: x is ready']);
    Notification.manager.dismiss();
  });

  it('does not tell of a cancelled job', () => {
    expect(told({ state: 'cancelled' })).toEqual([]);
  });

  it('tells of a plan only where it is not visible', () => {
    const plan = { kind: 'plan', state: 'succeeded' } as const;
    expect(told(plan)).toEqual(['info: The preview of ml is ready']);
    expect(told(plan, false)).toEqual([]);
    expect(told(plan, true, true)).toEqual([]);
  });
});
