import { z } from "zod";
import type { Block } from "../domain/message.js";
import type { Day, Period, Step } from "../domain/numbers.js";
import type { ReadTool, ToolAnswer, Turn } from "../domain/tool.js";
import { addMonths, daysIn, startOfStep } from "../reports/calendar.js";
import { total } from "../reports/trend.js";
import { dayOf } from "../text/format.js";
import { texts } from "../text/texts.js";
import { askErps, type Erp, findSplitMembers } from "./kit/erp.js";
import { amountText, blocksOf, factsOf, headingOf } from "./kit/sales-answer.js";
import { readSales, type SalesQuestion } from "./kit/sales.js";
import { Day as DayText } from "./kit/schemas.js";

const Split = z.enum(["item", "item-group", "customer", "warehouse", "region"]);

const input = z.strictObject({
  measure: z
    .enum(["revenue", "cost", "margin", "quantity", "orders", "purchases"])
    .default("revenue")
    .describe(
      "What is counted: revenue (выручка, продажи), cost (себестоимость), margin (маржа, валовая прибыль), quantity (в штуках), orders (заказы клиентов), purchases (закупки)",
    ),
  from: DayText.optional().describe("First day of the period; twelve whole months back when the person names none"),
  to: DayText.optional().describe("Last day of the period, inclusive; today when the person names none"),
  step: z
    .enum(["day", "week", "month", "quarter", "year"])
    .optional()
    .describe("How fine the series is (по дням, по неделям, по месяцам…); leave out to let it follow from the period"),
  by: Split.optional().describe("Break the figure down by this (по товарам, по группам, по клиентам, по складам, по регионам)"),
  where: z
    .array(
      z.strictObject({
        split: Split.describe("What kind of thing it is"),
        text: z.string().trim().min(1).max(200).describe("Its name as the person wrote it, a code, or a ref such as onec-erp:item:…"),
      }),
    )
    .max(5)
    .optional()
    .describe("Only what belongs to these: «продажи насосов Ромашке» has two, an item-group and a customer"),
  compare: z
    .boolean()
    .default(true)
    .describe("Also compare with the same days a year ago and, where it makes sense, with the period before"),
  chart: z.boolean().default(true).describe("Draw a chart"),
  spreadsheet: z.boolean().default(false).describe("Attach an XLSX file (выгрузи в Excel)"),
  top: z.int().min(1).max(50).optional().describe("How many of the largest to show when broken down (топ-5); 10 unless said"),
});

type Input = z.infer<typeof input>;

/** Nobody reads more points than this, and the base would be asked for each. */
const mostSteps = 400;

type Section = {
  readonly facts: string;
  readonly blocks: readonly Block[];
  readonly asked?: boolean;
  readonly items?: SalesQuestion["where"];
  readonly system: Erp;
};

export const salesReport: ReadTool<Input> = {
  kind: "read",
  name: "sales-report",
  needs: { family: "erp", verb: "read" },
  description:
    "Counts sales, margin, cost, orders or purchases in the ERP over a period, by steps and splits, compares them with the period before and the year before, and draws a chart. " +
    "Use it for «покажи тренд продаж», «выручка за квартал по складам», «топ-5 клиентов», «маржа по насосам», 'sales by month'. " +
    "Not for stock on hand (stock-report), nor for deals in the CRM (list-deals).",
  input,
  async run(asked, turn) {
    const words = texts(turn.language).reports;
    const today = dayOf(turn.now(), turn.person.timeZone);
    const period = periodOf(asked, today);
    if (period.from > today) return { forModel: words.future(period.from) };
    if (period.from > period.to) return { forModel: words.reversed(period.from, period.to) };
    const step = asked.step ?? stepFor(period, asked.by);
    if (daysIn(period) / daysInStep[step] > mostSteps) return { forModel: words.tooManySteps };

    const { answers, missing } = await askErps(turn, (system) => section(system, asked, period, step, turn));
    if (answers.length === 0) return { forModel: words.noSystem, missing };
    // With two bases, one that knows the name answers for both.
    const told = answers.filter(({ asked: question }) => !question);
    const shown = told.length > 0 ? told : answers.slice(0, 1);
    const answer: ToolAnswer = {
      forModel: [...(asked.to && asked.to > today ? [words.cutToToday(today)] : []), ...shown.map(({ facts }) => facts)].join(" "),
      forPerson: shown.flatMap(({ blocks }) => blocks),
      about: shown.flatMap(mentions),
      missing,
    };
    return told.length > 0 ? answer : { ...answer, asked: true };
  },
};

async function section(system: Erp, asked: Input, period: Period, step: Step, turn: Turn): Promise<Section> {
  const words = texts(turn.language).reports;
  turn.progress(words.reading(system.title));
  const say = (facts: string): Section => ({ system, facts, blocks: [], asked: true });

  const measures = await system.erp.measures();
  const measure = measures.find(({ id }) => id === asked.measure);
  if (!measure)
    return say(
      words.noMeasure(
        words.measureOnly[asked.measure] ?? asked.measure,
        system.title,
        measures.map(({ id, title }) => words.measure(id, title)),
      ),
    );
  const splits = measure.splits.map(({ id }) => id);
  const unknown = [asked.by, ...(asked.where ?? []).map(({ split }) => split)].find(
    (split) => split !== undefined && !splits.includes(split),
  );
  if (unknown) return say(words.noSplit(words.measure(measure.id, measure.title), unknown, splits));

  const where = new Map<string, SalesQuestion["where"][number]["members"]>();
  for (const { split, text } of asked.where ?? []) {
    const found = await findSplitMembers(system, split, text, turn, splits);
    if (found.kind === "ask") return { system, facts: found.sentence, blocks: [found.question], asked: true };
    if (found.kind === "none") return say(found.sentence);
    // «по Ромашке и Вектору»: two of a kind are added up, two kinds narrow each other.
    where.set(found.split, [...(where.get(found.split) ?? []), ...found.members]);
  }

  const question: SalesQuestion = {
    measure,
    period,
    step,
    by: asked.by,
    where: [...where].map(([split, members]) => ({ split, members })),
    compare: asked.compare,
  };
  const figures = await readSales(system, question);
  const quiet = figures.total === null || (Number(figures.total) === 0 && nothingMoved(figures.overall?.points ?? []));
  if (quiet && !(figures.lines && figures.lines.length > 0)) {
    return { system, facts: words.empty(headingOf(question, turn), system.title), blocks: [], items: question.where };
  }
  const view = { question, figures, title: system.title, turn, top: asked.top ?? 10, overTime: asked.step !== undefined };
  const facts = factsOf(view);
  const worth = await orderAmount(
    system,
    question,
    measures.map(({ id }) => id),
    turn,
  );
  if (worth) facts.splice(1, 0, worth);
  return { system, facts: facts.join(" "), blocks: await blocksOf(view, asked), items: question.where };
}

/** "How many orders" is half an answer without "for how much". */
async function orderAmount(system: Erp, question: SalesQuestion, offered: readonly string[], turn: Turn): Promise<string | undefined> {
  if (question.measure.id !== "orders" || !offered.includes("orders-amount")) return undefined;
  const series = await system.erp.series({
    measure: "orders-amount",
    period: question.period,
    step: "year",
    where: question.where.map(({ split, members }) => ({ split, values: members.map(({ id }) => id) })),
  });
  const sum = total(series.flatMap(({ points }) => points.map(({ value }) => value)));
  return sum === null ? undefined : texts(turn.language).reports.alsoAmount(amountText(sum, series[0]?.unit ?? "", turn));
}

/** Twelve whole months and the current one so far, unless the person names days; nothing is counted after today. */
function periodOf({ from, to }: Input, today: Day): Period {
  const last = to === undefined || to > today ? today : to;
  return { from: from ?? addMonths(startOfStep(last, "month"), -12), to: from !== undefined && from > today ? (to ?? from) : last };
}

/** A split needs no steps; else days within a month, weeks within two, months up to three years. */
function stepFor(period: Period, by: string | undefined): Step {
  if (by) return "year";
  const days = daysIn(period);
  if (days <= 31) return "day";
  if (days <= 62) return "week";
  return days <= 1100 ? "month" : "quarter";
}

const daysInStep: Readonly<Record<Step, number>> = { day: 1, week: 7, month: 28, quarter: 90, year: 365 };

function nothingMoved(points: readonly { readonly value: string | null }[]): boolean {
  return points.every(({ value }) => value === null || Number(value) === 0);
}

function mentions({ system, items = [] }: Section): NonNullable<ToolAnswer["about"]> {
  return items
    .filter(({ split, members }) => split === "item" && members.length === 1)
    .flatMap(({ members }) => members.map(({ id, name }) => ({ ref: { system: system.system, kind: "item", id }, kind: "item", name })));
}
