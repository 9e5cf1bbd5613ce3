import type { Day, Period } from "../../domain/numbers.js";
import type { Word } from "./words.js";

/** Arithmetic of calendar days. Everything counts in UTC, where no day is shorter than another. */
export type Unit = "day" | "week" | "month" | "quarter" | "half" | "year";

const units: readonly Unit[] = ["day", "week", "month", "quarter", "half", "year"];

export function unitOf(word: Word | undefined): Unit | undefined {
  return word && units.find((unit) => word.means.has(unit));
}

/** The number behind a concept: 3 for "month-3" when asked for "month". */
export function numbered(word: Word | undefined, concept: string): number | undefined {
  const found = [...(word?.means ?? [])].find((one) => one.startsWith(`${concept}-`) && /\d$/.test(one));
  return found === undefined ? undefined : Number(found.slice(concept.length + 1));
}

export function dayAt(year: number, month: number, day: number): Day {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

/** The day, if there is such a one: no 31 of June. */
export function realDay(year: number, month: number, day: number): Day | undefined {
  const made = dayAt(year, month, day);
  return month >= 1 && month <= 12 && day >= 1 && made.endsWith(`-${pad(month)}-${pad(day)}`) ? made : undefined;
}

export function pad(value: number): string {
  return String(value).padStart(2, "0");
}

export function parts(day: Day): { readonly year: number; readonly month: number; readonly date: number; readonly weekday: number } {
  const at = new Date(`${day}T00:00:00Z`);
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    date: at.getUTCDate(),
    weekday: at.getUTCDay() === 0 ? 7 : at.getUTCDay(),
  };
}

/** So many units later; the end of a shorter month stays its end. */
export function shift(day: Day, count: number, unit: Unit): Day {
  const { year, month, date } = parts(day);
  if (unit === "day" || unit === "week") return dayAt(year, month, date + Math.round(count * (unit === "week" ? 7 : 1)));
  const months = Math.round(count * { month: 1, quarter: 3, half: 6, year: 12 }[unit]);
  const last = parts(dayAt(year, month + months + 1, 0)).date;
  return dayAt(year, month + months, Math.min(date, last));
}

/** The whole unit a day lies in. */
export function unitAround(day: Day, unit: Unit): Period {
  const { year, month, date, weekday } = parts(day);
  if (unit === "day") return { from: day, to: day };
  if (unit === "week") return { from: dayAt(year, month, date - weekday + 1), to: dayAt(year, month, date - weekday + 7) };
  const length = { month: 1, quarter: 3, half: 6, year: 12 }[unit];
  const first = month - ((month - 1) % length);
  return { from: dayAt(year, first, 1), to: dayAt(year, first + length, 0) };
}

/** The last so many units up to and including `today`: a year back from 20 November begins on 21 November. */
export function rolling(today: Day, count: number, unit: Unit): Period {
  return { from: shift(shift(today, -count, unit), 1, "day"), to: today };
}
