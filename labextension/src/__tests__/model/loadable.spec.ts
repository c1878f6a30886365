import { Loadable } from '../../model';
import { RequestError } from '../../restapi';

const refusal = new RequestError(
  { code: 'x', message: 'No.', remedy: '' },
  404
);

describe('Loadable', () => {
  let loadable: Loadable<number>;

  afterEach(() => {
    loadable.dispose();
  });

  it('keeps the answer, and why there is no newer one', async () => {
    const answers: (() => number)[] = [
      () => 1,
      () => {
        throw refusal;
      },
      () => 2
    ];
    loadable = new Loadable(async () => answers.shift()!());
    expect(loadable.value).toBeNull();
    await loadable.load();
    expect(loadable.value).toBe(1);
    await loadable.load();
    expect([loadable.value, loadable.error]).toEqual([1, refusal]);
    await loadable.load();
    expect([loadable.value, loadable.error]).toEqual([2, null]);
  });

  it('throws away the answer to an earlier question', async () => {
    const waiting: ((value: number) => void)[] = [];
    const ask = () => new Promise<number>(resolve => waiting.push(resolve));
    loadable = new Loadable(ask);
    const first = loadable.load();
    const second = loadable.load();
    waiting[1](2);
    waiting[0](1);
    await Promise.all([first, second]);
    expect(loadable.value).toBe(2);
  });
});
