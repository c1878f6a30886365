import { DraftStorage, EXAMPLE, SpecDraft } from '../../model';
import { ICheckedSpec, SpecSource } from '../../types';
import { until } from '../fakeserver';
import { makeSpec } from '../makers';

const JOB = '20260101-000001-00000000';
const PLAN = '20260101-000000-00000000';

/** Answers checks when it is told to. */
class FakeChecker {
  asked: SpecSource[] = [];
  channelsAsked: SpecSource[] = [];
  private _waiting: ((checked: ICheckedSpec) => void)[] = [];

  check = (
    source: SpecSource,
    withChannels: boolean
  ): Promise<ICheckedSpec> => {
    if (withChannels) {
      this.channelsAsked.push(source);
      return Promise.reject(new Error('no channels here'));
    }
    this.asked.push(source);
    return new Promise(resolve => this._waiting.push(resolve));
  };

  answer(place: number, name: string | null): void {
    const spec = makeSpec({ name });
    this._waiting[place]({ spec, diagnostics: [] });
  }
}

describe('SpecDraft', () => {
  let checker: FakeChecker;
  let storage: DraftStorage;
  let draft: SpecDraft;

  const makeDraft = () =>
    new SpecDraft({
      check: checker.check,
      id: 'a',
      storage,
      delay: 5,
      channelsDelay: 5
    });

  beforeEach(() => {
    checker = new FakeChecker();
    localStorage.clear();
    storage = new DraftStorage('/user/ada/', 'ada');
    draft = makeDraft();
  });

  afterEach(() => {
    draft.dispose();
  });

  it('begins with an example that is not unsaved work', () => {
    expect(draft.text).toBe(EXAMPLE);
    expect(draft.isUnsaved).toBe(false);
    draft.text = 'name: ml';
    expect(draft.isUnsaved).toBe(true);
  });

  it('has a text checked once the typing pauses', async () => {
    draft.text = 'n';
    draft.text = 'na';
    draft.text = 'name: ml';
    await until(() => checker.asked.length > 0);
    expect(checker.asked).toEqual([{ text: 'name: ml' }]);
    checker.answer(0, 'ml');
    await until(() => draft.name === 'ml');
  });

  it('throws away the answer to an older text', async () => {
    draft.open('name: old');
    draft.open('name: new');
    checker.answer(1, 'new');
    await until(() => draft.name === 'new');
    checker.answer(0, 'old');
    await new Promise(resolve => setTimeout(resolve, 5));
    expect(draft.name).toBe('new');
  });

  it('lets an entered name override the one of the spec', async () => {
    draft.open('name: ml');
    checker.answer(0, 'ml');
    await until(() => draft.name === 'ml');
    expect(draft.request).toEqual({ kind: 'create', text: 'name: ml' });
    draft.name = 'other';
    expect(draft.request).toEqual({
      kind: 'create',
      text: 'name: ml',
      name: 'other'
    });
    draft.name = '';
    expect(draft.request).toEqual({ kind: 'create', text: 'name: ml' });
    expect(draft.isNameValid).toBe(true);
  });

  it.each([
    ['ml', true],
    ['_1.b-c', true],
    ['--help', false],
    ['../up', false],
    ['base', false],
    ['root', false],
    ['base-2', true],
    ['with space', false],
    ['a'.repeat(101), false]
  ])('tells whether a name is allowed: %s', (name, allowed) => {
    draft.name = name;
    expect(draft.isNameValid).toBe(allowed);
  });

  it('asks for the file while the text is the file’s', () => {
    draft.open('name: ml', 'course/environment.yml');
    expect(draft.request).toEqual({
      kind: 'create',
      path: 'course/environment.yml'
    });
    expect(draft.isUnsaved).toBe(false);
    draft.text = 'name: ml2';
    expect(draft.request).toEqual({
      kind: 'create',
      text: 'name: ml2',
      origin: 'course/environment.yml'
    });
    expect(draft.openedPath).toBe('course/environment.yml');
    draft.text = 'name: ml';
    expect(draft.path).toBe('course/environment.yml');
  });

  it('takes any line ends', async () => {
    draft.open('name: ml\r\ndependencies: []\r', 'environment.yml');
    expect(draft.text).toBe('name: ml\ndependencies: []\n');
    await draft.compareFile(async () => 'name: ml\r\ndependencies: []\r');
    expect(draft.path).toBe('environment.yml');
  });

  it.each([
    ['was changed', async () => 'name: other', { origin: 'environment.yml' }],
    ['is gone', () => Promise.reject(new Error('404')), {}]
  ])('asks for the text when the file %s', async (_, read, origin) => {
    draft.open('name: ml', 'environment.yml');
    await draft.compareFile(read);
    expect(draft.request).toEqual({
      kind: 'create',
      text: 'name: ml',
      ...origin
    });
  });

  it('discards its preview when it is changed', () => {
    draft.open('name: ml');
    expect(draft.isPreviewOutdated).toBe(false);
    draft.preview = { jobId: 'job-1', request: draft.request };
    expect(draft.isPreviewOutdated).toBe(false);
    draft.text = 'name: ml2';
    expect(draft.isPreviewOutdated).toBe(true);
    draft.text = 'name: ml';
    expect(draft.isPreviewOutdated).toBe(false);
    draft.name = 'other';
    expect(draft.isPreviewOutdated).toBe(true);
  });

  it('can begin with a template that is not unsaved work', () => {
    draft.begin('name: exported\r\n');
    expect(draft.text).toBe('name: exported\n');
    expect(draft.isUnsaved).toBe(false);
  });

  it('outlives a reload, written at once', () => {
    draft.text = 'name: half';
    draft.name = 'typed';
    draft.jobId = JOB;
    draft.preview = { jobId: PLAN, request: draft.request };
    const next = makeDraft();
    next.restore();
    expect(next.text).toBe('name: half');
    expect(next.name).toBe('typed');
    expect(next.jobId).toBe(JOB);
    expect(next.preview?.jobId).toBe(PLAN);
    expect(next.isPreviewOutdated).toBe(false);
    next.dispose();
  });

  it('has the channels of a restored text asked once it is changed', async () => {
    const text = 'channels: [http://evil.example/${TOKEN}]';
    storage.write('a', { text });
    draft.restore();
    await until(() => checker.asked.length > 0);
    checker.answer(0, null);
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(checker.asked).toEqual([{ text }]);
    expect(checker.channelsAsked).toEqual([]);
    draft.text = `${text}\n`;
    await until(() => checker.channelsAsked.length > 0);
  });

  it('takes nothing odd from what was stored', async () => {
    storage.write('a', {
      text: 'name: a\r\n',
      name: { toString: 'evil' },
      saved: { path: '../outside.yml', text: 'name: a\n' },
      jobId: '../../api/shutdown',
      preview: { jobId: PLAN, request: { kind: 'remove', environment: 'a' } }
    });
    draft.restore();
    await until(() => checker.asked.length > 0);
    expect(checker.asked).toEqual([{ text: 'name: a\n' }]);
    expect(draft.name).toBe('');
    expect(draft.openedPath).toBeNull();
    expect(draft.jobId).toBeNull();
    expect(draft.preview).toBeNull();
  });
});
