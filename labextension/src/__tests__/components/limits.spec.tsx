import React from 'react';

import { LimitsLine, LimitsOfNew, reachedLimit } from '../../components/limits';
import { makeProblem, makeSettings } from '../makers';
import { Page, trans } from '../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

describe('LimitsLine', () => {
  it.each([
    [{ max_environments: 5 }, '2 of 5 environments'],
    [{ max_environments: 1 }, '2 of 1 environment'],
    [
      { max_environments: 5, max_total_bytes: 10e9 },
      '2 of 5 environments · 1.2 GB of 10.0 GB'
    ],
    [{ min_free_bytes: 1 }, '74.0 GB free']
  ])('shows what is used of %j', (limits, words) => {
    const settings = makeSettings(limits);
    page.render(<LimitsLine settings={settings} trans={trans} />);
    expect(page.node.textContent).toBe(words);
  });

  it.each([[null], [makeSettings({ denied_packages: ['x'] })]])(
    'is not there where nothing is counted',
    settings => {
      page.render(<LimitsLine settings={settings} trans={trans} />);
      expect(page.node.innerHTML).toBe('');
    }
  );

  it("has the administrator's words as its tooltip", () => {
    const settings = makeSettings({ max_environments: 5, message: 'Ask Ada.' });
    page.render(<LimitsLine settings={settings} trans={trans} />);
    expect(page.all('p')[0].title).toBe('Ask Ada.');
  });
});

describe('LimitsOfNew', () => {
  function show(...args: Parameters<typeof makeSettings>): string {
    const settings = makeSettings(...args);
    page.render(<LimitsOfNew settings={settings} trans={trans} />);
    return page.node.textContent!;
  }

  it('says nothing where nothing is limited', () => {
    expect(show()).toBe('');
    page.render(<LimitsOfNew settings={null} trans={trans} />);
    expect(page.node.textContent).toBe('');
  });

  it('says that a limit is reached, and what to do', () => {
    expect(show({ max_environments: 2 })).toContain(
      'You have reached the limit of 2 environments.'
    );
    expect(show({ max_environments: 3 })).not.toContain('reached');
    expect(show({ max_total_bytes: 1.2e9, message: 'Ask Ada.' })).toContain(
      'You have reached the limit of 1.2 GB for all environments.'
    );
    const problem = reachedLimit(
      makeSettings({ max_environments: 1, message: 'Ask Ada.' }),
      trans
    );
    expect(problem?.remedy).toBe(
      'Delete an environment that you no longer need. Ask Ada.'
    );
  });

  it('lists all limits', () => {
    show({
      allowed_channels: ['conda-forge', 'bioconda'],
      denied_packages: ['miner*'],
      denied_variables: ['CAMPUS_*'],
      allow_pip: false,
      pip_indexes: ['https://pip.example.org/simple'],
      max_environments: 5,
      max_packages: 300,
      max_environment_bytes: 5e9,
      min_free_bytes: 1e9,
      min_package_age: 604800,
      message: 'Ask Ada.',
      files: ['/etc/jupyter/envkernels/policy.yml']
    });
    expect(page.all('li').map(({ textContent }) => textContent)).toEqual([
      '2 of 5 environments',
      '74.0 GB free',
      'Allowed channels: conda-forge, bioconda',
      'Packages not allowed: miner*',
      'Variables not allowed in specs: CAMPUS_*',
      'pip packages are not allowed',
      'Allowed pip indexes: https://pip.example.org/simple',
      'At most 300 packages per environment',
      'At most 5.0 GB per environment',
      '1.0 GB of the disk must stay free',
      'Packages newer than 7 days are not installed',
      'Ask Ada.',
      'Policy file: /etc/jupyter/envkernels/policy.yml'
    ]);
  });

  it('says that a policy file cannot be used, before all else', () => {
    const problem = makeProblem({
      code: 'policy-unusable',
      message: 'No.',
      remedy: 'Ask.'
    });
    const reached = makeSettings({ max_environments: 1 });
    const settings = { ...reached, policy_problem: problem };
    page.render(<LimitsOfNew settings={settings} trans={trans} />);
    expect(page.node.textContent).toContain('No.');
    expect(page.node.textContent).not.toContain('reached');
  });
});
