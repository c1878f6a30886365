import { UpdateDrafts, JobModel } from '../../model';
import { RestAPI } from '../../restapi';
import { FakeServer, until } from '../fakeserver';
import { makeEnvironment, makeJob } from '../makers';

describe('UpdateDrafts', () => {
  let server: FakeServer;
  let jobs: JobModel;
  let edits: UpdateDrafts;
  const ml = makeEnvironment('ml');

  beforeEach(() => {
    server = new FakeServer();
    jobs = new JobModel({
      api: new RestAPI(server.settings),
      bus: server.bus,
      stream: { pollInterval: 100000 }
    });
    const check = async () => ({ spec: null, diagnostics: [] });
    edits = new UpdateDrafts({ jobs, draft: { check } });
  });

  afterEach(() => {
    jobs.dispose();
  });

  async function end(more: Parameters<typeof makeJob>[1]): Promise<void> {
    server.addJob(makeJob('a', { ...more, environment_id: ml.id }));
    await jobs.load();
    server.advance('a', { state: more?.state ?? 'succeeded' });
    await until(() => jobs.get('a')?.seq === 2);
  }

  it('keeps the edits of each environment', () => {
    edits.of(ml).packages.add('pandas');
    edits.of(makeEnvironment('other')).packages.add('scipy');
    expect(edits.of(ml).packages.added).toEqual(['pandas']);
    expect(edits.of(ml).draft.environment).toEqual(ml);
  });

  it.each([
    ['forgets what is done', { kind: 'update' }, []],
    ['forgets what is deleted', { kind: 'remove' }, []],
    ['keeps what is only planned', { kind: 'plan' }, ['pandas']]
  ] as const)('%s', async (_, more, added) => {
    edits.of(ml).packages.add('pandas');
    await end(more);
    expect(edits.of(ml).packages.added).toEqual(added);
  });
});
