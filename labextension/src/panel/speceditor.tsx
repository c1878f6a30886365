/**
 * The editor of a spec.
 */

import { Prec } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import {
  CodeEditor,
  CodeEditorWrapper,
  IEditorServices
} from '@jupyterlab/codeeditor';
import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Panel } from '@lumino/widgets';
import React from 'react';

import { Diagnostics } from '../components/diagnostics';
import { SpecHeader } from '../components/specheader';
import { SpecDraft } from '../model';
import { RequestError } from '../restapi';
import { IDiagnostic } from '../types';
import { LineMarkers } from './markers';

/** The largest file that is taken for a spec, in bytes. */
const MAX_UPLOAD = 2 ** 20;

/** Shows a draft: above it its name and what to do, below it what the server remarks. */
export class SpecEditor extends Panel {
  constructor(private readonly _options: SpecEditor.IOptions) {
    super();
    this.addClass('jp-EnvKernels-spec');
    this._editor = this._createEditor();
    this.addWidget(this._watching('specTop', () => this._header()));
    this.addWidget(this._editor);
    this.addWidget(this._watching('specBottom', () => this._diagnostics()));
    _options.draft.stateChanged.connect(this._onDraftChanged, this);
    this._onDraftChanged();
  }

  /** Move the cursor to what a diagnostic concerns. */
  reveal({ line, column }: Pick<IDiagnostic, 'line' | 'column'>): void {
    const { editor } = this._editor;
    const row = Math.min(line ?? 1, editor.lineCount) - 1;
    const position = { line: row, column: (column ?? 1) - 1 };
    editor.setCursorPosition(position);
    editor.revealPosition(position);
    editor.focus();
  }

  /** Create the environment, unless the server finds errors in the spec. */
  async create(): Promise<void> {
    const { draft, start } = this._options;
    if (this._isStarting) {
      return;
    }
    this._setStarting(true, null);
    let error: RequestError | null = null;
    try {
      await draft.check();
      if (draft.hasErrors) {
        this.reveal(draft.diagnostics.find(d => d.severity === 'error')!);
      } else {
        await start();
      }
    } catch (reason) {
      error = reason as RequestError;
    }
    this._setStarting(false, error);
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._options.draft.stateChanged.disconnect(this._onDraftChanged, this);
    Signal.clearData(this);
    super.dispose();
  }

  protected onActivateRequest(msg: Message): void {
    this._editor.activate();
  }

  private _createEditor(): CodeEditorWrapper {
    const { editorServices, trans } = this._options;
    const editor = new CodeEditorWrapper({
      factory: options =>
        editorServices.factoryService.newDocumentEditor(options),
      model: new CodeEditor.Model({ mimeType: 'text/x-yaml' }),
      editorOptions: {
        config: { lineNumbers: true, lineWrap: true, tabFocusable: false },
        extensions: [
          EditorView.contentAttributes.of({
            'aria-label': trans.__('Environment file (YAML)')
          }),
          this._markers.extension,
          this._createKey
        ]
      }
    });
    editor.addClass('jp-EnvKernels-specText');
    editor.model.sharedModel.changed.connect(this._onTextChanged, this);
    return editor;
  }

  private _watching(name: string, render: () => JSX.Element): ReactWidget {
    const widget = ReactWidget.create(
      <UseSignal signal={this._options.draft.stateChanged}>
        {() => <UseSignal signal={this._startChanged}>{render}</UseSignal>}
      </UseSignal>
    );
    widget.addClass(`jp-EnvKernels-${name}`);
    return widget;
  }

  private _header(): JSX.Element {
    const { browse, draft, trans } = this._options;
    return (
      <SpecHeader
        name={draft.name}
        specName={draft.specName}
        isNameValid={draft.isNameValid}
        isRead={!!draft.checked?.spec}
        openedPath={draft.openedPath}
        isChanged={draft.path === null}
        isStarting={this._isStarting}
        error={this._error}
        trans={trans}
        actions={{
          setName: name => {
            this._forgetError();
            draft.name = name;
          },
          upload: file => void this._upload(file),
          browse,
          create: () => void this.create()
        }}
      />
    );
  }

  private _diagnostics(): JSX.Element {
    const { draft, trans } = this._options;
    return (
      <Diagnostics
        checked={draft.checked}
        error={draft.error}
        onSelect={diagnostic => this.reveal(diagnostic)}
        trans={trans}
      />
    );
  }

  private async _upload(file: File): Promise<void> {
    const { open, trans } = this._options;
    if (file.size <= MAX_UPLOAD) {
      await open(await file.text(), null);
      return;
    }
    const error = new RequestError(
      {
        code: 'too-large',
        message: trans.__('%1 is too large for a spec.', file.name),
        remedy: trans.__('Choose an environment.yml file of at most 1 MiB.')
      },
      0
    );
    this._setStarting(false, error);
  }

  private _setStarting(isStarting: boolean, error: RequestError | null): void {
    this._isStarting = isStarting;
    this._error = error;
    this._startChanged.emit();
  }

  private _onTextChanged(): void {
    const { sharedModel } = this._editor.model;
    this._forgetError();
    this._options.draft.text = sharedModel.getSource();
  }

  /** What the server refused is being changed. */
  private _forgetError(): void {
    if (this._error) {
      this._setStarting(this._isStarting, null);
    }
  }

  private _onDraftChanged(): void {
    const { draft } = this._options;
    const { sharedModel } = this._editor.model;
    if (sharedModel.getSource() !== draft.text) {
      sharedModel.setSource(draft.text);
    }
    this._markers.show(draft.diagnostics);
  }

  /** In the text the key would otherwise begin a new line; around it the shortcut of the settings applies. */
  private readonly _createKey = Prec.highest(
    keymap.of([
      {
        key: 'Mod-Enter',
        stopPropagation: true,
        run: () => {
          void this.create();
          return true;
        }
      }
    ])
  );
  private readonly _editor: CodeEditorWrapper;
  private _error: RequestError | null = null;
  private _isStarting = false;
  private readonly _markers = new LineMarkers();
  private readonly _startChanged = new Signal<this, void>(this);
}

/** A namespace for SpecEditor statics. */
export namespace SpecEditor {
  /** The options of a SpecEditor. */
  export interface IOptions {
    draft: SpecDraft;
    editorServices: IEditorServices;
    trans: TranslationBundle;
    /** Choose a file in the file browser; null where there is none. */
    browse: (() => void) | null;
    /** Begin with another text, after asking where that would lose something. */
    open: (text: string, path: string | null) => Promise<void>;
    /** Start the job. Throws a RequestError where the server refuses it. */
    start: () => Promise<void>;
  }
}
