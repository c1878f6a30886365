/**
 * The routes of the tab.
 */

import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import {
  ENVIRONMENT_PAGES,
  EnvironmentPage
} from '../components/environment/environmentheader';
import { ENVIRONMENT_ID, JOB_ID } from '../types';

/** A page of an environment. */
export interface IEnvironmentRoute {
  page: EnvironmentPage;
  environment: string;
}

/** The spec editor of a new environment, a job, or a page of an environment. */
export type Route =
  { page: 'spec' } | { page: 'job'; job: string } | IEnvironmentRoute;

/** Read a stored route or the arguments of a command; by default the spec editor. */
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
