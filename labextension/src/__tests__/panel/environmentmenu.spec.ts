import { CommandRegistry } from '@lumino/commands';

import {
  addEnvironmentCommands,
  EnvironmentCommandIDs,
  OPEN_NOTEBOOK,
  openEnvironmentMenu
} from '../../panel/environmentmenu';
import { IEnvironment } from '../../types';
import { until } from '../fakeserver';
import { makeEnvironment, makeProblem } from '../makers';
import { trans } from '../render';
import { Models } from './models';

const { addKernel, exportAs, open, packages, remove, unlist, update } =
  EnvironmentCommandIDs;

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
    makeEnvironment('exam', { is_trusted: false }),
    makeEnvironment('ice', {
      kernels: [],
      read_only: true,
      problem: { ...problem, code: 'gone' }
    })
  ];
  const argsOf = (place: number) => ({ environment: all[place].id });

  beforeEach(async () => {
    models = new Models();
    models.server.environments = all;
    commands = new CommandRegistry();
    commands.addCommand(OPEN_NOTEBOOK, {
      label: args => String(args['label']),
      describedBy: { args: {} },
      execute: () => undefined
    });
    done = [];
    const note =
      (name: string) =>
      (...given: unknown[]) =>
        void done.push([name, ...given]);
    const actions = {
      show: note('show'),
      showEnvironment: note('page'),
      exportAs: note('export'),
      addKernel: note('kernel'),
      clone: note('clone'),
      remove: note('remove'),
      unlist: note('unlist'),
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
    [packages, [true, true, true, true, true]],
    [update, [true, true, false, false, false]],
    [addKernel, [false, true, false, false, false]],
    [remove, [true, true, false, true, false]],
    [unlist, [false, false, false, false, true]]
  ])('%s is there where it can be done', (id, enabled) => {
    const found = all.map((_, place) => commands.isEnabled(id, argsOf(place)));
    expect(found).toEqual(enabled);
    expect(commands.isEnabled(id, { environment: 'gone' })).toBe(false);
  });

  it('take an environment by its id', async () => {
    await commands.execute(open, argsOf(0));
    await commands.execute(packages, argsOf(0));
    await commands.execute(exportAs, { ...argsOf(1), format: 'explicit' });
    await commands.execute(exportAs, { ...argsOf(1), format: 'docx' });
    expect(done).toEqual([
      ['page', all[0]],
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
    const labelsOf = async (environment: IEnvironment) => {
      openEnvironmentMenu({ ...options, environment });
      const labels = [...document.querySelectorAll('.lm-Menu-itemLabel')];
      const escape = { key: 'Escape', keyCode: 27, bubbles: true };
      document
        .querySelector('.lm-Menu')!
        .dispatchEvent(new KeyboardEvent('keydown', escape));
      await until(() => document.querySelector('.lm-Menu') === null);
      expect(document.activeElement).toBe(anchor);
      return labels.map(({ textContent }) => textContent).filter(Boolean);
    };
    expect(await labelsOf(all[0])).toEqual([
      'Open',
      'Open a Notebook',
      'Add or Remove Packages…',
      'Update from a File or Spec…',
      'History…',
      'Clone…',
      'Rename…',
      'Export',
      'Delete…'
    ]);
    expect((await labelsOf(all[1])).slice(0, 2)).toEqual([
      'Open',
      'Add Kernel'
    ]);
    expect(await labelsOf(all[4])).toEqual(['Remove from List']);
    anchor.remove();
  });
});
