import type { Language } from "./people.js";

/** "1250000.00": exact, never a float. `reports/` counts with decimal.js; only drawing and forecasting turn it into a number. */
export type Decimal = string;
/** A calendar day, "2026-03-01", in the person's time zone, or the company's where a system names none (1C). A moment is a Date. */
export type Day = string;

export interface Money {
  readonly amount: Decimal;
  readonly currency: string;
}

/** Both days belong to it, as people say it: "from the 1st to the 31st". */
export interface Period {
  readonly from: Day;
  readonly to: Day;
}

/** A table of an answer: columns are named once, rows are plain values. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** True when the source had more rows than were taken. */
  readonly truncated?: boolean;
}

/** Cells of `money` and `decimal` columns, and integers beyond 2^53, are Decimal strings. */
export type Cell = string | number | boolean | Date | null;

export interface Column {
  readonly name: string;
  readonly type: "text" | "number" | "decimal" | "money" | "day" | "moment" | "flag";
  readonly unit?: string;
}

export type Step = "day" | "week" | "month" | "quarter" | "year";

/** Numbers over time, evenly spaced; a gap is a null, never a missing point. `at` is the first day of the step. */
export interface Series {
  readonly name: string;
  readonly unit?: string;
  readonly step: Step;
  readonly points: readonly { readonly at: Day; readonly value: Decimal | null }[];
}

/** A picture of numbers: days along the bottom, or names (segments, stages). */
export interface ChartSpec {
  /** What its words are written in; its figures are drawn alike. */
  readonly language?: Language;
  readonly kind: "line" | "bar" | "stacked" | "area";
  readonly along: "time" | "category";
  readonly unit?: string;
  readonly labels: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly (Decimal | null)[] }[];
  /** What a forecast may turn out to be. */
  readonly band?: { readonly low: readonly (Decimal | null)[]; readonly high: readonly (Decimal | null)[] };
}
