import { readDraft } from '../../model/stored';

const JOB = '20260101-000000-0123abcd';
const WHOLE = {
  text: 'name: a',
  name: 'b',
  excludeNewer: '2026-11-01',
  saved: { path: 'course/environment.yml', text: 'name: a' },
  jobId: JOB,
  preview: {
    jobId: JOB,
    request: {
      kind: 'create',
      path: 'course/environment.yml',
      exclude_newer: '2026-11-01',
      name: 'b'
    }
  }
};
const BARE = {
  text: '',
  name: null,
  excludeNewer: null,
  saved: null,
  jobId: null,
  preview: null
};
const HUGE = 'x'.repeat(8 * 2 ** 20 + 1);

describe('readDraft', () => {
  it('takes what the panel stores', () => {
    expect(readDraft(WHOLE)).toEqual(WHOLE);
    expect(readDraft(BARE)).toEqual(BARE);
    const request = { kind: 'create', text: 'name: a' };
    const preview = { jobId: JOB, request };
    expect(readDraft({ ...WHOLE, preview })).toEqual({ ...WHOLE, preview });
  });

  it.each([
    [undefined],
    [null],
    [1],
    ['name: a'],
    [[]],
    [['name: a']],
    [{}],
    [{ text: null }],
    [{ text: 1 }],
    [{ text: ['name: a'] }],
    [{ text: { length: 1 } }],
    [{ text: HUGE }],
    [JSON.parse('{"__proto__": {"text": "name: a"}}')],
    [Object.create({ text: 'name: a' })]
  ])('takes nothing of %#', stored => {
    expect(readDraft(stored)).toBeNull();
  });

  it.each([
    ['name', 1],
    ['name', []],
    ['name', 'x'.repeat(101)],
    ['name', 'a\u0000'],
    ['saved', 'environment.yml'],
    ['saved', { path: 'environment.yml' }],
    ['saved', { path: 1, text: '' }],
    ['saved', { path: '', text: '' }],
    ['saved', { path: '/etc/passwd', text: '' }],
    ['saved', { path: 'a/../../b.yml', text: '' }],
    ['saved', { path: '..', text: '' }],
    ['saved', { path: 'a\n.yml', text: '' }],
    ['saved', { path: 'x'.repeat(4097), text: '' }],
    ['saved', { path: 'environment.yml', text: HUGE }],
    ['saved', Object.create({ path: 'environment.yml', text: '' })],
    ['jobId', 1],
    ['jobId', ''],
    ['jobId', '..'],
    ['jobId', `${JOB}/run`],
    ['jobId', `${JOB}\n`],
    ['preview', JOB],
    ['preview', { jobId: JOB }],
    ['preview', { jobId: 'a', request: WHOLE.preview.request }],
    ['preview', { jobId: JOB, request: null }],
    ['preview', { jobId: JOB, request: { kind: 'create' } }],
    ['preview', { jobId: JOB, request: { kind: 'remove', text: '' } }],
    ['preview', { jobId: JOB, request: { kind: 'create', path: '../a' } }]
  ])('drops a wrong %s (%#) and nothing else', (field, value) => {
    expect(readDraft({ ...WHOLE, [field]: value })).toEqual({
      ...WHOLE,
      [field]: null
    });
  });

  it('takes over no field that it does not know', () => {
    const request = { ...WHOLE.preview.request, force: true };
    const preview = { jobId: JOB, request, run: true };
    expect(readDraft({ ...WHOLE, preview, start: true })).toEqual(WHOLE);
  });
});
