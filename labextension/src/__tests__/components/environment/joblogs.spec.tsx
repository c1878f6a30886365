import React, { act } from 'react';

import { JobLogs } from '../../../components/environment/joblogs';
import { LogTail } from '../../../stream';
import { makeJob, makeProblem } from '../../makers';
import { Page, trans } from '../../render';

describe('JobLogs', () => {
  let page: Page;
  let opened: Map<string, LogTail>;

  beforeEach(() => {
    page = new Page();
    opened = new Map();
  });

  afterEach(() => {
    page.dispose();
  });

  async function show(ids: string[]): Promise<void> {
    const error = makeProblem({
      code: 'x',
      message: 'No space left.',
      remedy: ''
    });
    page.render(
      <JobLogs
        jobs={ids.map(id => makeJob(id, { state: 'failed', error }))}
        openLog={id => {
          const tail = new LogTail({
            read: async () => ({
              text: `log of ${id}\n`,
              offset: 1,
              complete: true
            })
          });
          opened.set(id, tail);
          return tail;
        }}
        showJob={() => undefined}
        trans={trans}
      />
    );
    await act(async () => new Promise(resolve => setTimeout(resolve, 20)));
  }

  it('shows the log of the newest job, and others on demand', async () => {
    await show(['b', 'a']);
    expect([...opened.keys()]).toEqual(['b']);
    expect(page.all('[role=log]').map(log => log.textContent)).toEqual([
      'log of b\n'
    ]);
    expect(page.node.textContent).toContain('No space left.');
    const [, older] = page.all('details') as HTMLDetailsElement[];
    await act(async () => {
      older.open = true;
      older.dispatchEvent(new Event('toggle'));
    });
    expect([...opened.keys()]).toEqual(['b', 'a']);
    await act(async () => {
      older.open = false;
      older.dispatchEvent(new Event('toggle'));
    });
    expect(opened.get('a')!.isDisposed).toBe(true);
    expect(opened.get('b')!.isDisposed).toBe(false);
  });

  it('says where there is none', async () => {
    await show([]);
    expect(page.node.textContent).toContain('no job of this environment');
  });
});
