import type { Measure, Member } from "../../domain/erp.js";
import type { Decimal, Period, Series, Step } from "../../domain/numbers.js";
import { periodBefore, yearBefore } from "../../reports/calendar.js";
import { addUp, leaders, total } from "../../reports/trend.js";
import type { Erp } from "./erp.js";

/** What is asked of one ERP, every name resolved. */
export interface SalesQuestion {
  readonly measure: Measure;
  readonly period: Period;
  readonly step: Step;
  readonly by?: string;
  readonly where: readonly { readonly split: string; readonly members: readonly Member[] }[];
  readonly compare: boolean;
}

/** One value of a split, and what it was before. */
export interface SplitLine {
  readonly name: string;
  readonly value: Decimal | null;
  readonly before: Decimal | null;
  readonly yearAgo: Decimal | null;
  readonly series: Series;
}

/** The figures of one measure: over time, or by the values of a split, with what they are compared with. */
export interface SalesFigures {
  readonly total: Decimal | null;
  /** Steps of the whole; absent where a split was asked for. */
  readonly overall?: Series;
  /** The same steps a year earlier, in the same order. */
  readonly overallYearAgo?: Series;
  readonly lines?: readonly SplitLine[];
  /** Absent where no such comparison was asked for, or none makes sense for the period. */
  readonly before?: { readonly period: Period; readonly total: Decimal | null };
  readonly yearAgo?: { readonly period: Period; readonly total: Decimal | null };
}

export async function readSales(system: Erp, question: SalesQuestion): Promise<SalesFigures> {
  const { period, compare, by } = question;
  const before = compare ? periodBefore(period) : undefined;
  const year = compare ? yearBefore(period) : undefined;
  // Only the year before is drawn step by step; of the period before, the sum is enough, and cheaper.
  const [now, earlier, lastYear] = await Promise.all([
    ask(system, question, period, question.step),
    before ? ask(system, question, before, "year") : [],
    year ? ask(system, question, year, by ? "year" : question.step) : [],
  ]);
  const whole = {
    total: totalOf(now),
    before: before && { period: before, total: totalOf(earlier) },
    yearAgo: year && { period: year, total: totalOf(lastYear) },
  };
  if (!by) return { ...whole, overall: now[0], overallYearAgo: lastYear[0] };
  const sums = (series: readonly Series[]) => new Map(series.map((one) => [one.name, sumOf(one)]));
  const [beforeSums, yearSums] = [sums(earlier), sums(lastYear)];
  const lines = now.map((series) => ({
    name: series.name,
    value: sumOf(series),
    // Absent there, though there were figures: it simply had none.
    before: before ? (beforeSums.get(series.name) ?? none(whole.before?.total)) : null,
    yearAgo: year ? (yearSums.get(series.name) ?? none(whole.yearAgo?.total)) : null,
    series,
  }));
  return { ...whole, lines };
}

/** The `top` largest lines, and the rest as one that keeps the sums whole. */
export function topLines(lines: readonly SplitLine[], top: number, others: (count: number) => string): readonly SplitLine[] {
  const shown = leaders(
    lines.map(({ series }) => series),
    top,
    others(Math.max(0, lines.length - top)),
  );
  const kept = new Set(shown);
  const rest = lines.filter(({ series }) => !kept.has(series));
  return shown.map((series) => {
    const own = lines.find((line) => line.series === series);
    return (
      own ?? {
        name: series.name,
        value: sumOf(series),
        before: total(rest.map(({ before }) => before)),
        yearAgo: total(rest.map(({ yearAgo }) => yearAgo)),
        series,
      }
    );
  });
}

async function ask(system: Erp, { measure, by, where }: SalesQuestion, period: Period, step: Step): Promise<readonly Series[]> {
  const series = await system.erp.series({
    measure: measure.id,
    period,
    step,
    splits: by ? [by] : [],
    where: where.map(({ split, members }) => ({ split, values: members.map(({ id }) => id) })),
  });
  return byName(series);
}

/** Two things of one name are one line: a reader could not tell them apart. */
function byName(series: readonly Series[]): readonly Series[] {
  const named = new Map<string, Series[]>();
  for (const one of series) named.set(one.name, [...(named.get(one.name) ?? []), one]);
  return [...named].flatMap(([name, same]) => addUp(same, name) ?? []);
}

function sumOf({ points }: Series): Decimal | null {
  return total(points.map(({ value }) => value));
}

function totalOf(series: readonly Series[]): Decimal | null {
  return total(series.map(sumOf));
}

function none(whole: Decimal | null | undefined): Decimal | null {
  return whole === null || whole === undefined ? null : "0";
}
