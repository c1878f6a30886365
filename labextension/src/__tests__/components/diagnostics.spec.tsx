import React, { act } from 'react';

import { checkState, Diagnostics } from '../../components/diagnostics';
import { Page, trans } from '../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

describe('Diagnostics', () => {
  it('lists what is wrong and leads there', () => {
    const selected: (number | null)[] = [];
    const diagnostic = {
      severity: 'error',
      line: 3,
      column: 5,
      code: 'x',
      message: 'No package is called pyhton.',
      remedy: 'Did you mean python?'
    } as const;
    const props = {
      checked: { spec: null, diagnostics: [diagnostic] },
      error: null,
      onSelect: ({ line }: { line: number | null }) => void selected.push(line),
      trans
    };
    page.render(<Diagnostics {...props} />);
    expect(page.all('[role=status]')[0].textContent).toBe('1 error');
    expect(page.node.textContent).toContain('Line 3, column 5');
    act(() => page.all('[data-severity=error]')[0].click());
    expect(selected).toEqual([3]);
    expect(checkState(props)).toBe('error');
    expect(checkState({ ...props, checked: null })).toBe('unchecked');
  });
});
