import { copyName, freeNamePattern } from '../../panel/dialogs';

describe('copyName', () => {
  it('finds a name that is free', () => {
    expect(copyName('ml', ['ml'])).toBe('ml-copy');
    expect(copyName('ml', ['ml', 'ml-copy'])).toBe('ml-copy-2');
    expect(copyName('ml', ['ml-copy', 'ml-copy-2'])).toBe('ml-copy-3');
  });

  it('keeps to the length that is allowed', () => {
    const name = copyName('a'.repeat(100), []);
    expect(name).toHaveLength(100);
    expect(name.endsWith('-copy')).toBe(true);
  });
});

describe('freeNamePattern', () => {
  // As an input does it: the whole value, with the flag v.
  const accepts = (taken: string[], value: string) =>
    new RegExp(`^(?:${freeNamePattern(taken)})$`, 'v').test(value);

  it.each([
    ['ml-2', true],
    ['ml.1', false],
    ['mlx1', true],
    ['ml', false],
    ['-ml', false],
    ['m/l', false],
    ['base', false],
    ['', false]
  ])('%s', (value, accepted) => {
    expect(accepts(['ml', 'ml.1', 'a (b)'], value)).toBe(accepted);
  });

  it('allows every name where none is taken', () => {
    expect(accepts([], 'ml')).toBe(true);
  });
});
