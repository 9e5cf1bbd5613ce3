/** "staff", "sales", "manager", "admin", or a name of the company's own from its access policy. */
export type Role = string;
export type Language = "ru" | "en";
/** A person or a group as the source names it: "confluence:group:hr". */
export type Principal = string;

/** Somebody Svyaz works for. One person, however many messengers and systems they are known in. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly language: Language;
  /** "Europe/Moscow"; the company's where the person has set none. Decides what "today" is. */
  readonly timeZone: string;
  readonly roles: readonly Role[];
  /** Themselves and their groups in every system, from the membership mirror. */
  readonly principals: readonly Principal[];
}

/**
 * Who may read something. Every clause must admit the reader; a clause admits by any of its principals:
 * a page is read by those whom its space *and* each restricted ancestor lets in.
 * "ask": the system tells its rights to nobody, so each hit is asked for under the reader's own sign-in.
 */
export type Audience = "everyone" | "nobody" | "ask" | readonly (readonly Principal[])[];
