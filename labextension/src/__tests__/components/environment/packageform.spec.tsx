import React from 'react';

import {
  IPackageFormProps,
  PackageForm
} from '../../../components/environment/packageform';
import { makePackage } from '../../makers';
import { Page, trans } from '../../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

describe('PackageForm', () => {
  let done: string[];

  function show(more: Partial<IPackageFormProps> = {}): void {
    const note = (what: string) => (value?: unknown) =>
      void done.push(typeof value === 'string' ? `${what} ${value}` : what);
    page.render(
      <PackageForm
        packages={[
          makePackage('numpy'),
          makePackage('cowsay', { manager: 'pip' }),
          makePackage('openssl', { requested: false })
        ]}
        error={null}
        added={[]}
        removed={new Set()}
        upgrade={false}
        isEmpty
        isChangeable
        isStarting={false}
        actions={{
          add: note('add'),
          drop: note('drop'),
          toggle: note('toggle'),
          setUpgrade: note('upgrade'),
          clear: note('clear'),
          preview: note('preview')
        }}
        trans={trans}
        {...more}
      />
    );
  }

  const rows = () => page.all('tr[data-package]').map(r => r.dataset.package);

  beforeEach(() => {
    done = [];
  });

  it('marks packages for removal, and takes the marks back', () => {
    show();
    page.click('Remove numpy');
    show({ removed: new Set(['numpy']), isEmpty: false });
    expect(page.all('[data-package=numpy]')[0].textContent).toContain(
      'to remove'
    );
    expect(page.node.textContent).toContain('1 to remove');
    page.click('Keep numpy');
    page.click('Preview');
    page.click('Reset');
    expect(done).toEqual([
      'toggle numpy',
      'toggle numpy',
      'add ',
      'preview',
      'clear'
    ]);
  });

  it('takes packages to add', () => {
    show({ added: ['pandas'], isEmpty: false });
    page.type('input[type=text]', 'scipy');
    page.click('Add');
    page.click('Do not add pandas');
    page.type('input[type=text]', 'zlib');
    page.click('Preview');
    expect(done).toEqual(['add scipy', 'drop pandas', 'add zlib', 'preview']);
    expect(page.node.textContent).toContain('1 to add');
  });

  it('folds packages that were not requested', () => {
    show();
    expect(rows()).toEqual(['numpy', 'cowsay']);
    page.unfold('Needed by them: 1 package');
    expect(rows()).toEqual(['numpy', 'cowsay', 'openssl']);
    show({ packages: [makePackage('openssl', { requested: false })] });
    expect(rows()).toEqual(['openssl']);
    expect(page.node.textContent).toContain('1 package');
  });

  it('only shows what may not be changed', () => {
    show({ isChangeable: false });
    expect(page.all('button')).toEqual([]);
    expect(rows()).toEqual(['numpy', 'cowsay']);
  });

  it('says that it reads', () => {
    show({ packages: null });
    expect(page.node.textContent).toContain('Reading the packages…');
  });
});
