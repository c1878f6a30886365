import React from 'react';

import { SpecHeader } from '../../components/specheader';
import { Page, trans } from '../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

describe('SpecHeader', () => {
  it('says what a name may be', () => {
    const props = {
      specName: '',
      isRead: true,
      openedPath: null,
      isChanged: true,
      isStarting: false,
      error: null,
      actions: {
        setName: () => undefined,
        upload: () => undefined,
        browse: null,
        create: () => undefined
      },
      trans
    };
    page.render(<SpecHeader {...props} name="a b" isNameValid={false} />);
    const [input] = page.all('input[type=text]');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    expect(page.node.textContent).toContain('Use letters');
    page.render(<SpecHeader {...props} name="ab" isNameValid />);
    expect(page.node.textContent).not.toContain('Use letters');
  });
});
