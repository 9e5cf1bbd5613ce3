import type { Cell, Column } from "../../domain/numbers.js";
import type { Language } from "../../domain/people.js";

/** The few words a channel adds to what it is given to say. The app hands them in, so that no channel holds text of its own. */
export interface ChannelWords {
  /** The placeholder that the answer takes the place of. */
  readonly working: string;
  /** The button that ends a turn at work. */
  readonly stop: string;
  readonly sources: string;
  /** Rows left out of a table; without a number when the source itself had more than anybody counted. */
  readonly more: (rows?: number) => string;
  /** Until when a card may be answered, in the company's time zone. */
  readonly validUntil: (at: Date) => string;
  /** What the mark beside a value means: it stood in a document or a record, and not in the person's words. */
  readonly outside: string;
  /** A cell as people read it: grouped digits, currency, local date. */
  readonly cell: (value: Cell, column: Column) => string;
}

export type Wordings = Readonly<Record<Language, ChannelWords>>;
