import type { Approved } from "./approval.js";
import type { EntityRef } from "./entity.js";
import type { Address, Block } from "./message.js";
import type { Language, Person } from "./people.js";
import type { Turn } from "./tool.js";

/** A length of time that schedules count in. */
export type PeriodUnit = "day" | "week" | "month" | "quarter" | "year";

/**
 * Days that move with the day a report is made: "this" is the current one so far, "previous" the last whole one (or so many of them),
 * "past" so many units up to today.
 */
export interface RelativePeriod {
  readonly which: "this" | "previous" | "past";
  readonly unit: PeriodUnit;
  readonly count: number;
}

/** A report by the clock: a reading tool and its input. Days of the period are put into the input at each run. */
export interface Report {
  readonly kind: "report";
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly period?: RelativePeriod;
}

/** What somebody wants to be told of. Plain data: nothing of it is ever run. */
export type Condition =
  /** A document that the reader may see and has not seen yet holds all these words. */
  | { readonly kind: "document"; readonly text: string }
  /** A measure over the last so many whole days differs from the days before by at least so many per cent. */
  | {
      readonly kind: "metric";
      readonly system: string;
      readonly measure: string;
      readonly direction: "falls" | "rises";
      readonly percent: number;
      readonly days: number;
    }
  /** A deal comes to a stage; without one, to any other. */
  | {
      readonly kind: "stage";
      readonly deal: EntityRef;
      readonly title: string;
      readonly stage?: { readonly id: string; readonly pipelineId: string; readonly name: string };
    }
  /** A new deal is the owner's own. */
  | { readonly kind: "lead" };

/** A report by the clock or a subscription to an event; belongs to one person and runs with that person's rights of the moment. */
export interface Schedule {
  /** A number people can say. */
  readonly id: string;
  readonly owner: string;
  /** In the person's words: "sales, every Monday at 9". */
  readonly title: string;
  readonly what: Report | Condition;
  /** Five fields in the owner's time zone; only a report has it. */
  readonly cron?: string;
  /** Where it goes. */
  readonly address: Address;
  readonly createdAt: Date;
  readonly nextAt: Date;
  /** The owner lost the right to it; it is tried in silence and goes on when the right is back. */
  readonly paused: boolean;
  /** So many runs in a row have failed. */
  readonly failures: number;
}

/** What a card agrees to. */
export type ScheduleDraft =
  | { readonly title: string; readonly cron: string; readonly what: Report }
  | { readonly title: string; readonly what: Condition };

/** When a cron text comes up next, or why it is not taken. */
export type Preview = { readonly kind: "times"; readonly next: readonly Date[] } | { readonly kind: "unreadable" | "too-often" | "never" };

export interface Schedules {
  /** The next moments in the owner's time zone. */
  preview(cron: string, owner: Person): Preview;
  /** A chat that the owner alone reads: the given one where it is such, else their private one; nothing where there is none. */
  place(owner: Person, asked: Address): Promise<Address | undefined>;
  /** Takes what was approved, once for each approval. Throws RequestRefused beyond the most that one person may have. */
  add(schedule: Approved<ScheduleDraft>, from: { readonly address: Address; readonly language: Language }): Promise<Schedule>;
  /** What an approval has made. */
  made(approval: string): Promise<Schedule | undefined>;
  list(owner: Person): Promise<readonly Schedule[]>;
  /** Ends a schedule of the asker's own; false when there is none of that number. */
  cancel(cancelled: Approved<{ readonly id: string }>): Promise<boolean>;
}

/** So many schedules and subscriptions may one person have. */
export const mostSchedules = 20;

/** What a look at a condition has found. */
export interface Observation {
  /** Kept for the next look. */
  readonly seen: unknown;
  /** What the owner is told; absent when nothing has happened. */
  readonly told?: readonly Block[];
  /** There is nothing more to wait for. */
  readonly over?: boolean;
}

/** Looks at a condition with the rights of the turn. `seen` is what the look before it kept, or null at first. */
export type Observe = (condition: Condition, seen: unknown, turn: Turn) => Promise<Observation>;
