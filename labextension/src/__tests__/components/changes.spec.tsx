import React from 'react';

import { ChangeCounts, ChangeTable } from '../../components/changes';
import { IPackageChange } from '../../types';
import { Page, trans } from '../render';

const CHANGES: IPackageChange[] = [
  { name: 'a', change: 'added', before: null, after: '1.0 h1_0' },
  { name: 'b', change: 'upgraded', before: '1.0 h1_0', after: '2.0 h1_0' },
  { name: 'c', change: 'upgraded', before: '3.0 h1_0', after: '3.1 h2_0' },
  { name: 'd', change: 'rebuilt', before: '4.0 h1_0', after: '4.0 h2_0' },
  { name: 'e', change: 'removed', before: '5.0 h1_0', after: null }
];

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

const words = (selector: string) =>
  page.all(selector).map(({ textContent }) => textContent);

describe('ChangeCounts', () => {
  it('counts each kind that there is, losses first', () => {
    page.render(<ChangeCounts changes={CHANGES} trans={trans} />);
    const counts = ['−1 removed', '↑2 updated', '↻1 rebuilt', '+1 added'];
    expect(words('li')).toEqual(counts);
  });
});

describe('ChangeTable', () => {
  it('begins with losses, and in each kind with requested packages', () => {
    const requested = new Set(['c']);
    const props = { changes: CHANGES, requested, trans };
    page.render(<ChangeTable {...props} />);
    expect(words('tbody th')).toEqual(['e', 'c', 'b', 'd', 'a']);
    expect(words('[data-requested]')).toEqual(['c↑updated3.0 → to3.1']);
  });

  it('shows builds only where the versions do not differ', () => {
    page.render(<ChangeTable changes={CHANGES} trans={trans} />);
    expect(words('.jp-EnvKernels-before')).toEqual([
      ...['5.0', '1.0', '3.0', '4.0 h1_0']
    ]);
    const [removed] = page.all('[data-package=e] td span[title]');
    expect(removed.title).toBe('5.0 h1_0');
  });
});
