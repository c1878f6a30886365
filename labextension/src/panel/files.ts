/**
 * Files below the root folder of the server.
 */

import { PathExt } from '@jupyterlab/coreutils';
import { Contents } from '@jupyterlab/services';

/** Read a text file. */
export async function readText(
  contents: Contents.IManager,
  path: string
): Promise<string> {
  const options = { content: true, type: 'file', format: 'text' } as const;
  const { content } = await contents.get(path, options);
  return String(content);
}

/**
 * Write a new file under an unused name: NAME.yml, NAME-2.yml and so on.
 *
 * @returns Its path.
 */
export async function saveNew(
  contents: Contents.IManager,
  folder: string,
  name: string,
  text: string
): Promise<string> {
  const listing = await contents.get(folder, { content: true });
  const taken = (listing.content as Contents.IModel[]).map(one => one.name);
  const path = PathExt.join(folder, freeName(name, taken));
  const file = { type: 'file', format: 'text', content: text } as const;
  return (await contents.save(path, file)).path;
}

/** Return the name, with a number before its extension if it is taken. */
export function freeName(name: string, taken: ReadonlyArray<string>): string {
  const ending = PathExt.extname(name);
  const stem = name.slice(0, name.length - ending.length);
  for (let turn = 1; ; turn++) {
    const candidate = turn === 1 ? name : `${stem}-${turn}${ending}`;
    if (!taken.includes(candidate)) {
      return candidate;
    }
  }
}
