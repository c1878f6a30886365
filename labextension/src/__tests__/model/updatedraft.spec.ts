import { UpdateDraft } from '../../model';

describe('UpdateDraft', () => {
  it('asks for the update of its environment', () => {
    const draft = new UpdateDraft(
      { id: 'ml0000000000', name: 'ml' },
      { check: async () => ({ spec: null, diagnostics: [] }) }
    );
    draft.open('dependencies: [numpy]');
    expect(draft.request).toEqual({
      kind: 'update',
      environment: 'ml0000000000',
      text: 'dependencies: [numpy]',
      prune: false,
      upgrade: false
    });
    draft.preview = { jobId: 'a', request: draft.request };
    draft.options = { prune: true, upgrade: false };
    expect(draft.request.prune).toBe(true);
    expect(draft.isPreviewOutdated).toBe(true);
    draft.excludeNewer = '2026-11-01';
    expect(draft.request.exclude_newer).toBe('2026-11-01');
    draft.open('dependencies: []', 'environment.yml');
    expect(draft.request.exclude_newer).toBeUndefined();
    expect(draft.request).toMatchObject({ path: 'environment.yml' });
    draft.dispose();
  });
});
