import type { Day, Period, Step } from "../domain/numbers.js";

const DAY_MS = 86_400_000;

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
 * The period to compare with, just before this one, like with like.
 * One that begins with a month goes back by as many months as it touches, so 1–20 November stands against 1–20 October,
 * and whole months against whole months; any other goes back by its own number of days.
 */
export function periodBefore(period: Period): Period {
  if (!period.from.endsWith("-01")) return { from: addDays(period.from, -daysIn(period)), to: addDays(period.from, -1) };
  const months = monthNumber(period.to) - monthNumber(period.from) + 1;
  return { from: addMonths(period.from, -months), to: monthsBack(period.to, months) };
}

/** The same days a year earlier. */
export function yearBefore(period: Period): Period {
  return { from: addMonths(period.from, -12), to: monthsBack(period.to, 12) };
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
