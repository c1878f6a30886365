/**
 * What the tab can show.
 */

import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import {
  ENVIRONMENT_PAGES,
  EnvironmentPage
} from '../components/environmentheader';

/** A page about an environment. */
export interface IEnvironmentPlace {
  page: EnvironmentPage;
  environment: string;
}

/** The editor of a new environment's spec, a job, or a page about an environment. */
export type Place =
  { page: 'spec' } | { page: 'job'; job: string } | IEnvironmentPlace;

/** The place that was stored, or that a command was given. Where it is none, the editor is. */
export function toPlace(json: ReadonlyPartialJSONObject): Place {
  const { environment, job, page } = json;
  if (typeof job === 'string') {
    return { page: 'job', job };
  }
  const known = ENVIRONMENT_PAGES.find(one => one === page);
  return known && typeof environment === 'string'
    ? { page: known, environment }
    : { page: 'spec' };
}
