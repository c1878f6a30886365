import { CommandRegistry } from '@lumino/commands';

import {
  addEnvironmentCommands,
  EnvironmentCommandIDs,
  openEnvironmentMenu
} from '../../panel/environmentmenu';
import { until } from '../fakeserver';
import { makeEnvironment, makeProblem } from '../makers';
import { trans } from '../render';
import { Models } from './models';

const { addKernel, exportAs, packages, remove, update } = EnvironmentCommandIDs;

describe('The commands of an environment', () => {
  let models: Models;
  let commands: CommandRegistry;
  let done: unknown[];

  const problem = makeProblem({
    code: 'no-kernel',
    message: 'No.',
    remedy: ''
  });
  const all = [
    makeEnvironment('ml'),
    makeEnvironment('bare', { kernels: [], problem }),
    makeEnvironment('course', { read_only: true }),
    makeEnvironment('exam', { is_trusted: false })
  ];
  const argsOf = (place: number) => ({ environment: all[place].id });

  beforeEach(async () => {
    models = new Models();
    models.server.environments = all;
    commands = new CommandRegistry();
    done = [];
    const note =
      (name: string) =>
      (...given: unknown[]) =>
        void done.push([name, ...given]);
    const actions = {
      show: note('show'),
      exportAs: note('export'),
      addKernel: note('kernel'),
      clone: note('clone'),
      remove: note('remove'),
      start: note('start')
    };
    const { environments } = models;
    addEnvironmentCommands(commands, { actions, environments, trans });
    environments.refresh();
    await until(() => environments.all !== null);
  });

  afterEach(() => {
    models.dispose();
  });

  it.each([
    [packages, [true, true, true, true]],
    [update, [true, true, false, false]],
    [addKernel, [false, true, false, false]],
    [remove, [true, true, false, true]]
  ])('%s is there where it can be done', (id, enabled) => {
    const found = all.map((_, place) => commands.isEnabled(id, argsOf(place)));
    expect(found).toEqual(enabled);
    expect(commands.isEnabled(id, { environment: 'gone' })).toBe(false);
  });

  it('take an environment by its id', async () => {
    await commands.execute(packages, argsOf(0));
    await commands.execute(exportAs, { ...argsOf(1), format: 'explicit' });
    await commands.execute(exportAs, { ...argsOf(1), format: 'docx' });
    expect(done).toEqual([
      ['show', { page: 'packages', environment: all[0].id }],
      ['export', all[1], 'explicit'],
      ['export', all[1], 'yaml']
    ]);
  });

  it('stand in a menu, which gives the focus back', async () => {
    const anchor = document.createElement('button');
    document.body.append(anchor);
    const position = { x: 0, y: 0 };
    const options = { commands, anchor, position, trans };
    openEnvironmentMenu({ ...options, environment: all[1] });
    const labels = [...document.querySelectorAll('.lm-Menu-itemLabel')];
    expect(labels[0].textContent).toBe('Add Kernel');
    expect(labels.map(({ textContent }) => textContent)).toContain('Export');
    const escape = { key: 'Escape', keyCode: 27, bubbles: true };
    document
      .querySelector('.lm-Menu')!
      .dispatchEvent(new KeyboardEvent('keydown', escape));
    await until(() => document.querySelector('.lm-Menu') === null);
    expect(document.activeElement).toBe(anchor);
    anchor.remove();
  });
});
