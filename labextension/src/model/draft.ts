/**
 * The spec that is being written.
 */

import { IStateDB } from '@jupyterlab/statedb';
import { VDomModel } from '@jupyterlab/ui-components';
import { JSONExt, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Debouncer } from '@lumino/polling';

import { RequestError } from '../restapi';
import {
  CreateRequest,
  ICheckedSpec,
  IDiagnostic,
  NAME_PATTERN,
  PlannableRequest,
  SpecSource
} from '../types';
import { SpecCheck } from './speccheck';
import {
  IPreview,
  ISavedSpec,
  IStoredDraft,
  readDraft,
  withLineFeeds
} from './stored';

/** What a person sees who has not written a spec yet. */
export const EXAMPLE = `name: first-steps
dependencies:
  - python>=3.10
  - numpy
`;

const NONE: ReadonlyArray<IDiagnostic> = [];

/** The key of the draft in the state database. */
const KEY = 'jupyter-envkernels:draft';

/** The spec that is being written: its text, the name to create it under, and what the server says of it. */
export class SpecDraft extends VDomModel {
  constructor(private readonly _options: SpecDraft.IOptions) {
    super();
    const { example = EXAMPLE, saveDelay = 400 } = _options;
    this._given = this._text = example;
    this._check = new SpecCheck({
      ..._options,
      read: () => ({ text: this._text, source: this.source })
    });
    this._check.changed.connect(() => this.stateChanged.emit());
    this._saveSoon = new Debouncer(() => this._save(), saveDelay);
  }

  get text(): string {
    return this._text;
  }
  set text(text: string) {
    if (text !== this._text) {
      this._text = text;
      this.changed();
      this._check.invalidate();
    }
  }

  /** The name as the spec says it; empty where it does not. */
  get specName(): string {
    return this.checked?.spec?.name ?? '';
  }

  /** What the name field shows: as entered, else as the spec says. Empty means the spec's own. */
  get name(): string {
    return this._override ?? this.specName;
  }
  set name(name: string) {
    this._override = name === this.specName ? null : name;
    this.changed();
  }

  get isNameValid(): boolean {
    return new RegExp(NAME_PATTERN).test(this.name || this.specName);
  }

  /** Where the text was read from; null where it was not, or was changed since. */
  get path(): string | null {
    return this._saved?.text === this._text ? this._saved.path : null;
  }

  /** The file that was opened, whether the text was changed since or not. */
  get openedPath(): string | null {
    return this._saved?.path ?? null;
  }

  /** What the server last said of the text; null before its first answer. */
  get checked(): ICheckedSpec | null {
    return this._check.checked;
  }

  get diagnostics(): ReadonlyArray<IDiagnostic> {
    return this.checked?.diagnostics ?? NONE;
  }

  /** An error in the text itself, whatever the channels say; undefined where there is none. */
  get wrong(): IDiagnostic | undefined {
    return this._check.wrong;
  }

  /** Why the text was not checked; null where it was. */
  get error(): RequestError | null {
    return this._check.error;
  }

  /** The id of the job that was last started with this draft. */
  get jobId(): string | null {
    return this._jobId;
  }
  set jobId(id: string | null) {
    this._jobId = id;
    this.changed();
  }

  /** What to ask the server for: the file itself while the text is the file's. */
  get request(): PlannableRequest {
    const request: CreateRequest = { kind: 'create', ...this.source };
    return this._override ? { ...request, name: this._override } : request;
  }

  /** The plan that was last made of the draft; null where none was. */
  get preview(): IPreview | null {
    return this._preview;
  }
  set preview(preview: IPreview | null) {
    this._preview = preview;
    this.changed();
  }

  /** Whether the draft was changed after its plan was made, which thereby is none of it any more. */
  get isPreviewOutdated(): boolean {
    return this._preview !== null && !same(this._preview.request, this.request);
  }

  /** Whether replacing the text would lose what a person wrote. */
  get isUnsaved(): boolean {
    return ![this._given, this._saved?.text, ''].includes(this._text);
  }

  /** Begin with a text that nobody has written, and that can be had again. */
  begin(text: string): void {
    this._given = withLineFeeds(text);
    this.open(text);
  }

  /** Begin with another text. */
  open(content: string, path: string | null = null): void {
    const text = withLineFeeds(content);
    this._override = null;
    this._saved = path === null ? null : { path, text };
    this._text = text;
    this.changed();
    void this.check();
  }

  /** Have the text checked now. */
  check(): Promise<void> {
    return this._check.run();
  }

  /** Look whether the opened file still is what the text shows; if not, the text counts, not the file. */
  async compareFile(read: (path: string) => Promise<string>): Promise<void> {
    if (this.path !== null) {
      const { path } = this;
      const content = await read(path).catch(() => null);
      this._saved =
        content === null ? null : { path, text: withLineFeeds(content) };
      this.changed();
    }
  }

  /** Take up the draft of an earlier session, if there is one. Its channels are asked once the person changes it. */
  async restore(): Promise<void> {
    const stored = readDraft(await this._options.state?.fetch(KEY));
    if (stored && this._text === this._given) {
      this._text = stored.text;
      this._override = stored.name;
      this._saved = stored.saved;
      this._jobId = stored.jobId;
      this._preview = stored.preview;
    }
    this.stateChanged.emit();
    await this._check.run(false);
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._check.dispose();
    this._saveSoon.dispose();
    super.dispose();
  }

  /** The text, or the file while the text is the file's. */
  protected get source(): SpecSource {
    const path = this.path;
    return path === null ? { text: this._text } : { path };
  }

  protected changed(): void {
    this.stateChanged.emit();
    void this._saveSoon.invoke();
  }

  private async _save(): Promise<void> {
    const stored: IStoredDraft = {
      text: this._text,
      name: this._override,
      saved: this._saved,
      jobId: this._jobId,
      preview: this._preview
    };
    const json = stored as unknown as ReadonlyPartialJSONObject;
    await this._options.state?.save(KEY, json);
  }

  private readonly _check: SpecCheck;
  private _given: string;
  private _text: string;
  private _override: string | null = null;
  private _saved: ISavedSpec | null = null;
  private _jobId: string | null = null;
  private _preview: IPreview | null = null;
  private readonly _saveSoon: Debouncer<void, Error>;
}

function same(a: PlannableRequest, b: PlannableRequest): boolean {
  return JSONExt.deepEqual(
    a as unknown as ReadonlyPartialJSONObject,
    b as unknown as ReadonlyPartialJSONObject
  );
}

/** A namespace for SpecDraft statics. */
export namespace SpecDraft {
  /** The options of a SpecDraft; times are in milliseconds. */
  export interface IOptions {
    check: SpecCheck.Check;
    /** The text to begin with. */
    example?: string;
    /** Where the draft outlives a reload of the page. */
    state?: IStateDB | null;
    /** See SpecCheck. */
    delay?: number;
    channelsDelay?: number;
    saveDelay?: number;
  }
}
