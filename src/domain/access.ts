import type { Decimal, Money } from "./numbers.js";
import type { Person } from "./people.js";

export type Family = "crm" | "erp" | "documents" | "analytics";

/** What a write makes or changes; a policy may have a line of its own for it. */
export type WrittenKind = "lead" | "contact" | "deal" | "note" | "task" | "plan";

/** "svyaz": its own schedules and subscriptions. */
export interface Operation {
  readonly system: string;
  readonly family: Family | "svyaz";
  readonly verb: "read" | "create" | "change";
  readonly kind?: WrittenKind;
  readonly amount?: Money;
  /** Per cent: "12.5". */
  readonly discount?: Decimal;
}

/** "ask": the person's own yes; "second": also somebody else's. A read is allowed or denied. */
export interface Ruling {
  readonly effect: "allow" | "ask" | "second" | "deny";
  readonly scope: "own" | "department" | "all";
}

/** Who somebody is, and what they may do. Always as of now: nothing keeps an old ruling. */
export interface Access {
  /** Nobody known by this id: nothing is answered except how to be let in. */
  whoIs(sender: { readonly channel: string; readonly workspace?: string; readonly id: string }): Promise<Person | undefined>;
  person(id: string): Promise<Person | undefined>;
  decide(person: Person, operation: Operation): Promise<Ruling>;
}
