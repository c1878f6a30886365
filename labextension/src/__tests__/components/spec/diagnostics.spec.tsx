import React, { act } from 'react';

import { checkState, Diagnostics } from '../../../components/spec/diagnostics';
import { IFix } from '../../../types';
import { Page, trans } from '../../render';

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
      remedy: 'Did you mean python?',
      fix: null
    } as const;
    const props = {
      checked: { spec: null, diagnostics: [diagnostic] },
      error: null,
      onSelect: ({ line }: { line: number | null }) => void selected.push(line),
      text: '',
      onFix: () => undefined,
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

  it('offers a correction while it applies', () => {
    const wanted: IFix[] = [];
    const title = 'Write python';
    const edits = [{ line: 1, before: '- pyhton', after: '- python' }];
    const fix = { title, edits };
    const diagnostic = {
      severity: 'error',
      line: 1,
      column: 3,
      code: 'no-such-package',
      message: 'No package is called pyhton.',
      remedy: '',
      fix
    } as const;
    const props = {
      checked: { spec: null, diagnostics: [diagnostic] },
      error: null,
      onSelect: () => undefined,
      text: '- pyhton',
      onFix: (fix: IFix) => void wanted.push(fix),
      trans
    };
    page.render(<Diagnostics {...props} />);
    page.click(title);
    expect(wanted).toEqual([fix]);
    page.render(<Diagnostics {...props} text="- python" />);
    expect(page.node.textContent).not.toContain(title);
  });
});
