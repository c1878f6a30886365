import { carried, merged, without } from '../../model/remarks';
import { makeDiagnostic } from '../makers';

const remark = (line: number | null, code = 'x') =>
  makeDiagnostic(line, { code, message: code });

describe('carried', () => {
  it.each([
    ['a line above', [3]],
    ['nothing', [2]]
  ])('goes with its line below %s', (what, lines) => {
    const after = what === 'nothing' ? 'a\nnmupy' : 'a\nb\nnmupy';
    const moved = carried([remark(2)], 'a\nnmupy', after);
    expect(moved.map(({ line }) => line)).toEqual(lines);
  });

  it('goes when its line is corrected', () => {
    expect(carried([remark(1)], 'nmupy', 'numpy')).toEqual([]);
    expect(carried([remark(9)], 'nmupy', 'nmupy')).toEqual([]);
  });

  it('stays at the nearest of like lines', () => {
    const [moved] = carried([remark(3)], 'a\n\na', 'a\nb\n\na');
    expect(moved.line).toBe(4);
  });

  it('stays where it concerns the whole', () => {
    expect(carried([remark(null)], 'a', 'b')).toEqual([remark(null)]);
  });
});

describe('merged', () => {
  it('orders by line and says nothing twice', () => {
    const own = [remark(1), remark(4)];
    const others = without([remark(4), remark(2, 'y')], own);
    expect(merged(own, others).map(({ line }) => line)).toEqual([1, 2, 4]);
    expect(merged(own, [])).toBe(own);
  });
});
