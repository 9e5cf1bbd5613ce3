import type { Address } from "./message.js";
import type { Person } from "./people.js";

/** Who uses it up: the person everywhere, and everybody together in one chat. */
export interface Consumer {
  readonly person: Person;
  readonly address: Address;
}

export type Allowance = "turns" | "calls" | "tokens" | "cost";

export interface Use {
  readonly turns?: number;
  readonly calls?: number;
  readonly tokens?: { readonly input: number; readonly output: number };
}

/** What a person and a chat may use in a day of the company's calendar. */
export interface Budgets {
  /**
   * Counts the use and tells what of the day's allowances is used up, so that the turn or call it was asked for does not happen.
   * Turns and calls are counted before they happen; tokens afterwards, since nobody knows them before.
   */
  take(consumer: Consumer, use: Use): Promise<Allowance | undefined>;
  /** When the day ends and everything is there again. */
  resetsAt(): Date;
}
