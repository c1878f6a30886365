import { IEntry } from '../../../components/list/entries';
import { Order, ordered } from '../../../components/list/sorting';
import { IEnvironment } from '../../../types';
import { makeEnvironment, makeJob } from '../../makers';

function entry(name: string, more: Partial<IEnvironment> = {}): IEntry {
  const environment = makeEnvironment(name, more);
  return { ...environment, environment, job: null };
}

const measured = '2026-06-01T00:00:00Z';

const ENTRIES = [
  entry('new', { created: '2026-05-01T00:00:00Z' }),
  entry('Busy', {
    usage: { own_bytes: 3, shared_bytes: 0, measured },
    created: '2026-01-01T00:00:00Z',
    last_used: '2026-06-01T00:00:00Z'
  }),
  entry('empty', { usage: { own_bytes: 0, shared_bytes: 9, measured } }),
  {
    ...entry('made'),
    environment: null,
    job: makeJob('a', { created: '2026-07-01T00:00:00Z' })
  }
];

describe('ordered', () => {
  it.each([
    ['last-used', ['made', 'Busy', 'new', 'empty']],
    ['name', ['Busy', 'empty', 'made', 'new']],
    ['size', ['Busy', 'empty', 'new', 'made']]
  ] as [Order, string[]][])('sorts by %s', (order, names) => {
    expect(ordered(ENTRIES, order).map(({ name }) => name)).toEqual(names);
  });
});
