import type { Approved } from "./approval.js";
import type { Person } from "./people.js";

/** A report by the clock or a subscription to an event; belongs to one person and runs with that person's rights of the moment. */
export interface Schedule {
  readonly id: string;
  readonly owner: string;
  /** In the person's words: "sales, every Monday at 9". */
  readonly title: string;
  readonly createdAt: Date;
  readonly nextAt?: Date;
}

export interface ScheduleDraft {
  readonly title: string;
  /** Cron text in the owner's time zone, or the name of an event ("document.created"). */
  readonly when: { readonly cron: string } | { readonly event: string };
  readonly tool: string;
  readonly input: unknown;
}

export interface Schedules {
  add(schedule: Approved<ScheduleDraft>): Promise<Schedule>;
  list(owner: Person): Promise<readonly Schedule[]>;
  cancel(id: string, by: Person): Promise<boolean>;
}
