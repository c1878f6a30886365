import { Contents } from '@jupyterlab/services';

import { freeName, saveNew } from '../../panel/files';

describe('freeName', () => {
  it.each([
    ['a.yml', [], 'a.yml'],
    ['a.yml', ['a.yml'], 'a-2.yml'],
    ['a.yml', ['a.yml', 'a-2.yml'], 'a-3.yml'],
    ['a', ['a'], 'a-2']
  ])('of %j beside %j is %j', (name, taken, free) => {
    expect(freeName(name, taken)).toBe(free);
  });
});

describe('saveNew', () => {
  it('overwrites nothing', async () => {
    const saved: unknown[] = [];
    const contents = {
      get: async () => ({ content: [{ name: 'a.yml' }] }),
      save: async (path: string, model: Partial<Contents.IModel>) => {
        saved.push([path, model.content]);
        return { path };
      }
    } as unknown as Contents.IManager;
    expect(await saveNew(contents, 'work', 'a.yml', 'name: a')).toBe(
      'work/a-2.yml'
    );
    expect(saved).toEqual([['work/a-2.yml', 'name: a']]);
  });
});
