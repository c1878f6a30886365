/**
 * The spec editor.
 */

import { Prec } from '@codemirror/state';
import { EditorView, KeyBinding, keymap } from '@codemirror/view';
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

import { Diagnostics } from '../components/spec/diagnostics';
import { LimitsOfNew } from '../components/limits';
import { PreviewState, SpecHeader } from '../components/spec/specheader';
import {
  applied,
  Attempt,
  JobModel,
  AsyncValue,
  SpecDraft,
  UpdateDraft
} from '../model';
import { RequestError } from '../restapi';
import { IDiagnostic, IFix, isActive, ISettings, ITemplate } from '../types';
import { LineMarkers } from './markers';
import { specFields } from './specfields';

/** The size limit of an uploaded spec in bytes, as on the server. */
const MAX_UPLOAD = 8 * 2 ** 20;

/** Shows a draft: header, text and diagnostics. */
export class SpecEditor extends Panel {
  constructor(private readonly _options: SpecEditor.IOptions) {
    super();
    this.addClass('jp-EnvKernels-spec');
    this._editor = this._createEditor();
    this.addWidget(this._watching('specTop', () => this._header()));
    this.addWidget(this._editor);
    this.addWidget(this._watching('specBottom', () => this._diagnostics()));
    const { draft, jobs, settings, templates } = _options;
    draft.stateChanged.connect(this._onDraftChanged, this);
    for (const model of [draft, jobs, settings, templates, this._attempt]) {
      model?.stateChanged.connect(() => this._changed.emit(), this);
    }
    this._onDraftChanged();
    this._editor.editor.clearHistory();
  }

  /** Move the cursor to a diagnostic. */
  reveal({ line, column }: Pick<IDiagnostic, 'line' | 'column'>): void {
    const { editor } = this._editor;
    const row = Math.min(line ?? 1, editor.lineCount) - 1;
    const position = { line: row, column: (column ?? 1) - 1 };
    editor.setCursorPosition(position);
    editor.revealPosition(position);
    editor.focus();
  }

  /** Apply a fix, if the lines that it replaces have not changed. */
  fix(fix: IFix): void {
    const text = applied(fix, this._options.draft.text);
    const view = EditorView.findFromDOM(this._editor.node);
    if (text !== null && view !== null) {
      // as user input, so that it can be undone
      const changes = { from: 0, to: view.state.doc.length, insert: text };
      view.dispatch({ changes, userEvent: 'input' });
      this.reveal({ line: fix.edits[0].line, column: 1 });
    }
  }

  /** Create or update the environment, unless the server finds errors in the spec. */
  apply(): Promise<void> {
    return this._unlessWrong(this._options.apply);
  }

  /** Preview the job, unless the server finds errors in the spec. */
  preview(): Promise<void> {
    return this._unlessWrong(this._options.preview);
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    Signal.clearData(this);
    this._attempt.dispose();
    super.dispose();
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._load();
  }

  protected onActivateRequest(msg: Message): void {
    this._load();
    this._editor.activate();
  }

  private _load(): void {
    void this._options.settings?.load();
    void this._options.templates?.load();
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
          this._keys
        ]
      }
    });
    editor.addClass('jp-EnvKernels-specText');
    editor.model.sharedModel.changed.connect(this._onTextChanged, this);
    return editor;
  }

  private _key(key: string, task: () => void): KeyBinding {
    const run = () => {
      task();
      return true;
    };
    return { key, run, stopPropagation: true };
  }

  private _unlessWrong(task: () => Promise<void>): Promise<void> {
    const { draft } = this._options;
    return this._attempt.run(async () => {
      await draft.check();
      if (draft.wrong) {
        this.reveal(draft.wrong);
      } else {
        await task();
      }
    });
  }

  private _watching(name: string, render: () => JSX.Element): ReactWidget {
    const widget = ReactWidget.create(
      <UseSignal signal={this._changed}>{render}</UseSignal>
    );
    widget.addClass(`jp-EnvKernels-${name}`);
    return widget;
  }

  private _header(): JSX.Element {
    const { begin, browse, draft, settings, showJob, templates, trans } =
      this._options;
    return (
      <SpecHeader
        subject={specFields(draft, () => this._attempt.forget(), trans)}
        isUpdate={draft instanceof UpdateDraft}
        templates={templates?.value ?? []}
        openedPath={draft.openedPath}
        isChanged={draft.path === null}
        isStarting={this._attempt.isRunning}
        preview={this._previewState()}
        error={this._attempt.error}
        limits={
          settings && <LimitsOfNew settings={settings.value} trans={trans} />
        }
        trans={trans}
        actions={{
          begin: ({ text }) => void begin(text),
          upload: file => void this._upload(file),
          browse,
          preview: () => void this.preview(),
          showPreview: () => showJob(draft.preview!.jobId),
          apply: () => void this.apply()
        }}
      />
    );
  }

  private _previewState(): PreviewState {
    const { draft, jobs } = this._options;
    const job = draft.preview && jobs.get(draft.preview.jobId);
    if (!job) {
      return 'none';
    }
    if (draft.isPreviewOutdated) {
      return 'outdated';
    }
    if (isActive(job)) {
      return 'pending';
    }
    return job.state === 'succeeded' ? 'ready' : 'failed';
  }

  private _diagnostics(): JSX.Element {
    const { draft, trans } = this._options;
    return (
      <Diagnostics
        checked={draft.checked}
        error={draft.error}
        onSelect={diagnostic => this.reveal(diagnostic)}
        text={draft.text}
        onFix={fix => this.fix(fix)}
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
    await this._attempt.run(async () => {
      throw new RequestError(
        {
          code: 'too-large',
          message: trans.__('%1 is too large for a spec.', file.name),
          remedy: trans.__('Choose a file of at most 8 MiB.')
        },
        0
      );
    });
  }

  private _onTextChanged(): void {
    const { sharedModel } = this._editor.model;
    this._attempt.forget();
    this._options.draft.text = sharedModel.getSource();
  }

  private _onDraftChanged(): void {
    const { draft } = this._options;
    const { sharedModel } = this._editor.model;
    if (sharedModel.getSource() !== draft.text) {
      sharedModel.setSource(draft.text);
    }
    this._markers.show(draft.diagnostics);
  }

  /** Keys of the editor: Mod-Enter would insert a line, and the browser's undo does not know the editor. */
  private readonly _keys = Prec.highest(
    keymap.of([
      this._key('Mod-Enter', () => void this.apply()),
      this._key('Mod-z', () => this._editor.editor.undo()),
      this._key('Mod-Shift-z', () => this._editor.editor.redo()),
      this._key('Mod-y', () => this._editor.editor.redo())
    ])
  );
  private readonly _attempt = new Attempt();
  private readonly _changed = new Signal<this, void>(this);
  private readonly _editor: CodeEditorWrapper;
  private readonly _markers = new LineMarkers();
}

/** A namespace for SpecEditor statics. */
export namespace SpecEditor {
  /** The options of a SpecEditor. */
  export interface IOptions {
    draft: SpecDraft;
    editorServices: IEditorServices;
    trans: TranslationBundle;
    /** Choose a file in the file browser; null without a file browser. */
    browse: (() => void) | null;
    /** Open another text; ask first if unsaved work would be lost. */
    open: (text: string, path: string | null) => Promise<void>;
    jobs: JobModel;
    /** The limits and their usage; null for updates. */
    settings: AsyncValue<ISettings> | null;
    /** The administrator's templates; null for updates. */
    templates: AsyncValue<ITemplate[]> | null;
    /** Start from a template; ask first if unsaved work would be lost. */
    begin: (text: string) => Promise<void>;
    /** Start the job of the draft. Throws a RequestError if the server refuses it. */
    apply: () => Promise<void>;
    /** Start a `plan` job. Throws a RequestError if the server refuses it. */
    preview: () => Promise<void>;
    showJob: (id: string) => void;
  }
}
