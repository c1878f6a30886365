import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { toRoute } from '../../panel/routes';

const JOB = '20260101-000000-0123abcd';
const ENVIRONMENT = '0123456789ab';

describe('toRoute', () => {
  it.each([
    [{ job: JOB }, { page: 'job', job: JOB }],
    [
      { page: 'history', environment: ENVIRONMENT },
      { page: 'history', environment: ENVIRONMENT }
    ],
    [
      { page: 'spec', draft: 'a-1' },
      { page: 'spec', draft: 'a-1' }
    ],
    [{ page: 'history' }, null],
    [{ page: 'nowhere', environment: ENVIRONMENT }, null],
    [{}, null]
  ])('takes %j for %j', (json, route) => {
    expect(toRoute(json)).toEqual(route);
  });

  it.each([
    [null],
    [[]],
    ['job'],
    [{ job: '..' }],
    [{ page: 'spec', draft: '../a' }],
    [{ page: 'spec', draft: 'a'.repeat(65) }],
    [{ job: `${JOB}/run` }],
    [{ job: { id: JOB } }],
    [{ page: 'packages', environment: '../jobs' }],
    [{ page: 'packages', environment: [ENVIRONMENT] }],
    [{ page: '__proto__', environment: ENVIRONMENT }],
    [{ page: 'constructor', environment: ENVIRONMENT }],
    [{ page: 0, environment: ENVIRONMENT }]
  ])('takes nothing odd from a workspace: %j', json => {
    const route = toRoute(json as unknown as ReadonlyPartialJSONObject);
    expect(route).toBeNull();
  });
});
