import {
  channelName,
  languageVersion,
  parseRecord,
  revisionChanges,
  specName
} from '../../components/packages';
import { makePackage, makeRevision } from '../makers';

describe('packages', () => {
  it('finds the version of a language', () => {
    const found = [
      makePackage('python', { version: '3.12.8' }),
      makePackage('r-base', { version: '4.4.1' })
    ];
    expect(languageVersion('python', found)).toBe('Python 3.12.8');
    expect(languageVersion('R', found)).toBe('R 4.4.1');
    expect(languageVersion('julia', found)).toBe('Julia');
  });

  it.each([
    ['numpy', 'numpy'],
    ['Python=3.12', 'python'],
    ['python >=3.10,<4', 'python'],
    ['conda-forge::ruamel.yaml=0.17', 'ruamel.yaml'],
    ['conda-forge/linux-64::_libgcc_mutex', '_libgcc_mutex'],
    ["scipy[version='>=1']", 'scipy'],
    ['*', '']
  ])('finds the name in %j', (spec, name) => {
    expect(specName(spec)).toBe(name);
  });

  it.each([
    ['main/noarch::jupyter-core-5.1-py_0', 'jupyter-core', '5.1'],
    ['numpy-1.26.4-py312h_0', 'numpy', '1.26.4'],
    ['odd', 'odd', '']
  ])('reads the record %j', (record, name, version) => {
    expect(parseRecord(record)).toEqual({ name, version });
  });

  it('pairs what came with what went', () => {
    const revision = makeRevision(1, {
      added: ['main/noarch::b-2-0', 'main/noarch::c-1-0'],
      removed: ['main/noarch::a-1-0', 'main/noarch::b-1-0']
    });
    expect(revisionChanges(revision)).toEqual([
      { name: 'a', change: 'removed', before: '1', after: null },
      { name: 'b', change: 'changed', before: '1', after: '2' },
      { name: 'c', change: 'added', before: null, after: '1' }
    ]);
  });
});

describe('channelName', () => {
  it.each([
    ['https://conda.anaconda.org/conda-forge/', 'conda-forge'],
    ['https://example.org/t/x/label/dev', 'dev'],
    ['main', 'main'],
    ['', '']
  ])('of %j is %j', (channel, name) => {
    expect(channelName(channel)).toBe(name);
  });
});
