import type { Audience, Principal } from "./people.js";

/** One thing in one outside system: ("amocrm", "deal", "3911"). */
export interface EntityRef {
  readonly system: string;
  readonly kind: string;
  readonly id: string;
}

/** Whose it is there; what the gate narrows by. */
export interface Owner {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly Principal[];
}

/** What synchronisation stores of any thing, whatever the system calls it. */
export interface Entity {
  readonly ref: EntityRef;
  readonly title: string;
  readonly url?: string;
  readonly updatedAt?: Date;
  /** The system's own mark of this state, where it has one. */
  readonly version?: string;
  readonly readers: Audience;
  readonly owner?: Owner;
  /** What one client is known by in every system. */
  readonly keys?: { readonly inn?: string; readonly phones: readonly string[]; readonly emails: readonly string[] };
  readonly relations: readonly { readonly kind: string; readonly to: EntityRef }[];
  /** What search finds it by. "later": the index reads it with `documents.read`, behind the run. Absent for things nobody searches. */
  readonly content?: { readonly markdown: string } | "later";
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}
