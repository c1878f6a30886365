import { toPlace } from '../../panel/places';

describe('toPlace', () => {
  it.each([
    [{ job: 'a' }, { page: 'job', job: 'a' }],
    [
      { page: 'history', environment: 'x' },
      { page: 'history', environment: 'x' }
    ],
    [{ page: 'history' }, { page: 'spec' }],
    [{ page: 'nowhere', environment: 'x' }, { page: 'spec' }],
    [{}, { page: 'spec' }]
  ])('takes %j for %j', (json, place) => {
    expect(toPlace(json)).toEqual(place);
  });
});
