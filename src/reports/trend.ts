import { Decimal } from "decimal.js";
import type { Day, Decimal as Exact, Period, Series, Step } from "../domain/numbers.js";
import { isWhole } from "./calendar.js";

// Sums of money must stay exact: the default of 20 digits would round a long one.
const Sum = Decimal.clone({ precision: 60 });

/** What a value became. `percent` is null where there is nothing to be a percentage of: before was 0. */
export interface Change {
  readonly before: Exact;
  readonly now: Exact;
  readonly absolute: Exact;
  /** Of the value before, with one place: "12.5" is 12.5 % more. A loss that became a profit counts as growth. */
  readonly percent: Exact | null;
}

export interface StepValue {
  readonly at: Day;
  readonly value: Exact;
}

export interface Trend {
  /** Null when there is not one value: nothing is known, which is not zero. */
  readonly total: Exact | null;
  /** How many whole steps have a value, and their average: an unfinished step would pull it down. */
  readonly wholeSteps: number;
  readonly average: Exact | null;
  readonly best: StepValue | undefined;
  readonly worst: StepValue | undefined;
  /** The last whole step against the whole step before it. */
  readonly lastChange: (Change & { readonly at: Day; readonly against: Day }) | undefined;
  /** The last step when its days are not all in the period. */
  readonly unfinished: Day | undefined;
  /** Steps without a value. */
  readonly gaps: readonly Day[];
}

/** The exact sum of what is known; null when nothing is. */
export function total(values: readonly (Exact | null)[]): Exact | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return print(
    known.reduce((sum, value) => sum.plus(value), new Sum(0)),
    places(known),
  );
}

/** `from` less `what`, exactly. */
export function difference(from: Exact, what: Exact): Exact {
  return print(new Sum(from).minus(what), places([from, what]));
}

/** Null-safe: a missing side makes no comparison. */
export function change(now: Exact | null, before: Exact | null): Change | undefined {
  if (now === null || before === null) return undefined;
  const absolute = difference(now, before);
  const base = new Sum(before).abs();
  return {
    before,
    now,
    absolute,
    percent: base.isZero() ? null : new Sum(absolute).dividedBy(base).times(100).toDecimalPlaces(1).toString(),
  };
}

/** What part of the whole, in percent with one place; null where the whole is zero or unknown. */
export function share(part: Exact | null, whole: Exact | null): Exact | null {
  if (part === null || whole === null || new Sum(whole).isZero()) return null;
  return new Sum(part).dividedBy(whole).times(100).toDecimalPlaces(1).toString();
}

/** Several series of the same steps added up, point by point. */
export function addUp(series: readonly Series[], name: string): Series | undefined {
  const [first] = series;
  if (!first) return undefined;
  const days = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].toSorted();
  const columns = series.map(({ points }) => new Map(points.map(({ at, value }) => [at, value])));
  return { ...first, name, points: days.map((at) => ({ at, value: total(columns.map((column) => column.get(at) ?? null)) })) };
}

/**
 * The `top` largest by total, and everything else as one series, so that the parts still add up to the whole.
 * Series that are alike come by name, so that two runs show the same order.
 */
export function leaders(series: readonly Series[], top: number, others: string): readonly Series[] {
  const ranked = series
    .map((one) => ({ one, sum: new Sum(total(one.points.map(({ value }) => value)) ?? 0) }))
    .toSorted((a, b) => b.sum.comparedTo(a.sum) || a.one.name.localeCompare(b.one.name))
    .map(({ one }) => one);
  // One left over is shown by its own name: "others" of one hides more than it saves.
  if (ranked.length <= top + 1) return ranked;
  const rest = addUp(ranked.slice(top), others);
  return rest ? [...ranked.slice(0, top), rest] : ranked.slice(0, top);
}

/** What a series tells, seen within the period it was asked for. */
export function trend(series: Series, period: Period): Trend {
  const { points, step } = series;
  const known = points.flatMap(({ at, value }) => (value === null ? [] : [{ at, value }]));
  const whole = known.filter(({ at }) => isWhole(at, step, period));
  const ranked = whole.toSorted((a, b) => new Sum(b.value).comparedTo(a.value) || (a.at < b.at ? -1 : 1));
  const sum = total(whole.map(({ value }) => value));
  const last = points.at(-1);
  return {
    total: total(points.map(({ value }) => value)),
    wholeSteps: whole.length,
    average: sum === null ? null : averageOf(sum, whole.length),
    best: ranked.length > 1 ? ranked[0] : undefined,
    worst: ranked.length > 1 ? ranked.at(-1) : undefined,
    lastChange: lastChange(points, step, period),
    unfinished: last && !isWhole(last.at, step, period) ? last.at : undefined,
    gaps: points.flatMap(({ at, value }) => (value === null ? [at] : [])),
  };
}

function lastChange(points: Series["points"], step: Step, period: Period): Trend["lastChange"] {
  const whole = points.filter(({ at }) => isWhole(at, step, period));
  const [before, now] = whole.slice(-2);
  if (!before || !now) return undefined;
  const changed = change(now.value, before.value);
  return changed && { ...changed, at: now.at, against: before.at };
}

/** As exact as the sum; whole pieces get one place more: 7.5 a day. */
function averageOf(sum: Exact, count: number): Exact {
  const average = new Sum(sum).dividedBy(count);
  const digits = places([sum]);
  return digits === 0 ? average.toDecimalPlaces(1).toString() : print(average, digits);
}

function places(values: readonly Exact[]): number {
  return Math.max(0, ...values.map((value) => value.split(".")[1]?.length ?? 0));
}

function print(value: Decimal, digits: number): Exact {
  return value.toFixed(digits);
}
