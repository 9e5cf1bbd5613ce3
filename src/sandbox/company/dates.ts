import type { Day } from "../../domain/numbers.js";

const DAY_MS = 86_400_000;
const MOSCOW_HOURS = 3;

/** The day so many days later (earlier when negative). */
export function dayAfter(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Whole days from one day to another. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** A moment of a day by the company's clock, which is three hours ahead of UTC all year. */
export function moment(day: Day, hour: number, minute = 0): Date {
  return new Date(Date.parse(`${day}T00:00:00Z`) + ((hour - MOSCOW_HOURS) * 60 + minute) * 60_000);
}

/** The nearest working day at or before this one: a company does not sell on Sundays. */
export function workingDay(day: Day): Day {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday === 0 ? dayAfter(day, -2) : weekday === 6 ? dayAfter(day, -1) : day;
}
