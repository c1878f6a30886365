import {
  entriesOf,
  Group,
  groupOf,
  matches,
  rowsOf
} from '../../../components/list/entries';
import { IEnvironment } from '../../../types';
import { makeEnvironment, makeJob } from '../../makers';

const NOTHING: ReadonlySet<Group> = new Set();

function entry(name: string, more: Partial<IEnvironment> = {}) {
  return entriesOf([makeEnvironment(name, more)], [])[0];
}

describe('entriesOf', () => {
  it('joins a job with its environment, and adds what is being created', () => {
    const ml = makeEnvironment('ml');
    const jobs = [
      makeJob('a', { environment_id: ml.id, kind: 'update' }),
      makeJob('b', { environment: 'fresh', environment_id: 'f', prefix: '/f' })
    ];
    const entries = entriesOf([ml], jobs);
    expect(entries).toEqual([
      {
        id: ml.id,
        name: 'ml',
        prefix: '/envs/ml',
        environment: ml,
        job: jobs[0]
      },
      {
        id: 'f',
        name: 'fresh',
        prefix: '/f',
        environment: null,
        job: jobs[1]
      }
    ]);
  });
});

describe('matches', () => {
  it('finds by name, place and kernel', () => {
    expect(matches(entry('ml'), 'ML')).toBe(true);
    expect(matches(entry('ml'), 'envs python')).toBe(true);
    expect(matches(entry('ml'), 'julia')).toBe(false);
    expect(matches(entry('ml'), '')).toBe(true);
    const [made] = entriesOf([], [makeJob('a')]);
    expect(matches(made, 'ml')).toBe(true);
  });
});

describe('rowsOf', () => {
  const entries = [
    entry('mine'),
    entry('course', { is_shared: true, read_only: true }),
    entry('base', { is_base: true, is_shared: true }),
    entry('jupyter', { is_running: true })
  ];

  it('knows three groups', () => {
    expect(entries.map(groupOf)).toEqual([
      'mine',
      'shared',
      'system',
      'system'
    ]);
    expect(groupOf(entriesOf([], [makeJob('a')])[0])).toBe('mine');
  });

  it('puts entries below their groups, with their places', () => {
    const rows = rowsOf(entries, 'name', NOTHING);
    expect(
      rows.map(({ count, key, level, place }) => [key, level, place, count])
    ).toEqual([
      ['mine', 1, 1, 3],
      [entries[0].id, 2, 1, 1],
      ['shared', 1, 2, 3],
      [entries[1].id, 2, 1, 1],
      ['system', 1, 3, 3],
      [entries[2].id, 2, 1, 2],
      [entries[3].id, 2, 2, 2]
    ]);
  });

  it('hides the entries of closed groups, but not their number', () => {
    const rows = rowsOf(entries, 'name', new Set<Group>(['mine', 'system']));
    expect(rows.map(({ key }) => key)).toEqual([
      'mine',
      'shared',
      entries[1].id,
      'system'
    ]);
    expect(rows[3]).toMatchObject({ size: 2, isOpen: false });
  });

  it('has no groups where there is one, even if it was closed before', () => {
    const rows = rowsOf([entries[0]], 'name', new Set<Group>(['mine']));
    expect(rows.map(({ kind, level }) => [kind, level])).toEqual([
      ['entry', 1]
    ]);
  });
});
