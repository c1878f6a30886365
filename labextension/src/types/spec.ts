/**
 * Specs and what is to be said of them, as described by `rest-api.yml`.
 */

/** A spec as the server read it. */
export interface ISpec {
  name: string | null;
  channels: string[];
  dependencies: string[];
  pip: string[];
  variables: { [name: string]: string };
  /** Of a lock file or an @EXPLICIT list, exactly the conda packages. */
  locked: { url: string }[];
}

export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A correction that the panel can carry out. */
export interface IFix {
  /** What it does, in a few words. */
  title: string;
  /** Whole lines, counted from 1, as they are and as they shall be; null to delete one. */
  edits: { line: number; before: string; after: string | null }[];
}

/** A remark on a spec. */
export interface IDiagnostic {
  severity: Severity;
  /** Counted from 1; null where it concerns the whole spec. */
  line: number | null;
  column: number | null;
  code: string;
  message: string;
  remedy: string;
  /** One way to follow the remedy; null where a person must decide. */
  fix: IFix | null;
}

/** The spec, or null where it cannot be read, and all remarks. */
export interface ICheckedSpec {
  spec: ISpec | null;
  diagnostics: IDiagnostic[];
}

/** A spec to be checked: its text, or a path below the folder that Jupyter serves. */
export type SpecSource = { text: string } | { path: string };

/** A spec that the administrator offers to begin with. */
export interface ITemplate {
  name: string;
  title: string;
  /** May be empty. */
  description: string;
  text: string;
}

/** Names that an environment may have, as the server's EnvironmentName. */
export const NAME_PATTERN =
  '(?!(?:base|root)$)[A-Za-z0-9_][A-Za-z0-9._\\-]{0,99}';
