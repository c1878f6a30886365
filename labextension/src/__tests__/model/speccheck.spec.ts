import { SpecCheck } from '../../model';
import { ICheckedSpec, IDiagnostic } from '../../types';
import { until } from '../fakeserver';
import { makeDiagnostic, makeSpec } from '../makers';

const spec = makeSpec();

const remark = (code: string, line: number) =>
  makeDiagnostic(line, { code, message: code });

describe('SpecCheck', () => {
  let text: string;
  let asked: [string, boolean][];
  let waiting: ((checked: ICheckedSpec) => void)[];
  let check: SpecCheck;

  beforeEach(() => {
    text = 'one\ntwo';
    asked = [];
    waiting = [];
    check = new SpecCheck({
      check: (source, withChannels) => {
        asked.push([(source as { text: string }).text, withChannels]);
        return new Promise(resolve => waiting.push(resolve));
      },
      read: () => ({ text, source: { text } }),
      delay: 1,
      channelsDelay: 5
    });
  });

  afterEach(() => {
    check.dispose();
  });

  /** Answer a question, the first of which is 0. */
  async function answer(
    question: number,
    ...diagnostics: IDiagnostic[]
  ): Promise<void> {
    await until(() => waiting.length > question);
    waiting[question]({ spec, diagnostics });
    await new Promise(resolve => setTimeout(resolve, 1));
  }

  const codes = () => check.checked?.diagnostics.map(({ code }) => code);

  it('shows what the text says at once, and adds what the channels say', async () => {
    check.invalidate();
    await answer(0, remark('text', 2));
    expect(codes()).toEqual(['text']);
    await answer(1, remark('channel', 1), remark('text', 2));
    expect(codes()).toEqual(['channel', 'text']);
    expect(check.wrong?.code).toBe('text');
    expect(asked).toEqual([
      [text, false],
      [text, true]
    ]);
  });

  it('lets the remarks of channels stay until the next ones', async () => {
    check.invalidate();
    await answer(0);
    await answer(1, remark('one', 1), remark('two', 2));
    text = 'zero\none\nTWO';
    check.invalidate();
    await answer(2);
    expect(check.checked?.diagnostics).toEqual([remark('one', 2)]);
    await answer(3);
    expect(codes()).toEqual([]);
  });

  it('throws away what the channels say of an older text', async () => {
    check.invalidate();
    await answer(0);
    await until(() => waiting.length === 2);
    text = 'other';
    check.invalidate();
    await until(() => waiting.length === 3);
    await answer(1, remark('old', 1));
    await answer(2);
    expect(codes()).toEqual([]);
  });

  it('asks again where channels were slow, but not for ever', async () => {
    check.invalidate();
    await answer(0);
    for (let turn = 1; turn <= 5; turn++) {
      await answer(turn, remark('channel-slow', 1));
    }
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(waiting).toHaveLength(6);
    expect(codes()).toEqual(['channel-slow']);
  });
});
