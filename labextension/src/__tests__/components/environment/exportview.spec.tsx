import React from 'react';

import {
  ExportView,
  IExportViewProps
} from '../../../components/environment/exportview';
import { Page, trans } from '../../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

describe('ExportView', () => {
  let done: string[];

  function show(more: Partial<IExportViewProps> = {}): void {
    page.render(
      <ExportView
        format="yaml"
        exported={{ format: 'yaml', text: 'name: ml', left_out: [] }}
        error={null}
        done=""
        actions={{
          setFormat: format => void done.push(format),
          copy: () => void done.push('copy'),
          download: () => void done.push('download'),
          save: () => void done.push('save')
        }}
        trans={trans}
        {...more}
      />
    );
  }

  beforeEach(() => {
    done = [];
  });

  it('offers the text, and what to do with it', () => {
    show();
    const [text] = page.all('textarea') as HTMLTextAreaElement[];
    expect(text.value).toBe('name: ml');
    page.click('Copy');
    page.click('Download');
    page.click('Save in file browser');
    page.type('select', 'explicit');
    expect(done).toEqual(['copy', 'download', 'save', 'explicit']);
    expect(page.all('option')).toHaveLength(6);
  });

  it('names what the file lacks', () => {
    show();
    expect(page.all('[data-severity]')).toHaveLength(0);
    const names = [...'abcdefghijkl'];
    show({
      exported: { format: 'explicit', text: '@EXPLICIT', left_out: names }
    });
    expect(page.all('[data-severity]')[0].textContent).toContain(
      'The file does not include 12 packages of the environment: a, b, c, d, e, f, g, h, i, j …. “environment.yml, exact” includes all'
    );
  });

  it('waits for the text', () => {
    show({ exported: null });
    expect(page.button('Copy').hasAttribute('disabled')).toBe(true);
  });
});
