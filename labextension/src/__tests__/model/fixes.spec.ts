import { applied } from '../../model';

const title = 'Loosen the builds';
const fix = (...edits: [number, string, string | null][]) => ({
  title,
  edits: edits.map(([line, before, after]) => ({ line, before, after }))
});

describe('applied', () => {
  it('replaces and deletes lines', () => {
    const both = fix([2, '- a=1=b', '- a=1'], [3, 'prefix: /x', null]);
    expect(applied(both, 'one\n- a=1=b\nprefix: /x\n')).toBe('one\n- a=1\n');
  });

  it('writes several lines in the place of one', () => {
    const split = fix([2, '- a --pre', '- --pre\n- a']);
    expect(applied(split, 'one\n- a --pre\ntwo')).toBe(
      'one\n- --pre\n- a\ntwo'
    );
  });

  it('finds lines that have moved', () => {
    const one = fix([1, '- a', '- b']);
    expect(applied(one, 'new\n\n- a\n- a')).toBe('new\n\n- b\n- a');
  });

  it('leaves a text alone that is another one', () => {
    const both = fix([1, '- a', '- b'], [2, '- c', '- d']);
    expect(applied(both, '- a\n- e')).toBeNull();
  });
});
