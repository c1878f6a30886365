import { EditorView } from '@codemirror/view';

import { LineMarkers } from '../../panel/markers';
import { IDiagnostic } from '../../types';

const diagnostic = (line: number | null, more = {}): IDiagnostic => ({
  severity: 'error',
  line,
  column: null,
  code: 'x',
  message: `About line ${line}`,
  remedy: '',
  fix: null,
  ...more
});

describe('LineMarkers', () => {
  let markers: LineMarkers;
  let view: EditorView;

  beforeEach(() => {
    markers = new LineMarkers();
    view = new EditorView({
      doc: 'one\ntwo\nthree',
      extensions: [markers.extension]
    });
  });

  afterEach(() => {
    view.destroy();
  });

  const marked = () =>
    Array.from(view.dom.querySelectorAll('.jp-EnvKernels-marked')).map(
      node => node.textContent
    );

  it('marks the lines of errors and warnings', () => {
    markers.show([
      diagnostic(3, { severity: 'warning' }),
      diagnostic(1),
      diagnostic(2, { severity: 'info' })
    ]);
    expect(marked()).toEqual(['one', 'three']);
    markers.show([]);
    expect(marked()).toEqual([]);
  });

  it('leaves out lines that are not there', () => {
    markers.show([diagnostic(null), diagnostic(0), diagnostic(99)]);
    expect(marked()).toEqual([]);
  });

  it('lets a mark move with its line', () => {
    markers.show([diagnostic(2)]);
    view.dispatch({ changes: { from: 0, insert: 'zero\n' } });
    expect(marked()).toEqual(['two']);
  });
});
