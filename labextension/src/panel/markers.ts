/**
 * Mark the lines of diagnostics in an editor.
 */

import { Extension, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  DecorationSet,
  EditorView,
  ViewPlugin
} from '@codemirror/view';

import { IDiagnostic } from '../types';

const setMarks = StateEffect.define<ReadonlyArray<IDiagnostic>>();

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (old, transaction) => {
    let current = old.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setMarks)) {
        current = decorate(transaction.state.doc, effect.value);
      }
    }
    return current;
  },
  provide: field => EditorView.decorations.from(field)
});

function decorate(
  doc: EditorView['state']['doc'],
  diagnostics: ReadonlyArray<IDiagnostic>
): DecorationSet {
  const ranges = diagnostics.flatMap(({ line, message, severity }) => {
    if (line === null || line < 1 || line > doc.lines || severity === 'info') {
      return [];
    }
    const decoration = Decoration.line({
      attributes: {
        class: 'jp-EnvKernels-marked',
        'data-severity': severity,
        title: message
      }
    });
    return [decoration.range(doc.line(line).from)];
  });
  return Decoration.set(ranges, true);
}

/** Marks in one editor. */
export class LineMarkers {
  /** The extension to add to the editor. */
  readonly extension: Extension = [
    marks,
    ViewPlugin.define(view => {
      this._view = view;
      return {};
    })
  ];

  /** Show these diagnostics and remove earlier ones. */
  show(diagnostics: ReadonlyArray<IDiagnostic>): void {
    if (diagnostics !== this._shown) {
      this._shown = diagnostics;
      this._view?.dispatch({ effects: setMarks.of(diagnostics) });
    }
  }

  private _shown: ReadonlyArray<IDiagnostic> = [];
  private _view: EditorView | null = null;
}
