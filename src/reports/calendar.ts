import type { Day, Period, Step } from "../domain/numbers.js";

const DAY_MS = 86_400_000;
/** Further back than a quarter, days of another season stand before. */
const longestOddDays = 92;

/** The day `count` days later; negative goes back. */
function addDays(day: Day, count: number): Day {
  return toDay(toTime(day) + count * DAY_MS);
}

/** The same day `count` months later, or the last day of that month where it has no such day (31 January + 1 = 28 February). */
export function addMonths(day: Day, count: number): Day {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate();
  return toDay(Date.UTC(year, month - 1 + count, Math.min(date, last)));
}

/** How many days a period has, both ends included. */
export function daysIn({ from, to }: Period): number {
  return Math.round((toTime(to) - toTime(from)) / DAY_MS) + 1;
}

/** The first day of the step that `day` belongs to; weeks begin on Monday. */
export function startOfStep(day: Day, step: Step): Day {
  const [year = 0, month = 1] = day.split("-").map(Number);
  switch (step) {
    case "day":
      return day;
    case "week":
      return addDays(day, -((new Date(toTime(day)).getUTCDay() + 6) % 7));
    case "month":
      return toDay(Date.UTC(year, month - 1, 1));
    case "quarter":
      return toDay(Date.UTC(year, month - 1 - ((month - 1) % 3), 1));
    case "year":
      return toDay(Date.UTC(year, 0, 1));
  }
}

/** The last day of the step that `day` belongs to. */
export function endOfStep(day: Day, step: Step): Day {
  const start = startOfStep(day, step);
  switch (step) {
    case "day":
      return day;
    case "week":
      return addDays(start, 6);
    case "month":
      return addDays(addMonths(start, 1), -1);
    case "quarter":
      return addDays(addMonths(start, 3), -1);
    case "year":
      return addDays(addMonths(start, 12), -1);
  }
}

/** Does the step that begins at `at` lie in the period with all its days? An unfinished one is not compared with a full one. */
export function isWhole(at: Day, step: Step, period: Period): boolean {
  return startOfStep(at, step) >= period.from && endOfStep(at, step) <= period.to;
}

/**
 * The period just before this one that a manager would set beside it, like with like: whole months, up to half a year of them, and
 * whole years against as many whole ones; an unfinished month, quarter or week against the same days of the one before
 * (1–20 November against 1–20 October); other days, up to a quarter of them, against as many just before.
 * Undefined where nothing fits better than the same days a year earlier: the year so far, one year, odd long stretches.
 */
export function periodBefore(period: Period): Period | undefined {
  const { from, to } = period;
  if (from === startOfStep(from, "month")) {
    const months = monthNumber(to) - monthNumber(from) + 1;
    if (to === endOfStep(to, "month")) return comparableMonths(from, months) ? moved(period, months) : undefined;
    if (months === 1) return moved(period, 1);
    return from === startOfStep(from, "quarter") && months <= 3 && !startsYear(from) ? moved(period, 3) : undefined;
  }
  const days = daysIn(period);
  if (days > longestOddDays) return undefined;
  return back(period, days < 7 && from === startOfStep(from, "week") && to !== from ? 7 : days);
}

/** Several months from January on are the year so far, unless they are a quarter or a half; a year's year before is `yearBefore`. */
function comparableMonths(from: Day, months: number): boolean {
  if (months > 6) return months > 12 && months % 12 === 0;
  return !startsYear(from) || [1, 3, 6].includes(months);
}

/** The same days a year earlier; undefined for a period so long that most of them would be its own. */
export function yearBefore(period: Period): Period | undefined {
  return monthNumber(period.to) - monthNumber(period.from) > 12 ? undefined : moved(period, 12);
}

function startsYear(day: Day): boolean {
  return day.endsWith("-01-01");
}

function back({ from, to }: Period, days: number): Period {
  return { from: addDays(from, -days), to: addDays(to, -days) };
}

function moved({ from, to }: Period, months: number): Period {
  return { from: addMonths(from, -months), to: monthsBack(to, months) };
}

/** The last day of a month stays the last day of its month. */
function monthsBack(day: Day, months: number): Day {
  const back = addMonths(day, -months);
  return day === endOfStep(day, "month") ? endOfStep(back, "month") : back;
}

function monthNumber(day: Day): number {
  const [year = 0, month = 1] = day.split("-").map(Number);
  return year * 12 + month;
}

function toTime(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function toDay(time: number): Day {
  return new Date(time).toISOString().slice(0, 10);
}
