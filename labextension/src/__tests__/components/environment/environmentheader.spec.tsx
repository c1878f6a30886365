import React from 'react';

import {
  EnvironmentHeader,
  EnvironmentPage
} from '../../../components/environment/environmentheader';
import { makeEnvironment, makePackage, makeRevision } from '../../makers';
import { Page, trans } from '../../render';

describe('EnvironmentHeader', () => {
  let page: Page;
  let selected: EnvironmentPage[];

  beforeEach(() => {
    page = new Page();
    selected = [];
  });

  afterEach(() => {
    page.dispose();
  });

  function show(isKnown: boolean): void {
    const usage = { own_bytes: 412e6, shared_bytes: 0, measured: '' };
    page.render(
      <EnvironmentHeader
        environment={makeEnvironment('ocean', {
          python: isKnown ? '3.12' : null,
          usage: isKnown ? usage : null
        })}
        packages={
          isKnown ? [makePackage('python', { version: '3.12.8' })] : null
        }
        page="overview"
        revisions={isKnown ? [makeRevision(0), makeRevision(1)] : null}
        running={isKnown ? 2 : 0}
        trans={trans}
        onSelect={one => void selected.push(one)}
      />
    );
  }

  it('tells language, size and running kernels', () => {
    show(true);
    expect(page.node.textContent).toContain(
      'Python 3.12 · 412 MB · 2 kernels running'
    );
    show(false);
    expect(page.all('.jp-EnvKernels-jobPrefix')[0].textContent).toBe('Python');
  });

  it('has a tab for each page, with amounts', () => {
    show(true);
    expect(page.all('nav button').map(one => one.textContent)).toEqual([
      'Overview',
      'Packages 1',
      'Spec',
      'History 2',
      'Log'
    ]);
    expect(page.all('[aria-current=page]')[0].textContent).toBe('Overview');
    page.all('nav button')[2].click();
    expect(selected).toEqual(['update']);
  });
});
