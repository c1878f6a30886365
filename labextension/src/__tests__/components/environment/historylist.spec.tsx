import React from 'react';

import {
  HistoryList,
  IHistoryListProps
} from '../../../components/environment/historylist';
import { makeRevision } from '../../makers';
import { Page, trans } from '../../render';

let page: Page;

beforeEach(() => {
  page = new Page();
});

afterEach(() => {
  page.dispose();
});

describe('HistoryList', () => {
  let back: number[];

  function show(more: Partial<IHistoryListProps> = {}): void {
    page.render(
      <HistoryList
        revisions={[
          makeRevision(0, {
            added: ['m/noarch::a-1-0'],
            command: 'create',
            specs: ['a=1', 'b']
          }),
          makeRevision(1, { removed: ['m/noarch::a-1-0'], time: null }),
          makeRevision(2, { is_current: true })
        ]}
        error={null}
        isChangeable
        isStarting={false}
        onRollback={({ revision }) => void back.push(revision)}
        trans={trans}
        {...more}
      />
    );
  }

  beforeEach(() => {
    back = [];
  });

  it('shows the newest first, and the way back', () => {
    show();
    const rows = page.all('[data-revision]');
    expect(rows.map(row => row.dataset.revision)).toEqual(['2', '1', '0']);
    expect(rows[0].textContent).toContain('current');
    expect(rows[1].textContent).toContain('unknown time');
    expect(rows[2].textContent).toContain('+1 added');
    expect(rows[2].textContent).toContain('create');
    expect(rows[2].textContent).toContain('Requested: a=1, b');
    page.click('Roll back to revision 0');
    expect(back).toEqual([0]);
    expect(page.all('button')).toHaveLength(2);
  });

  it('lists the packages of a revision', () => {
    show();
    page.unfold('−1 removed');
    expect(page.all('tr[data-package=a]')[0].textContent).toContain('removed');
  });

  it('offers no way back where nothing may be changed', () => {
    show({ isChangeable: false });
    expect(page.all('button')).toEqual([]);
  });

  it('says where there is none', () => {
    show({ revisions: [] });
    expect(page.node.textContent).toContain('no history');
  });
});
