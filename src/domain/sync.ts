import type { Entity, EntityRef } from "./entity.js";
import type { Cursor } from "./listing.js";
import type { Audience, Principal } from "./people.js";

export type Change =
  | { readonly kind: "upsert"; readonly entity: Entity }
  | { readonly kind: "remove"; readonly ref: EntityRef }
  /** One thing could not be read. The run goes on, the failure is counted, nothing is removed because of it. */
  | { readonly kind: "unreadable"; readonly ref: EntityRef; readonly error: Error };

/** Changes and the place to go on from once they are safely stored. */
export interface ChangeBatch {
  readonly changes: readonly Change[];
  readonly cursor: Cursor;
}

export interface SyncSource {
  /** "deal", "note", "page": each has its own cursor, so that one slow kind holds up no other. */
  readonly kinds: readonly string[];
  /**
   * "since" is the five-minute run, "full" the nightly one; `from` goes on with either after a stop. A full pass that goes on keeps the
   * moment it began at, since what goes meanwhile is the next run's to find; going on from its very end it reads nothing.
   */
  changes(request: {
    readonly kind: string;
    readonly mode: "full" | "since";
    readonly from?: Cursor;
    readonly signal: AbortSignal;
  }): AsyncIterable<ChangeBatch>;
  /** These things as they are now; one that is gone comes back as "remove". */
  fetch(refs: readonly EntityRef[]): Promise<readonly Change[]>;
  count?(kind: string): Promise<number>;
  /**
   * Who may read what, for systems whose rights change without a trace in `changes`: all of it, without texts. Things that are not
   * named keep what is known of them.
   */
  audiences?(signal: AbortSignal): AsyncIterable<readonly { readonly ref: EntityRef; readonly readers: Audience }[]>;
  /** Who belongs to which groups, where audiences name groups. */
  memberships?(signal: AbortSignal): AsyncIterable<{ readonly member: Principal; readonly of: readonly Principal[] }>;
}
