import React, { act } from 'react';

import { Log } from '../../../components/job/log';
import { Page, trans } from '../../render';

describe('Log', () => {
  let page: Page;

  beforeEach(() => {
    page = new Page();
  });

  afterEach(() => {
    page.dispose();
  });

  const show = (text: string, isCut = false) => {
    page.render(<Log text={text} isCut={isCut} trans={trans} />);
    const [log] = page.all('[role=log]');
    return log;
  };

  /** Scroll it in a window of 100 pixels on 1000. */
  const scroll = (log: HTMLElement, to: number) => {
    const sizes = { scrollHeight: 1000, clientHeight: 100 };
    for (const [name, value] of Object.entries(sizes)) {
      Object.defineProperty(log, name, { value, configurable: true });
    }
    log.scrollTop = to;
    act(() => void log.dispatchEvent(new Event('scroll')));
  };

  it('says that its beginning was left out', () => {
    expect(show('one\n').textContent).toBe('one\n');
    expect(show('two\n', true).textContent).toMatch(/^\(The beginning.*\ntwo/);
  });

  it('follows its end until the user scrolls up', () => {
    const log = show('one\n');
    scroll(log, 900);
    show('one\ntwo\n');
    expect(log.scrollTop).toBe(1000);
    scroll(log, 300);
    show('one\ntwo\nthree\n');
    expect(log.scrollTop).toBe(300);
    page.click('Scroll to end');
    expect(log.scrollTop).toBe(1000);
  });
});
