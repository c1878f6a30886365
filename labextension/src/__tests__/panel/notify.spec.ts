import { Notification } from '@jupyterlab/apputils';

import { notifyEnd } from '../../panel/notify';
import { IJob } from '../../types';
import { makeJob } from '../makers';
import { trans } from '../render';

describe('notifyEnd', () => {
  const told = (job: Partial<IJob>, isOwn = true, isShown = false) => {
    const actions = {
      openJobNotebook: () => undefined,
      showJob: () => undefined,
      isShown: () => isShown,
      isOwn: () => isOwn
    };
    notifyEnd(makeJob('a', job), actions, trans);
    const found = Notification.manager.notifications.map(
      ({ message, type }) => `${type}: ${message}`
    );
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
