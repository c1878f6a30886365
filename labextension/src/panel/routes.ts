/**
 * What the tab can show.
 */

import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import {
  ENVIRONMENT_PAGES,
  EnvironmentPage
} from '../components/environmentheader';
import { ENVIRONMENT_ID, JOB_ID } from '../types';

/** A page about an environment. */
export interface IEnvironmentRoute {
  page: EnvironmentPage;
  environment: string;
}

/** The editor of a new environment's spec, a job, or a page about an environment. */
export type Route =
  { page: 'spec' } | { page: 'job'; job: string } | IEnvironmentRoute;

/** The route that was stored, or that a command was given. Where it is none, the editor is. */
export function toRoute(json: ReadonlyPartialJSONObject | null): Route {
  const { environment, job, page } = json ?? {};
  if (typeof job === 'string' && JOB_ID.test(job)) {
    return { page: 'job', job };
  }
  const known = ENVIRONMENT_PAGES.find(one => one === page);
  const isId =
    typeof environment === 'string' && ENVIRONMENT_ID.test(environment);
  return known && isId ? { page: known, environment } : { page: 'spec' };
}
