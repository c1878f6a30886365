import { ordered } from '../../../components/list/sorting';
import { makeEnvironment } from '../../makers';

describe('ordered', () => {
  const usage = (own_bytes: number) => ({
    usage: { own_bytes, shared_bytes: 0, measured: '2026-01-01T00:00:00Z' }
  });
  const all = [
    makeEnvironment('a'),
    makeEnvironment('b', { ...usage(1), created: '2025-06-01T00:00:00Z' }),
    makeEnvironment('c', { ...usage(5), last_used: '2025-01-01T00:00:00Z' }),
    makeEnvironment('d')
  ];

  it.each([
    ['name', 'abcd'],
    ['size', 'cbad'],
    ['last-used', 'cbad']
  ] as const)('by %s is %s', (order, names) => {
    expect(
      ordered(all, order)
        .map(({ name }) => name)
        .join('')
    ).toBe(names);
  });
});
