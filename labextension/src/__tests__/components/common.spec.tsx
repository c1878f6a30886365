import React from 'react';

import { ProblemText, ProgressBar } from '../../components/common';
import { Page, trans } from '../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

const label = 'Create ml';

describe('ProgressBar', () => {
  it('tells how far it is', () => {
    const progress = {
      done: 1,
      total: 4,
      unit: 'packages',
      rate: null,
      seconds_left: null
    } as const;
    page.render(
      <ProgressBar label={label} progress={progress} trans={trans} />
    );
    const [bar] = page.all('[role=progressbar]');
    expect(bar.getAttribute('aria-valuenow')).toBe('25');
    expect(bar.getAttribute('aria-valuetext')).toBe('1 of 4 packages');
    page.render(<ProgressBar label={label} progress={null} trans={trans} />);
    expect(
      page.all('[role=progressbar]')[0].hasAttribute('aria-valuenow')
    ).toBe(false);
  });
});

describe('ProblemText', () => {
  it('folds the explanation', () => {
    const problem = {
      code: 'x',
      message: 'They do not go together.',
      remedy: 'Change one.',
      explanation: '├─ a\n└─ b'
    };
    page.render(<ProblemText problem={problem} trans={trans} />);
    expect(page.all('.jp-EnvKernels-problemFirst')[0].textContent).toBe(
      'They do not go together.'
    );
    expect(page.all('pre')[0].textContent).toBe('├─ a\n└─ b');
    expect(page.all('.jp-EnvKernels-remedy')[0].textContent).toBe(
      'Change one.'
    );
  });

  it('shows as code what is between backticks', () => {
    const message = '`a=1` and `b=2` cannot be installed together.';
    const problem = { code: 'x', message, remedy: '' };
    page.render(<ProblemText problem={problem} trans={trans} />);
    const [text] = page.all('.jp-EnvKernels-problemFirst');
    expect(text.textContent).toBe('a=1 and b=2 cannot be installed together.');
    expect(page.all('code').map(node => node.textContent)).toEqual([
      'a=1',
      'b=2'
    ]);
  });
});
