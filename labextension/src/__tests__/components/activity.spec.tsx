import React, { act } from 'react';

import { Activity } from '../../components/activity';
import { makeJob } from '../fakeserver';
import { Page, trans } from '../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

describe('Activity', () => {
  it('shows jobs, opens and cancels them', () => {
    const done: string[] = [];
    const props = {
      isCancelling: () => false,
      actions: {
        showJob: (id: string) => void done.push(`show ${id}`),
        cancel: (id: string) => void done.push(`cancel ${id}`)
      },
      trans
    };
    const running = makeJob('a', { state: 'running', message: 'Solving' });
    const over = makeJob('b', { state: 'failed' });
    page.render(<Activity {...props} jobs={[running, over]} />);
    page.click('Cancel: Create ml');
    act(() => page.all('.jp-EnvKernels-jobLink')[1].click());
    expect(done).toEqual(['cancel a', 'show b']);
    expect(page.all('[role=progressbar]')).toHaveLength(1);
    expect(page.all('[data-job-state=failed]')[0].textContent).toContain(
      'Failed'
    );

    page.render(
      <Activity {...props} isCancelling={() => true} jobs={[running]} />
    );
    page.click('Cancel: Create ml');
    expect(done).toHaveLength(2);
    expect(page.node.textContent).toContain('Cancelling…');
  });
});
