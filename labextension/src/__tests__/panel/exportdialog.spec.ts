import { Widget } from '@lumino/widgets';

import { ExportBody, fileName } from '../../panel/exportdialog';
import { until } from '../fakeserver';
import { makeEnvironment } from '../makers';
import { trans } from '../render';
import { Models } from './models';

describe('fileName', () => {
  it.each([
    ['yaml', 'environment-ml.yml'],
    ['explicit', 'explicit-ml.txt'],
    ['pixi-lock', 'pixi.lock'],
    ['requirements', 'requirements-ml.txt']
  ] as const)('of %s is %s', (format, name) => {
    expect(fileName('ml', format)).toBe(name);
  });
});

describe('ExportBody', () => {
  let models: Models;
  let body: ExportBody;
  let saved: string[][];

  beforeEach(() => {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: false });
    models = new Models();
    saved = [];
    body = new ExportBody(makeEnvironment('ml'), 'explicit', {
      api: models.api,
      trans,
      saveFile: async (name, text) => {
        saved.push([name, text]);
        return `work/${name}`;
      }
    });
    Widget.attach(body, document.body);
  });

  afterEach(() => {
    body.dispose();
    models.dispose();
  });

  const text = () => body.node.querySelector('textarea')?.value ?? '';

  it('shows the text, and saves it', async () => {
    await until(() => text().startsWith('# ml0000000000 as explicit'));
    const buttons = [...body.node.querySelectorAll('button')];
    buttons.find(one => one.textContent?.startsWith('Save'))!.click();
    await until(() => body.node.textContent!.includes('Saved as work/'));
    expect(saved).toEqual([
      ['explicit-ml.txt', '# ml0000000000 as explicit\n']
    ]);
  });

  function choose(format: string): void {
    const select = body.node.querySelector('select')!;
    select.value = format;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  }

  it('shows another format', async () => {
    await until(() => text().includes('as explicit'));
    choose('yaml');
    await until(() => text().includes('as yaml'));
  });

  it('says why there is no text', async () => {
    await until(() => text() !== '');
    const problem = { code: 'x', message: 'No such thing.', remedy: '' };
    models.server.refuse(404, problem);
    choose('pixi-lock');
    await until(() => body.node.textContent!.includes('No such thing.'));
  });
});
