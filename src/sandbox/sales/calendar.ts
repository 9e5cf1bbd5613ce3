import type { Day } from "../../domain/numbers.js";

/** "2026-03". */
export type Month = string;

/** The month so many months before the one this day is in. */
export function monthBefore(day: Day, months: number): Month {
  const index = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 - months;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}`;
}

export function lastDayOf(month: Month): Day {
  const next = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0));
  return next.toISOString().slice(0, 10);
}

/** Days of a month up to and including the limit, with their weekday (Sunday is 0). */
export function daysOf(month: Month, limit: Day): { readonly day: Day; readonly weekday: number }[] {
  const last = Number(lastDayOf(month).slice(8));
  const first = new Date(`${month}-01T00:00:00Z`).getUTCDay();
  return Array.from({ length: last }, (_, at) => ({
    day: `${month}-${String(at + 1).padStart(2, "0")}`,
    weekday: (first + at) % 7,
  })).filter(({ day }) => day <= limit);
}
