/**
 * The routes of the tabs.
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

/** The editor of a draft. */
export interface ISpecRoute {
  page: 'spec';
  draft: string;
}

/** The spec editor of a new environment, a job, or a page of an environment. */
export type Route =
  ISpecRoute | { page: 'job'; job: string } | IEnvironmentRoute;

const DRAFT_ID = /^[\w-]{1,64}$/;

/** Read a stored route or the arguments of a command; null if they are none. */
export function toRoute(json: ReadonlyPartialJSONObject | null): Route | null {
  const { draft, environment, job, page } = json ?? {};
  if (page === 'spec' && typeof draft === 'string' && DRAFT_ID.test(draft)) {
    return { page, draft };
  }
  if (typeof job === 'string' && JOB_ID.test(job)) {
    return { page: 'job', job };
  }
  const known = ENVIRONMENT_PAGES.find(one => one === page);
  const isId =
    typeof environment === 'string' && ENVIRONMENT_ID.test(environment);
  return known && isId ? { page: known, environment } : null;
}
