import type { Period } from "../../../domain/numbers.js";
import { Clause } from "../clause.js";
import { rolling, shift, unitAround } from "../days.js";
import { type Draft, filled, type Input, type Intent, type Memory, score } from "../intent.js";
import type { LocalNow } from "../moments.js";
import { findRecurrence, namesTime, type Recurrence, rhythmOf } from "../recurrence.js";
import { clientHistory } from "./client-history.js";
import { integrationStatus } from "./integration-status.js";
import { listDeals } from "./list-deals.js";
import { listTasks } from "./list-tasks.js";
import { salesReport } from "./sales-report.js";
import { stockReport } from "./stock-report.js";

/** «каждый понедельник в 9 присылай продажи», «по будням в 8:30 мои открытые сделки», "send me revenue on the 1st of each month" */
export const scheduleReport: Intent = {
  name: "schedule-report",
  kind: "write",
  vocabulary: {
    "send-again":
      "присылай, присылайте, присылать, высылай, высылать, шли, слать, отправляй, отправляйте, отправлять, скидывай, скидывать, кидай, показывай, пришли, пришлите, вышли, отправь, давай мне, рассылай, рассылку, получать, send, sending, mail me, email me, deliver, post me, give me, text me",
    // The Russian imperfective asks for what goes on.
    "send-always":
      "=присылай, =присылайте, =присылать, =высылай, =высылайте, =высылать, =отправляй, =отправляйте, =отправлять, =рассылай, =рассылайте",
    recurs:
      "каждый, каждую, каждое, каждого, каждые, ежедневно, еженедельно, ежемесячно, ежеквартально, ежечасно, по утрам, по вечерам, по будням, по рабочим дням, по выходным, =понедельникам, =вторникам, =средам, =четвергам, =пятницам, =субботам, =воскресеньям, раз в день, раз в неделю, раз в месяц, раз в квартал, раз в час, в последний день месяца, every, every day, every week, every month, every morning, every evening, each, weekdays, weekday, on weekdays, on weekends, =mondays, =tuesdays, =wednesdays, =thursdays, =fridays, =saturdays, =sundays, once a day, once a week, once a month, once a quarter, hourly, on the last day of the month",
    // Plurals say "every" by themselves.
    "weekday-1": "=понедельникам, =mondays",
    "weekday-2": "=вторникам, =tuesdays",
    "weekday-3": "=средам, =wednesdays",
    "weekday-4": "=четвергам, =thursdays",
    "weekday-5": "=пятницам, =fridays",
    "weekday-6": "=субботам, =saturdays",
    "weekday-7": "=воскресеньям, =sundays",
    // "daily sales" are sales by day; "send me sales daily" come every day.
    periodic: "=daily, =weekly, =monthly, =quarterly, =ежедневный, =еженедельный, =ежемесячный, =ежедневную, =еженедельную, =ежемесячную",
    "by-the-clock":
      "по расписанию, на расписание, поставь на расписание, расписание отчетов, регулярно, регулярный отчет, регулярную рассылку, автоматически присылай, scheduled report, on a schedule, on schedule, regularly, automatically, recurring report",
  },
  cues: [
    [14, "send-again", "recurs"],
    [9, "send-always"],
    // Once, at some time: said plainly that this is not done.
    [9, "send-again", "#clock"],
    [12, "send-again", "periodic"],
    [13, "send-again", "by-the-clock"],
    [9, "recurs", "sales"],
    [9, "recurs", "deal", "!create"],
    [9, "recurs", "remains"],
    [10, "by-the-clock", "sales"],
    [4, "recurs", "trend"],
    [9, "recurs", "measure:margin"],
    [9, "recurs", "measure:purchases"],
    [9, "recurs", "measure:orders"],
    [-18, "remind"],
    [-14, "task"],
    [-14, "note"],
    [-14, "write-down"],
    [-9, "asks-how-many", "!send-again"],
    [-9, "asks-which", "!send-again"],
    [-9, "asks-what", "!send-again"],
    [-9, "asks-how"],
    [-16, "notify"],
    [-20, "no-more"],
    [-12, "first:find"],
    [-12, "schedules"],
  ],
  build(clause, memory, prior) {
    const before = typeof prior.cron === "string" ? prior.cron : undefined;
    // Asked when, people also answer "at 9", and mean each day.
    const said = findRecurrence(clause.words, true, memory.asked === "askWhen" ? (before ?? everyDay) : before);
    if (!said && before === undefined && namesTime(clause.words)) return { kind: "say", sentence: "sendOnce" };
    const cron = said?.cron ?? before;
    const fresh = reportOf(clause, memory, said);
    // "By warehouse", «а лучше маржа» change the report of a card; «не продажи, а остатки» is another.
    const report = fresh && fresh.tool !== prior.tool ? fresh : (changedReport(clause, memory, said, prior) ?? fresh);
    const known = filled({ ...prior, ...report, cron });
    if (report === undefined) return { kind: "ask", question: "askReport", input: known };
    if (cron === undefined) return { kind: "ask", question: "askWhen", input: known };
    const period = known.period ?? usual(known, said?.rhythm ?? rhythmOf(cron));
    return { kind: "call", input: filled({ ...known, period }) };
  },
};

const everyDay = "0 9 * * *";

/** The report of a card that is corrected: "by warehouse", «за прошлый месяц» change what it had; nothing where there was none. */
function changedReport(clause: Clause, memory: Memory, said: Recurrence | undefined, prior: Input): Input | undefined {
  const intent = reports.find(({ name }) => name === prior.tool);
  if (!intent) return undefined;
  const left = clause.words.filter((word, at) => !said?.places.has(at) && !corrects.some((concept) => word.means.has(concept)));
  const had = (typeof prior.input === "object" ? prior.input : {}) as Input;
  const made = left.length === 0 ? undefined : readReport(intent, left, clause, memory, had);
  if (!made || (made.period === undefined && JSON.stringify(made.input) === JSON.stringify(filled(had)))) return prior;
  // Other days are no longer those of the title.
  const title = made.period ? String(prior.title).replace(/\s(?:за|for|over|during|last|this)\s.*$/iu, "") : `${String(prior.title)},`;
  return {
    tool: prior.tool,
    input: made.input,
    period: made.period ?? prior.period,
    title: `${title} ${titleOf(clause, new Set(said?.places))}`.slice(0, 120),
  };
}

/** Words that say that something is corrected, and not what. */
const corrects = ["not", "instead", "elliptic", "and", "filler", "create", "move", "him"];

/** The requests that may come by the clock. */
const reports = [salesReport, listDeals, listTasks, clientHistory, stockReport, integrationStatus];
const enough = 4;
const untitled = ["send-again", "recurs", "by-the-clock", "filler", "and", "hello"];

/** What is to come: the request that is left when the words of time and of sending are gone. */
function reportOf(clause: Clause, memory: Memory, said: Recurrence | undefined): Input | undefined {
  const gone = new Set(said?.places);
  clause.words.forEach((word, at) => {
    const own =
      ["send-again", "by-the-clock"].some((concept) => word.means.has(concept)) || /^(мне|нам|me|us|хочу|чтобы|ты|you)$/.test(word.key);
    if (own && !(word.means.has("show") && at > 3)) gone.add(at);
  });
  const left = clause.words.filter((_, at) => !gone.has(at));
  const asked = new Clause(left, clause.message, clause.contacts, clause.now);
  const [best] = reports.map((intent) => ({ intent, points: score(intent, asked) })).toSorted((a, b) => b.points - a.points);
  if (!best || best.points < enough) return undefined;
  const made = readReport(best.intent, left, clause, memory, {});
  return made && filled({ title: titleOf(clause, gone), tool: best.intent.name, input: made.input, period: made.period });
}

/** What these words ask a report for; days that move with the day it is made go to the period. */
function readReport(
  intent: Intent,
  words: Clause["words"],
  clause: Clause,
  memory: Memory,
  prior: Input,
): { readonly input: Input; readonly period?: Relative } | undefined {
  const drafts = [clause.now, ...otherDays].map((now) =>
    intent.build(new Clause(words, clause.message, clause.contacts, now), memory, prior),
  );
  const [today, ...others] = drafts.map(inputOf);
  if (!today) return undefined;
  const period = others.every((other) => other !== undefined) ? relativeOf(others.map(daysOf)) : undefined;
  // «Задачи на завтра» would stay those of one day: without days come all that are to be done.
  return { input: period || intent === listTasks ? withoutDays(today) : today, period };
}

function inputOf(draft: Draft): Input | undefined {
  if (draft.kind !== "call") return undefined;
  return Object.fromEntries(Object.entries(draft.input).filter(([, value]) => value !== null && value !== undefined));
}

/** Two days in no particular relation: what means the same length of time on both moves with the day it is said on. */
const otherDays: readonly LocalNow[] = [
  { today: "2026-11-20", minutes: 540 },
  { today: "2027-05-12", minutes: 540 },
];
const units = ["day", "week", "month", "quarter", "year"] as const;
const mostUnits = 36;

interface Relative {
  readonly which: "this" | "previous" | "past";
  readonly unit: (typeof units)[number];
  readonly count: number;
}

function relativeOf(days: readonly Partial<Period>[]): Relative | undefined {
  if (days.some(({ from, to }) => from === undefined && to === undefined)) return undefined;
  const fits = (make: (today: string) => Period) =>
    otherDays.every(({ today }, at) => {
      const period = make(today);
      return period.from === days[at]?.from && period.to === days[at]?.to;
    });
  for (const unit of units) {
    if (fits((today) => ({ from: unitAround(today, unit).from, to: today }))) return { which: "this", unit, count: 1 };
    if (fits((today) => unitAround(shift(unitAround(today, unit).from, -1, unit), unit))) return { which: "previous", unit, count: 1 };
  }
  for (const unit of units.toReversed())
    for (let count = 1; count <= mostUnits; count++)
      if (fits((today) => rolling(today, count, unit))) return { which: "past", unit, count };
  return undefined;
}

const dayKeys = [
  ["from", "to"],
  ["createdFrom", "createdTo"],
  ["closedFrom", "closedTo"],
  ["dueFrom", "dueTo"],
] as const;

function daysOf(input: Input | undefined): Partial<Period> {
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const found = dayKeys.find((keys) => keys.some((key) => input?.[key] !== undefined));
  return found ? { from: text(input?.[found[0]]), to: text(input?.[found[1]]) } : {};
}

function withoutDays(input: Input): Input {
  return Object.fromEntries(Object.entries(input).filter(([key]) => !dayKeys.flat().some((one) => one === key)));
}

/** Sales without days are those of the day, week, month or quarter before, as they come; a series keeps its own. */
function usual({ tool, input }: Input, rhythm: Recurrence["rhythm"]): Relative | undefined {
  const dated = ["from", "to", "step"].some((key) => (input as Input)[key] !== undefined);
  if (tool !== salesReport.name || dated || rhythm === "often") return undefined;
  return { which: "previous", unit: rhythm, count: 1 };
}

function titleOf(clause: Clause, gone: ReadonlySet<number>): string {
  const places = new Set(gone);
  const strip = (order: readonly number[]) => {
    for (const at of order) {
      const word = clause.words[at];
      if (!places.has(at) && !/^(i|я|we|мы)$/.test(word?.key ?? "") && !untitled.some((concept) => word?.means.has(concept))) break;
      places.add(at);
    }
  };
  const order = [...clause.words.keys()];
  strip(order);
  strip(order.toReversed());
  return clause.without(places).slice(0, 120) || clause.text.slice(0, 120);
}
