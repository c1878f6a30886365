import { reveal, windowOf } from '../../../components/list/window';

describe('windowOf', () => {
  const heights = Array.from({ length: 1000 }, (_, i) => (i % 10 ? 40 : 64));

  it('has the rows in sight, and some around them', () => {
    const { end, first, tops, total } = windowOf(heights, 0, 600);
    expect(total).toBe(900 * 40 + 100 * 64);
    expect([tops[0], tops[1], tops[2]]).toEqual([0, 64, 104]);
    expect(first).toBe(0);
    expect(end).toBeGreaterThan(14);
    expect(end).toBeLessThan(25);
  });

  it('moves with the list', () => {
    const { end, first, tops, total } = windowOf(heights, 20_000, 600);
    expect(tops[first]).toBeLessThan(20_000);
    expect(tops[end - 1]).toBeGreaterThan(20_600);
    expect(end - first).toBeLessThan(30);
    const last = windowOf(heights, total - 600, 600);
    expect(last.end).toBe(1000);
  });

  it('has all rows of a list that was longer', () => {
    const { end, first } = windowOf([40, 40], 5000, 600);
    expect([first, end]).toEqual([0, 2]);
  });
});

describe('reveal', () => {
  const list = document.createElement('div');
  Object.defineProperty(list, 'clientHeight', { value: 100 });

  it.each([
    [200, 40, 200],
    [500, 40, 440],
    [320, 40, 300]
  ])('brings a row at %d into sight', (top, height, scrolled) => {
    list.scrollTop = 300;
    reveal(list, top, height);
    expect(list.scrollTop).toBe(scrolled);
  });
});
