import type { Block } from "../../domain/message.js";
import type { Cell, ChartSpec, Column, Day, Decimal, Series, Table } from "../../domain/numbers.js";
import type { Turn } from "../../domain/tool.js";
import { endOfStep, startOfStep } from "../../reports/calendar.js";
import { spreadsheetType, toSpreadsheet } from "../../reports/spreadsheet.js";
import { change, share, trend } from "../../reports/trend.js";
import { formatMoment, formatMoney, formatNumber } from "../../text/format.js";
import { texts } from "../../text/texts.js";
import { type SalesFigures, type SalesQuestion, type SplitLine, topLines } from "./sales.js";

/** How one ERP's figures are shown. */
export interface SalesView {
  readonly question: SalesQuestion;
  readonly figures: SalesFigures;
  readonly title: string;
  readonly turn: Turn;
  readonly top: number;
  /** Steps were asked for besides the split: bars over time instead of one bar a value. */
  readonly overTime: boolean;
}

/** A stacked bar of more parts than this cannot be read. */
const mostParts = 8;

export function amountText(value: Decimal, unit: string, turn: Turn): string {
  if (isCurrency(unit)) return formatMoney({ amount: value, currency: unit }, turn.language);
  return texts(turn.language).reports.counted(formatNumber(value, turn.language, 3), Math.trunc(Math.abs(Number(value))), unit);
}

/** "Revenue by warehouse, customer: Romashka, 1 Jan 2026 – 20 Nov 2026": which numbers these are. */
export function headingOf({ measure, by, where, period }: SalesQuestion, turn: Turn): string {
  const words = texts(turn.language).reports;
  const filters = where.map(({ split, members }) =>
    words.filter(
      split,
      members.slice(0, 3).map(({ name }) => name),
      members.length - 3,
    ),
  );
  return words.heading(words.measure(measure.id, measure.title), by && words.by(by), filters, words.period(period.from, period.to));
}

/** Whole sentences with the figures that matter, for the model and for a person alike. */
export function factsOf(view: SalesView): string[] {
  const { question, figures, title, turn } = view;
  const { unit } = question.measure;
  const words = texts(turn.language).reports;
  const sum = figures.total ?? "0";
  const facts = [words.total(headingOf(question, turn), amountText(sum, unit, turn), title)];
  for (const against of ["before", "yearAgo"] as const) {
    const compared = figures[against];
    if (!compared) continue;
    const changed = change(figures.total, compared.total);
    const days = words.period(compared.period.from, compared.period.to);
    const kind = against === "before" ? "before" : "year";
    facts.push(
      changed
        ? words.change(
            kind,
            days,
            changed.percent === null ? undefined : words.percent(signed(changed.percent, turn)),
            signedAmount(changed.absolute, unit, turn),
            amountText(changed.before, unit, turn),
          )
        : words.noComparison(kind, days),
    );
  }
  if (figures.lines) {
    const leading = figures.lines.slice(0, 3).map(({ name, value }) => {
      const part = share(value, figures.total);
      return words.leader(name, amountText(value ?? "0", unit, turn), part === null ? undefined : formatNumber(part, turn.language, 1));
    });
    facts.push(words.leaders(leading), words.membersCount(figures.lines.length, question.by ?? ""));
  }
  return figures.overall ? [...facts, ...overTimeFacts(view)] : facts;
}

function overTimeFacts({ question: { period, step, measure }, figures: { overall }, turn }: SalesView): string[] {
  if (!overall) return [];
  const words = texts(turn.language).reports;
  const { best, worst, average, wholeSteps, lastChange, unfinished, gaps } = trend(overall, period);
  const name = (at: Day) => words.step(at, step);
  const amount = (value: Decimal) => amountText(value, measure.unit, turn);
  const known = gaps.filter((at) => at <= period.to);
  return [
    best &&
      worst &&
      best.value !== worst.value &&
      words.bestAndWorst(step, name(best.at), amount(best.value), name(worst.at), amount(worst.value)),
    average !== null && wholeSteps > 1 && words.average(step, amount(average)),
    // One day against the day before tells of weekends, not of trade.
    step !== "day" &&
      lastChange &&
      lastChange.percent !== null &&
      words.lastChange(step, capital(name(lastChange.at)), name(lastChange.against), words.percent(signed(lastChange.percent, turn))),
    unfinished && step !== "day" && words.unfinished(capital(name(unfinished)), period.to),
    known.length > 0 && words.gaps(known.slice(0, 3).map(name), known.length - 3),
  ].filter((fact) => typeof fact === "string");
}

/** Chart, table and, where wanted, a workbook, in this order. */
export async function blocksOf(
  view: SalesView,
  wanted: { readonly chart: boolean; readonly spreadsheet: boolean },
): Promise<readonly Block[]> {
  const { question, turn } = view;
  const words = texts(turn.language).reports;
  const caption = `${headingOf(question, turn)} (${view.title})`;
  const chart = wanted.chart ? chartOf(view) : undefined;
  const table = view.figures.lines ? splitTable(view, topLines(view.figures.lines, view.top, words.others)) : stepTable(view);
  const compared = comparedWith(view);
  return [
    ...(chart ? [{ kind: "chart" as const, chart, caption }] : []),
    { kind: "table", table, caption: compared ? `${caption}. ${compared}` : caption },
    ...(wanted.spreadsheet ? [await workbook(view, caption)] : []),
  ];
}

/** Which days the table's columns compare with, where it has any such column. */
function comparedWith({ figures: { lines, before, yearAgo }, turn }: SalesView): string {
  const words = texts(turn.language).reports;
  const days = (compared: SalesFigures["before"]) => compared && words.period(compared.period.from, compared.period.to);
  return words.compared(lines && days(before), days(yearAgo));
}

function chartOf(view: SalesView): ChartSpec | undefined {
  const { question, figures, turn } = view;
  const { measure, period } = question;
  const { language } = turn;
  const words = texts(language).reports;
  const unit = unitName(measure.unit, turn);
  if (figures.lines) {
    if (figures.lines.length === 0) return undefined;
    const shown = topLines(figures.lines, view.overTime ? Math.min(view.top, mostParts - 1) : view.top, words.others);
    if (!view.overTime) {
      // One bar of "others" as long as all the named ones together would press those flat; the table has it.
      const rest = shown.length > view.top ? shown.at(-1) : undefined;
      const bars = rest && Number(rest.value) > 2 * Number(shown[0]?.value) ? shown.slice(0, -1) : shown;
      const series = [{ name: words.measure(measure.id, measure.title), values: bars.map(({ value }) => value) }];
      return { language, kind: "bar", along: "category", unit, labels: bars.map(({ name }) => name), series };
    }
    const labels = stepLabels(shown[0]?.series.points ?? [], view, false);
    return {
      language,
      kind: "stacked",
      along: "time",
      unit,
      labels,
      series: shown.map(({ name, series }) => ({ name, values: series.points.map(({ value }) => value) })),
    };
  }
  const points = figures.overall?.points ?? [];
  if (points.length === 0) return undefined;
  const year = figures.overallYearAgo?.points ?? [];
  const compared = year.some(({ value }) => value !== null);
  return {
    language,
    // A handful of points reads better as bars; a line between two months promises a course that nobody measured.
    kind: points.length <= 6 ? "bar" : "line",
    along: "time",
    unit,
    labels: stepLabels(points, view, compared),
    series: [
      { name: words.period(period.from, period.to), values: points.map(({ value }) => value) },
      ...(compared && figures.yearAgo
        ? [
            {
              name: `${words.yearAgo}: ${words.period(figures.yearAgo.period.from, figures.yearAgo.period.to)}`,
              values: points.map((_, index) => year[index]?.value ?? null),
            },
          ]
        : []),
    ],
  };
}

/** Beside another year's line a label has no year of its own, as long as no two become the same. */
function stepLabels(points: Series["points"], { question, turn }: SalesView, compared: boolean): string[] {
  const { step } = question;
  const words = texts(turn.language).reports;
  const bare = points.map(({ at }) => words.stepBare(at, step));
  const names = compared && !bare.includes("") && new Set(bare).size === bare.length ? bare : undefined;
  return points.map(({ at }, index) => {
    // A week is called by its first day, and begins with the period's own.
    if (step === "week") return words.stepShort(at < question.period.from ? question.period.from : at, step);
    return cutName(names?.[index] ?? words.stepShort(at, step), at, question, turn).replace(", ", "\n");
  });
}

/** The name of a step, and where the period cuts it: its figure is not that of a whole one. */
function cutName(name: string, at: Day, { step, period }: SalesQuestion, turn: Turn): string {
  const words = texts(turn.language).reports;
  if (startOfStep(at, step) < period.from) return words.cut(name, "from", period.from);
  return endOfStep(at, step) > period.to ? words.cut(name, "to", period.to) : name;
}

function stepTable({ question, figures, turn }: SalesView): Table {
  const { measure, step } = question;
  const words = texts(turn.language).reports;
  const year = figures.overallYearAgo?.points;
  const points = figures.overall?.points ?? [];
  const row = (name: string, value: Decimal | null, before: Decimal | null): Cell[] => [
    name,
    value,
    ...(year ? [before, change(value, before)?.percent ?? null] : []),
  ];
  return {
    columns: [
      { name: words.stepColumn[step], type: "text" },
      amountColumn(words.measure(measure.id, measure.title), measure.unit, turn),
      ...(year ? [amountColumn(words.yearAgo, measure.unit, turn), { name: words.changeYear, type: "decimal" as const }] : []),
    ],
    rows: [
      ...points.map(({ at, value }, index) => row(cutName(words.step(at, step), at, question, turn), value, year?.[index]?.value ?? null)),
      ...(points.length > 1 ? [row(words.whole, figures.total, figures.yearAgo?.total ?? null)] : []),
    ],
  };
}

function splitTable({ question: { measure, by = "" }, figures, turn }: SalesView, lines: readonly SplitLine[]): Table {
  const words = texts(turn.language).reports;
  const row = ({ name, value, before, yearAgo }: Omit<SplitLine, "series">): Cell[] => [
    name,
    value,
    share(value, figures.total),
    ...(figures.before ? [change(value, before)?.percent ?? null] : []),
    ...(figures.yearAgo ? [change(value, yearAgo)?.percent ?? null] : []),
  ];
  const percents = [...(figures.before ? [words.changeBefore] : []), ...(figures.yearAgo ? [words.changeYear] : [])];
  return {
    columns: [
      { name: words.split[by] ?? by, type: "text" },
      amountColumn(words.measure(measure.id, measure.title), measure.unit, turn),
      ...[words.share, ...percents].map((name) => ({ name, type: "decimal" as const })),
    ],
    rows: [
      ...lines.map(row),
      ...(lines.length > 1
        ? [row({ name: words.whole, value: figures.total, before: figures.before?.total ?? null, yearAgo: figures.yearAgo?.total ?? null })]
        : []),
    ],
  };
}

/** All lines, not only the largest; for a split over time also every step of each. */
async function workbook(view: SalesView, caption: string): Promise<Block> {
  const { question, figures, turn, title } = view;
  const words = texts(turn.language).reports;
  const compared = comparedWith(view);
  const notes = [
    caption,
    ...(compared ? [compared] : []),
    words.note(title, formatMoment(turn.now(), turn.language, turn.person.timeZone)),
  ];
  const lines = figures.lines ?? [];
  const sheets = figures.lines
    ? [
        { name: words.sheetSplit, table: splitTable(view, lines), notes },
        ...(view.overTime ? [{ name: words.sheetSteps, table: stepsBySplit(view, lines), notes }] : []),
      ]
    : [{ name: words.sheetSteps, table: stepTable(view), notes }];
  const { from, to } = question.period;
  return {
    kind: "file",
    name: `${question.measure.id}-${from}-${to}.xlsx`,
    mediaType: spreadsheetType,
    bytes: await toSpreadsheet(sheets, { language: turn.language }),
  };
}

function stepsBySplit({ question, turn }: SalesView, lines: readonly SplitLine[]): Table {
  const { by = "", step, measure } = question;
  const words = texts(turn.language).reports;
  const steps = lines[0]?.series.points ?? [];
  return {
    columns: [
      { name: words.split[by] ?? by, type: "text" },
      ...steps.map(({ at }) => amountColumn(cutName(words.step(at, step), at, question, turn), measure.unit, turn)),
    ],
    rows: lines.map(({ name, series }) => [name, ...series.points.map(({ value }) => value)]),
  };
}

function amountColumn(name: string, unit: string, turn: Turn): Column {
  return isCurrency(unit) ? { name, type: "money", unit } : { name, type: "decimal", unit: unitName(unit, turn) };
}

function unitName(unit: string, turn: Turn): string {
  if (!isCurrency(unit)) return texts(turn.language).reports.unit[unit] ?? unit;
  return formatMoney({ amount: "0", currency: unit }, turn.language).replaceAll(/[\d\s]/g, "") || unit;
}

function isCurrency(unit: string): boolean {
  return /^[A-Z]{3}$/.test(unit);
}

function signed(value: Decimal, turn: Turn): string {
  return `${value.startsWith("-") || Number(value) === 0 ? "" : "+"}${formatNumber(value, turn.language, 1)}`;
}

function signedAmount(value: Decimal, unit: string, turn: Turn): string {
  return `${value.startsWith("-") || Number(value) === 0 ? "" : "+"}${amountText(value, unit, turn)}`;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
