import { z } from "zod";
import type { Client } from "../domain/crm.js";
import { SvyazError } from "../domain/errors.js";
import { mostSchedules, type Report, type ScheduleDraft } from "../domain/schedule.js";
import type { Question, Turn, WriteTool } from "../domain/tool.js";
import { cronWords } from "../text/cron.js";
import { dayOf, formatMoment } from "../text/format.js";
import { errorSentence, texts } from "../text/texts.js";
import { inputOn, reportTool, reportTools, takesDays } from "./kit/reportable.js";
import { printRef, resolveClient } from "./kit/resolve.js";
import { question } from "./kit/write.js";
import { addSchedule, placeLine, Title } from "./kit/schedules.js";

const Period = z.strictObject({
  which: z.enum(["this", "previous", "past"]).describe("this = the current one so far, previous = the last whole one, past = up to today"),
  unit: z.enum(["day", "week", "month", "quarter", "year"]),
  count: z.int().min(1).max(60).default(1).describe("How many of them; «последние 6 месяцев» is past, month, 6"),
});

const input = z.strictObject({
  title: Title.describe("What comes, in the person's own words: «продажи за прошлую неделю»"),
  cron: z
    .string()
    .trim()
    .max(100)
    .describe(
      "When, as five cron fields in the person's own time zone: minute hour day-of-month month day-of-week (1 = Monday). " +
        "«каждый понедельник в 9» is '0 9 * * 1', «по будням в 8:30» is '30 8 * * 1-5', 'the 1st of each month' is '0 9 1 * *'; 9:00 when no hour is named",
    ),
  tool: z.enum(reportTools).describe("The tool that makes the report"),
  input: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("That tool's input, without days that move with time: those go to `period`"),
  period: Period.optional().describe("The days the report is about, counted anew each time: «за прошлую неделю» is previous, week"),
});

const draft = z.object({
  title: z.string(),
  cron: z.string(),
  what: z.object({
    kind: z.literal("report"),
    tool: z.string(),
    input: z.record(z.string(), z.unknown()),
    period: z.object({ which: Period.shape.which, unit: Period.shape.unit, count: z.number() }).optional(),
  }),
});
type Draft = Extract<ScheduleDraft, { cron: string }>;

export const scheduleReport: WriteTool<z.infer<typeof input>, Draft> = {
  kind: "write",
  name: "schedule-report",
  description:
    "Sets up a report that comes again and again by the clock: sales, deals, a client's history, stock, the systems' state. The person confirms a card. " +
    "Use it for «каждый понедельник в 9 присылай продажи», «по будням в 8:30 мои открытые сделки», 'send me revenue by month on the 1st of each month'. " +
    "Not for one report now (call its tool), nor for «сообщи, когда …» (subscribe), nor for a reminder to do something (create-task).",
  needs: { family: "svyaz", verb: "create" },
  input,
  draft,
  async prepare({ title, cron, tool: name, input: given, period }, turn) {
    const words = texts(turn.language).schedules;
    const preview = turn.schedules.preview(cron, turn.person);
    if (preview.kind !== "times")
      return question({ unreadable: words.unreadable(cron), "too-often": words.tooOften, never: words.never }[preview.kind]);
    const place = await placeLine(turn);
    if ("ask" in place) return place;
    const client = typeof given["client"] === "string" ? await clientOf(given["client"], turn) : undefined;
    if (client && "ask" in client) return client;
    // The ref stays what it is though the client is renamed or has a namesake some day.
    const exact = client ? { ...given, client: printRef(client.ref) } : given;
    const what: Report = { kind: "report", tool: name, input: exact, period: takesDays(name) ? period : undefined };
    const refused = await tryOut(what, turn);
    if (refused) return refused;
    const shown = client ? { ...given, client: client.name } : given;
    const parameters = Object.entries(shown).map(([key, value]) => `${words.parameters[key] ?? key}: ${valueWords(value, turn)}`);
    const days = what.period && words.relative(what.period.which, what.period.unit, what.period.count);
    return {
      ready: { title, cron, what },
      operation: { system: "svyaz", family: "svyaz", verb: "create" },
      title: words.reportTitle(title),
      lines: [
        { label: words.what, value: words.reports[name] ?? name },
        ...(days ? [{ label: words.period, value: days }] : []),
        ...(parameters.length > 0 ? [{ label: words.filter, value: parameters.join("; ") }] : []),
        { label: words.when, value: `${cronWords(cron, turn.language)} (${turn.person.timeZone})` },
        { label: words.next, value: preview.next.map((at) => formatMoment(at, turn.language, turn.person.timeZone)).join("; ") },
        place,
        { label: words.rights, value: words.rightsLine },
      ],
    };
  },
  ...addSchedule(),
};

/** The client a report is about; a question back when nobody or several are called so, nothing while the CRM does not answer. */
async function clientOf(text: string, turn: Turn): Promise<Client | Question | undefined> {
  try {
    const found = await resolveClient(text, turn);
    if (found.kind === "one") return found.value;
    const words = texts(turn.language);
    if (found.kind === "none") return question(words.tools.clientNotFound(text));
    return question(words.schedules.needsAnswer(words.schedules.severalClients(text, found.names)));
  } catch (error) {
    if (error instanceof SvyazError && error.retryable) return undefined;
    throw error;
  }
}

/** A value of the input as people read it: the closed words of a tool in their language, names as they were said. */
function valueWords(value: unknown, turn: Turn): string {
  if (Array.isArray(value)) return value.map((one) => valueWords(one, turn)).join(", ");
  if (typeof value === "object" && value !== null)
    return Object.values(value)
      .map((one) => valueWords(one, turn))
      .join(" ");
  const said = String(value);
  return texts(turn.language).schedules.values[said] ?? said;
}

/** Makes the report once, so that a name nobody knows or a missing right is heard of now and not on Monday. */
async function tryOut(report: Report, turn: Turn): Promise<Question | undefined> {
  const words = texts(turn.language).schedules;
  const all = await turn.schedules.list(turn.person);
  if (all.length >= mostSchedules) return question(words.tooMany(mostSchedules));
  const tool = reportTool(report.tool);
  const checked = tool?.input.safeParse(inputOn(report, dayOf(turn.now(), turn.person.timeZone)));
  if (!tool || !checked?.success) return question(words.badInput(checked?.error ? z.prettifyError(checked.error) : report.tool));
  try {
    const answer = await tool.run(checked.data, turn);
    return answer.asked ? question(words.needsAnswer(answer.forModel)) : undefined;
  } catch (error) {
    // What is down now may be up on Monday.
    if (error instanceof SvyazError && error.retryable) return undefined;
    if (error instanceof SvyazError && error.code === "not-found") return question(words.badInput(errorSentence(error, turn.language)));
    throw error;
  }
}
