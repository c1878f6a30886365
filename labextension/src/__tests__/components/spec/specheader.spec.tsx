import React from 'react';

import {
  DateField,
  NameField,
  PreviewState,
  SpecHeader
} from '../../../components/spec/specheader';
import { Page, trans } from '../../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

describe('NameField', () => {
  it('says what a name may be', () => {
    const props = {
      specName: '',
      isRead: true,
      setName: () => undefined,
      trans
    };
    page.render(<NameField {...props} name="a b" isNameValid={false} />);
    const [input] = page.all('input[type=text]');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    expect(page.node.textContent).toContain('Use letters');
    page.render(<NameField {...props} name="ab" isNameValid />);
    expect(page.node.textContent).not.toContain('Use letters');
  });
});

describe('DateField', () => {
  it('gives the day', () => {
    const days: string[] = [];
    const setDate = (date: string) => void days.push(date);
    page.render(<DateField date="" setDate={setDate} trans={trans} />);
    expect(page.all('label')[0].textContent).toBe('Packages as of');
    page.type('input[type=date]', '2026-11-01');
    expect(days).toEqual(['2026-11-01']);
  });
});

describe('SpecHeader', () => {
  let done: string[];

  const course = {
    name: 'course',
    title: trans.__('The course'),
    description: 'All of it',
    text: 'name: course'
  };

  function show(
    preview: PreviewState,
    isUpdate = false,
    templates = [course]
  ): void {
    page.render(
      <SpecHeader
        subject={null}
        templates={templates}
        isUpdate={isUpdate}
        openedPath={null}
        isChanged
        isStarting={false}
        preview={preview}
        error={null}
        actions={{
          begin: ({ name }) => void done.push(`begin ${name}`),
          upload: () => undefined,
          browse: null,
          preview: () => void done.push('preview'),
          showPreview: () => void done.push('show'),
          apply: () => void done.push('apply')
        }}
        trans={trans}
      />
    );
  }

  beforeEach(() => {
    done = [];
  });

  it('creates with one click, or shows beforehand', () => {
    show('none');
    page.click('Create');
    page.click('Preview');
    expect(done).toEqual(['apply', 'preview']);
    expect(page.all('[role=status]')[0].textContent).toBe('');
    show('none', true);
    page.click('Update');
    expect(done[2]).toBe('apply');
  });

  it('offers what the administrator does', () => {
    show('none');
    page.type('select', 'course');
    expect(done).toEqual(['begin course']);
    show('none', false, []);
    expect(page.all('select')).toEqual([]);
  });

  it('says that a change discards the preview', () => {
    show('ready');
    page.click('Show preview');
    expect(done).toEqual(['show']);
    show('outdated');
    expect(page.all('[role=status]')[0].textContent).toContain('discarded');
    expect(page.all('.jp-EnvKernels-link')).toEqual([]);
  });
});
