import { DraftStorage, SpecDrafts } from '../../model';
import { until } from '../fakeserver';
import { makeJob } from '../makers';
import { Models } from '../panel/models';

describe('SpecDrafts', () => {
  let models: Models;
  const check = async () => ({ spec: null, diagnostics: [] });
  const storage = new DraftStorage('/user/ada/', 'ada');

  const open = () =>
    new SpecDrafts({ jobs: models.jobs, draft: { check, storage } });

  beforeEach(() => {
    localStorage.clear();
    models = new Models();
  });

  afterEach(() => models.dispose());

  it('keeps each draft by itself, across reloads', () => {
    const drafts = open();
    const [one, other] = [drafts.create(), drafts.create()];
    one.text = 'name: one';
    other.text = 'name: other';
    expect(drafts.get(one.id)).toBe(one);
    for (const again of [open(), open()]) {
      expect(again.left).toEqual(expect.arrayContaining([one.id, other.id]));
      expect(again.get(one.id).text).toBe('name: one');
      expect(again.get(other.id).text).toBe('name: other');
    }
  });

  it('keeps those of other users of the origin apart', () => {
    const draft = open().create();
    draft.text = 'name: mine';
    expect(storage.ids()).toEqual([draft.id]);
    expect(new DraftStorage('/user/ada/', 'bob').ids()).toEqual([]);
    expect(new DraftStorage('/user/bob/', 'ada').ids()).toEqual([]);
  });

  it('finds the draft of a job that failed', async () => {
    const { jobs, server } = models;
    const failed = '20260101-000000-00000000';
    const gone = '20260101-000000-00000001';
    const earlier = open();
    const [kept, lost] = [earlier.create(), earlier.create()];
    kept.text = 'name: kept';
    kept.jobId = failed;
    lost.text = 'name: lost';
    lost.jobId = gone;
    server.addJob(makeJob(failed, { kind: 'create', state: 'failed' }));
    const drafts = open();
    await jobs.load();
    expect(drafts.ofJob(failed)?.text).toBe('name: kept');
    expect(drafts.ofJob(gone)).toBeNull();
    expect(storage.ids()).toEqual([kept.id]);
  });

  it('forgets a draft once its environment is there', async () => {
    const { jobs, server } = models;
    const drafts = open();
    const draft = drafts.create();
    draft.text = 'name: ml';
    draft.jobId = (await jobs.start(draft.request)).id;
    server.advance(draft.jobId, { state: 'succeeded' });
    await until(() => storage.ids().length === 0);
    expect(drafts.get(draft.id)).not.toBe(draft);
  });
});
