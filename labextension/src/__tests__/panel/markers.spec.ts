import { EditorView } from '@codemirror/view';

import { LineMarkers } from '../../panel/markers';
import { makeDiagnostic } from '../makers';

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
      makeDiagnostic(3, { severity: 'warning' }),
      makeDiagnostic(1),
      makeDiagnostic(2, { severity: 'info' })
    ]);
    expect(marked()).toEqual(['one', 'three']);
    markers.show([]);
    expect(marked()).toEqual([]);
  });

  it('leaves out lines that are not there', () => {
    markers.show([makeDiagnostic(null), makeDiagnostic(0), makeDiagnostic(99)]);
    expect(marked()).toEqual([]);
  });

  it('lets a mark move with its line', () => {
    markers.show([makeDiagnostic(2)]);
    view.dispatch({ changes: { from: 0, insert: 'zero\n' } });
    expect(marked()).toEqual(['two']);
  });
});
