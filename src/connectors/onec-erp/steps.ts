import type { Day, Period, Step } from "../../domain/numbers.js";

/** One step of a series: its first day by the calendar, and those of its days that were asked for. */
export interface StepPeriod {
  readonly at: Day;
  readonly period: Period;
}

/** The steps a period falls into, in order; the first and the last may be cut short by it. Weeks begin on Monday. */
export function stepsOf(period: Period, step: Step): readonly StepPeriod[] {
  const steps: StepPeriod[] = [];
  for (let at = startOf(period.from, step); at <= period.to; ) {
    const next = startOfNext(at, step);
    const last = addDays(next, -1);
    steps.push({ at, period: { from: at < period.from ? period.from : at, to: last > period.to ? period.to : last } });
    at = next;
  }
  return steps;
}

/** The first day of the step that a day belongs to. */
export function startOf(day: Day, step: Step): Day {
  const [year = 0, month = 1] = day.split("-").map(Number);
  switch (step) {
    case "day":
      return day;
    case "week":
      return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
    case "month":
      return toDay(year, month - 1, 1);
    case "quarter":
      return toDay(year, month - 1 - ((month - 1) % 3), 1);
    case "year":
      return toDay(year, 0, 1);
  }
}

function startOfNext(at: Day, step: Step): Day {
  if (step === "day" || step === "week") return addDays(at, step === "day" ? 1 : 7);
  const [year = 0, month = 1] = at.split("-").map(Number);
  return toDay(year, month - 1 + { month: 1, quarter: 3, year: 12 }[step], 1);
}

function addDays(day: Day, count: number): Day {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return toDay(year, month - 1, date + count);
}

function toDay(year: number, monthIndex: number, date: number): Day {
  return new Date(Date.UTC(year, monthIndex, date)).toISOString().slice(0, 10);
}
