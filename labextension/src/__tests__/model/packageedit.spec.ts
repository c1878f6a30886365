import { PackageEdit } from '../../model';

describe('PackageEdit', () => {
  let edit: PackageEdit;
  let changes: number;

  beforeEach(() => {
    edit = new PackageEdit({ id: 'ml0000000000', name: 'ml' });
    changes = 0;
    edit.stateChanged.connect(() => void changes++);
  });

  afterEach(() => {
    edit.dispose();
  });

  it('puts a request together', () => {
    expect(edit.isEmpty).toBe(true);
    edit.add(' pandas ');
    edit.toggle('numpy');
    edit.toggle('scipy');
    edit.toggle('scipy');
    expect(edit.isEmpty).toBe(false);
    expect(changes).toBe(4);
    expect(edit.request).toEqual({
      kind: 'update',
      environment: 'ml0000000000',
      add: ['pandas'],
      remove: ['numpy'],
      upgrade: false
    });
    edit.upgrade = true;
    edit.drop('pandas');
    expect(edit.request.add).toEqual([]);
    edit.clear();
    expect(edit.isEmpty).toBe(true);
  });

  it.each([
    ['pandas, scipy>=1.10', ['pandas', 'scipy>=1.10']],
    ['numpy >=1,<2', ['numpy >=1,<2']],
    ['numpy >=1, <2', ['numpy >=1, <2']],
    ['a[version="1", build=x], b', ['a[version="1", build=x]', 'b']],
    ['a\nb\n\n', ['a', 'b']],
    ['a, a', ['a']],
    ['  ', []]
  ])('takes %j for %j', (text, specs) => {
    edit.add(text);
    expect(edit.added).toEqual(specs);
  });
});
