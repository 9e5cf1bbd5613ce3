/** What a system says of itself and of our account in it. Only what it has really answered; what it keeps to itself is a finding. */
export interface Survey {
  /** The account, the base, the site, as it is called there. */
  readonly name?: string;
  /** "10.2.10"; many systems tell none. */
  readonly version?: string;
  /** "cloud", "data-center", "1С:ERP 2.5". */
  readonly edition?: string;
  readonly users?: number;
  /** Our own account there. `admin`: it may do everything, which is more than Svyaz needs. */
  readonly account?: { readonly name?: string; readonly admin?: boolean };
  readonly modules: readonly SurveyedModule[];
  readonly pipelines: readonly { readonly name: string; readonly stages: readonly string[] }[];
  readonly fields: readonly SurveyedField[];
  readonly volumes: readonly Volume[];
  readonly findings: readonly SurveyFinding[];
}

/** A part of the system that is switched on, published or readable, or is not. `name` is our word for it ("stock"), or the system's own. */
export interface SurveyedModule {
  readonly name: string;
  readonly on: boolean;
}

/** A field that the company has added. */
export interface SurveyedField {
  /** "deal", "contact", "company". */
  readonly of: string;
  readonly name: string;
  /** As the system calls it. */
  readonly type: string;
}

/** How many things of a kind there are, and how a first synchronisation reads them. */
export interface Volume {
  /** "deal", "page", or the system's own name of a set. */
  readonly kind: string;
  readonly count: number;
  /** Things that one call brings; absent where they are not mirrored. */
  readonly perCall?: number;
}

/**
 * Something an admin should know before the pilot. "missing": Svyaz can do less than it might until it is mended; "risk": it works,
 * and may hurt.
 */
export interface SurveyFinding {
  readonly level: "missing" | "risk";
  /** A stable code, worded for people in the texts: "inn-field", "users-hidden". */
  readonly code: string;
  /** What exactly: names of objects, spaces, fields. */
  readonly about?: readonly string[];
}
