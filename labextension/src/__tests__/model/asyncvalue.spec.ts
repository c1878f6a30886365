import { AsyncValue } from '../../model';
import { RequestError } from '../../restapi';

const refusal = new RequestError(
  { code: 'x', message: 'No.', remedy: '' },
  404
);

describe('AsyncValue', () => {
  let value: AsyncValue<number>;

  afterEach(() => {
    value.dispose();
  });

  it('keeps the answer, and why there is no newer one', async () => {
    const answers: (() => number)[] = [
      () => 1,
      () => {
        throw refusal;
      },
      () => 2
    ];
    value = new AsyncValue(async () => answers.shift()!());
    expect(value.value).toBeNull();
    await value.load();
    expect(value.value).toBe(1);
    await value.load();
    expect([value.value, value.error]).toEqual([1, refusal]);
    await value.load();
    expect([value.value, value.error]).toEqual([2, null]);
  });

  it('throws away the answer to an earlier question', async () => {
    const waiting: ((value: number) => void)[] = [];
    const ask = () => new Promise<number>(resolve => waiting.push(resolve));
    value = new AsyncValue(ask);
    const first = value.load();
    const second = value.load();
    waiting[1](2);
    waiting[0](1);
    await Promise.all([first, second]);
    expect(value.value).toBe(2);
  });
});
