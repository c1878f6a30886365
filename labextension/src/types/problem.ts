/**
 * What went wrong, as described by `rest-api.yml`.
 */

/** What went wrong, and what to do about it. */
export interface IProblem {
  code: string;
  message: string;
  remedy: string;
}
