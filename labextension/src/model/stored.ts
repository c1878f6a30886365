/**
 * A stored draft. The storage may hold anything, of other versions or other programs: fields of another shape are
 * dropped.
 */

import { CreateRequest, JOB_ID, PlannableRequest, SpecSource } from '../types';

/** Characters of the longest text that the server reads. */
const MAX_TEXT = 8 * 2 ** 20;
const MAX_PATH = 4096;
const MAX_NAME = 100;
const MAX_DATE = 10;

/** A spec that was opened from the file browser. */
export interface ISavedSpec {
  path: string;
  text: string;
}

/** The preview of a draft. */
export interface IPreview {
  jobId: string;
  /** The request that it previews. */
  request: PlannableRequest;
}

/** The stored fields of a draft. */
export interface IStoredDraft {
  text: string;
  name: string | null;
  excludeNewer: string | null;
  saved: ISavedSpec | null;
  jobId: string | null;
  preview: IPreview | null;
}

/** Read a stored draft; null if it has no text. */
export function readDraft(value: unknown): IStoredDraft | null {
  const stored = fieldsOf(value);
  const text = readText(stored.get('text'), MAX_TEXT);
  return text === null
    ? null
    : {
        text: withLineFeeds(text),
        name: readLine(stored.get('name'), MAX_NAME),
        excludeNewer: readLine(stored.get('excludeNewer'), MAX_DATE),
        saved: readSaved(stored.get('saved')),
        jobId: readJobId(stored.get('jobId')),
        preview: readPreview(stored.get('preview'))
      };
}

/** Convert line ends to those of the editor. */
export function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

function readSaved(value: unknown): ISavedSpec | null {
  const saved = fieldsOf(value);
  const path = readPath(saved.get('path'));
  const text = readText(saved.get('text'), MAX_TEXT);
  return path === null || text === null ? null : { path, text };
}

function readPreview(value: unknown): IPreview | null {
  const preview = fieldsOf(value);
  const jobId = readJobId(preview.get('jobId'));
  const request = readRequest(preview.get('request'));
  return jobId === null || request === null ? null : { jobId, request };
}

function readRequest(value: unknown): CreateRequest | null {
  const request = fieldsOf(value);
  const path = readPath(request.get('path'));
  const text = readText(request.get('text'), MAX_TEXT);
  const name = readLine(request.get('name'), MAX_NAME);
  const date = readLine(request.get('exclude_newer'), MAX_DATE);
  const origin = readPath(request.get('origin'));
  const withText = text === null ? null : { text };
  const source: SpecSource | null =
    path !== null
      ? { path }
      : withText && { ...withText, ...(origin && { origin }) };
  return request.get('kind') !== 'create' || source === null
    ? null
    : {
        kind: 'create',
        ...source,
        ...(date === null ? {} : { exclude_newer: date }),
        ...(name === null ? {} : { name })
      };
}

function readJobId(value: unknown): string | null {
  return typeof value === 'string' && JOB_ID.test(value) ? value : null;
}

/** Read a path below the root folder of the server. */
function readPath(value: unknown): string | null {
  const path = readLine(value, MAX_PATH);
  const isInside =
    path && !path.startsWith('/') && !path.split('/').includes('..');
  return isInside ? path : null;
}

function readLine(value: unknown, longest: number): string | null {
  const text = readText(value, longest);
  // eslint-disable-next-line no-control-regex
  return text !== null && /[\x00-\x1f\x7f]/.test(text) ? null : text;
}

function readText(value: unknown, longest: number): string | null {
  return typeof value === 'string' && value.length <= longest ? value : null;
}

/** Return the own properties of an object; none for other values. */
function fieldsOf(value: unknown): Map<string, unknown> {
  const isObject = typeof value === 'object' && value !== null;
  return new Map(isObject ? Object.entries(value) : []);
}
