/**
 * The spec in an editor.
 */

import { VDomModel } from '@jupyterlab/ui-components';
import { JSONExt, ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { RequestError } from '../restapi';
import {
  CreateRequest,
  ICheckedSpec,
  IDiagnostic,
  NAME_PATTERN,
  PlannableRequest,
  SpecSource
} from '../types';
import { IDraftStorage } from './draftstorage';
import { SpecCheck } from './speccheck';
import {
  IPreview,
  ISavedSpec,
  IStoredDraft,
  readDraft,
  withLineFeeds
} from './stored';

/** The text of a new draft. */
export const EXAMPLE = `name: first-steps
dependencies:
  - python>=3.10
  - numpy
`;

const NONE: ReadonlyArray<IDiagnostic> = [];

/** A spec in an editor: its text, the name of the environment, and the diagnostics. */
export class SpecDraft extends VDomModel {
  constructor(private readonly _options: SpecDraft.IOptions) {
    super();
    const { example = EXAMPLE, id = '' } = _options;
    this.id = id;
    this._given = this._text = example;
    this._check = new SpecCheck({
      ..._options,
      read: () => ({ text: this._text, source: this.source })
    });
    this._check.changed.connect(() => this.stateChanged.emit());
  }

  /** The id under which it is stored. */
  readonly id: string;

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

  /** The name in the spec; empty if it has none. */
  get specName(): string {
    return this.checked?.spec?.name ?? '';
  }

  /** The value of the name field: as entered, else the name in the spec. */
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

  /** The day after which packages are left out, as 2026-11-01; empty for none. */
  get excludeNewer(): string {
    return this._excludeNewer;
  }
  set excludeNewer(date: string) {
    this._excludeNewer = date;
    this.changed();
  }

  /** The path of the file with this text; null if there is none or the text was changed. */
  get path(): string | null {
    return this._saved?.text === this._text ? this._saved.path : null;
  }

  /** The path of the opened file, even if the text was changed since. */
  get openedPath(): string | null {
    return this._saved?.path ?? null;
  }

  /** The last result of the check; null before the first. */
  get checked(): ICheckedSpec | null {
    return this._check.checked;
  }

  get diagnostics(): ReadonlyArray<IDiagnostic> {
    return this.checked?.diagnostics ?? NONE;
  }

  /** The first error in the text itself, without the channels. */
  get wrong(): IDiagnostic | undefined {
    return this._check.wrong;
  }

  /** Why the text could not be checked; null if it was. */
  get error(): RequestError | null {
    return this._check.error;
  }

  /** The id of the last job started from this draft. */
  get jobId(): string | null {
    return this._jobId;
  }
  set jobId(id: string | null) {
    this._jobId = id;
    this.changed();
  }

  /** The request for the server: by path while the text equals the file. */
  get request(): PlannableRequest {
    const request: CreateRequest = {
      kind: 'create',
      ...this.source,
      ...this.cutoff
    };
    return this._override ? { ...request, name: this._override } : request;
  }

  /** The last preview of the draft; null if there is none. */
  get preview(): IPreview | null {
    return this._preview;
  }
  set preview(preview: IPreview | null) {
    this._preview = preview;
    this.changed();
  }

  /** Whether the draft was changed since its preview. */
  get isPreviewOutdated(): boolean {
    return this._preview !== null && !same(this._preview.request, this.request);
  }

  /** Whether replacing the text would lose unsaved work. */
  get isUnsaved(): boolean {
    return ![this._given, this._saved?.text, ''].includes(this._text);
  }

  /** Start from a generated text or a template, which is not unsaved work. */
  begin(text: string): void {
    this._given = withLineFeeds(text);
    this.open(text);
  }

  /** Replace the text and forget the name and the day. */
  open(content: string, path: string | null = null): void {
    const text = withLineFeeds(content);
    this._override = null;
    this._excludeNewer = '';
    this._saved = path === null ? null : { path, text };
    this._text = text;
    this.changed();
    void this.check();
  }

  /** Check the text now. */
  check(): Promise<void> {
    return this._check.run();
  }

  /** Compare the text with the opened file; if they differ, the text is used, with the folder of the file. */
  async compareFile(read: (path: string) => Promise<string>): Promise<void> {
    if (this.path !== null) {
      const { path } = this;
      const content = await read(path).catch(() => null);
      this._saved =
        content === null ? null : { path, text: withLineFeeds(content) };
      this.changed();
    }
  }

  /** Restore the draft of an earlier session, if any. Channels are checked only after the next change. */
  restore(): void {
    const stored = readDraft(this._options.storage?.read(this.id));
    if (stored) {
      this._text = stored.text;
      this._override = stored.name;
      this._excludeNewer = stored.excludeNewer ?? '';
      this._saved = stored.saved;
      this._jobId = stored.jobId;
      this._preview = stored.preview;
      this.stateChanged.emit();
      void this._check.run(false);
    }
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._check.dispose();
    super.dispose();
  }

  /** The source for the server: the path while the text equals the file; else the text, and where it comes from. */
  protected get source(): SpecSource {
    const { openedPath, path } = this;
    if (path !== null) {
      return { path };
    }
    return openedPath === null
      ? { text: this._text }
      : { text: this._text, origin: openedPath };
  }

  /** The field of the request for the day, if there is one. */
  protected get cutoff(): { exclude_newer?: string } {
    return this._excludeNewer ? { exclude_newer: this._excludeNewer } : {};
  }

  protected changed(): void {
    this.stateChanged.emit();
    this._save();
  }

  private _save(): void {
    const stored: IStoredDraft = {
      text: this._text,
      name: this._override,
      excludeNewer: this._excludeNewer,
      saved: this._saved,
      jobId: this._jobId,
      preview: this._preview
    };
    this._options.storage?.write(this.id, stored);
  }

  private readonly _check: SpecCheck;
  private _given: string;
  private _text: string;
  private _override: string | null = null;
  private _excludeNewer = '';
  private _saved: ISavedSpec | null = null;
  private _jobId: string | null = null;
  private _preview: IPreview | null = null;
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
    /** The initial text. */
    example?: string;
    /** The id under which it is stored. */
    id?: string;
    /** Keeps the draft across page reloads. */
    storage?: IDraftStorage | null;
    /** See SpecCheck. */
    delay?: number;
    channelsDelay?: number;
  }
}
