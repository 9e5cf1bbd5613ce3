import { z } from "zod";
import { type Condition, mostSchedules, type ScheduleDraft } from "../domain/schedule.js";
import type { Question, Turn, WriteTool } from "../domain/tool.js";
import { texts } from "../text/texts.js";
import { askErps } from "./kit/erp.js";
import { resolveDeal } from "./kit/resolve.js";
import { addSchedule, placeLine, Title } from "./kit/schedules.js";
import { DealText } from "./kit/schemas.js";
import { findStage } from "./kit/stages.js";
import { documentWords, matchingDocuments, mostDocuments, observe, ownUserId } from "./kit/watches.js";
import { askEach } from "./kit/resolve.js";
import { question, unresolved } from "./kit/write.js";

const input = z.strictObject({
  title: Title.describe("What is told, in the person's own words: «новый договор с Ромашкой»"),
  on: z.discriminatedUnion("event", [
    z.strictObject({
      event: z.literal("document").describe("A new document appears"),
      text: z.string().trim().min(1).max(200).describe("Words that the document must hold, all of them: «договор Ромашка»"),
    }),
    z.strictObject({
      event: z.literal("metric").describe("A figure falls or rises"),
      measure: z.enum(["revenue", "cost", "margin", "quantity", "orders", "purchases"]),
      direction: z.enum(["falls", "rises"]),
      percent: z.number().min(1).max(1000).describe("By at least so many per cent"),
      days: z.int().min(1).max(366).default(7).describe("The last so many whole days against as many before: 1, 7 (a week), 30 (a month)"),
    }),
    z.strictObject({
      event: z.literal("deal-stage").describe("A deal moves to another stage"),
      deal: DealText,
      stage: z.string().trim().min(1).max(100).optional().describe("Which stage; any when the person names none"),
    }),
    z.strictObject({ event: z.literal("new-lead").describe("A new lead or deal of the person's own") }),
  ]),
});

const draft = z.object({
  title: z.string(),
  what: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("document"), text: z.string() }),
    z.object({
      kind: z.literal("metric"),
      system: z.string(),
      measure: z.string(),
      direction: z.enum(["falls", "rises"]),
      percent: z.number(),
      days: z.number(),
    }),
    z.object({
      kind: z.literal("stage"),
      deal: z.object({ system: z.string(), kind: z.string(), id: z.string() }),
      title: z.string(),
      stage: z.object({ id: z.string(), pipelineId: z.string(), name: z.string() }).optional(),
    }),
    z.object({ kind: z.literal("lead") }),
  ]),
});
type Draft = Extract<ScheduleDraft, { readonly what: Condition }>;
type On<Event> = Extract<z.infer<typeof input>["on"], { event: Event }>;

/** A condition with every name resolved, and the card's words for it. */
type Resolved = { readonly what: Condition; readonly says: string } | Question;

export const subscribe: WriteTool<z.infer<typeof input>, Draft> = {
  kind: "write",
  name: "subscribe",
  description:
    "Sets up a notice for when something happens: a new document with certain words, a figure that falls or rises by so many per cent, a deal that comes to a stage, a new lead of the person's own. Each event is told once. The person confirms a card. " +
    "Use it for «сообщай о новых документах по договору с Ромашкой», «сразу, если выручка упала больше 10 %», «когда сделка 1024 перейдёт в договор», 'notify me when a new contract with Romashka appears'. " +
    "Not for reports by the clock (schedule-report), nor for reminders (create-task).",
  needs: { family: "svyaz", verb: "create" },
  input,
  draft,
  async prepare({ title, on }, turn) {
    const words = texts(turn.language).schedules;
    if ((await turn.schedules.list(turn.person)).length >= mostSchedules) return question(words.tooMany(mostSchedules));
    const place = await placeLine(turn);
    if ("ask" in place) return place;
    const resolved = await resolve(on, turn);
    if ("ask" in resolved) return resolved;
    return {
      ready: { title, what: resolved.what },
      operation: { system: "svyaz", family: "svyaz", verb: "create" },
      title: words.watchTitle(title),
      lines: [
        { label: words.what, value: resolved.says },
        { label: words.when, value: `${words.looks(resolved.what.kind)}; ${words.onceEach}` },
        place,
        { label: words.rights, value: words.rightsLine },
      ],
    };
  },
  ...addSchedule(),
};

function resolve(on: z.infer<typeof input>["on"], turn: Turn): Promise<Resolved> {
  switch (on.event) {
    case "document":
      return documents(on, turn);
    case "metric":
      return metric(on, turn);
    case "deal-stage":
      return dealStage(on, turn);
    case "new-lead":
      return newLead(turn);
  }
}

async function documents({ text }: On<"document">, turn: Turn): Promise<Resolved> {
  const words = texts(turn.language).schedules;
  if (documentWords(text).length === 0) return question(words.noWords);
  const now = (await matchingDocuments(text, turn)).length;
  if (now > mostDocuments) return question(words.tooManyDocuments(text, mostDocuments));
  return { what: { kind: "document", text }, says: words.conditions.document(text, now) };
}

async function metric({ measure, direction, percent, days }: On<"metric">, turn: Turn): Promise<Resolved> {
  const words = texts(turn.language);
  const { answers } = await askErps(turn, async ({ system, erp }) => ({ system, measures: await erp.measures() }));
  const fitting = answers.find(({ measures }) => measures.some(({ id }) => id === measure));
  const found = fitting?.measures.find(({ id }) => id === measure);
  if (!fitting || !found) {
    const offered = answers.flatMap(({ measures }) => measures.map(({ id, title }) => words.reports.measure(id, title)));
    return question(words.schedules.noMeasure([...new Set(offered)]));
  }
  const what: Condition = { kind: "metric", system: fitting.system, measure, direction, percent, days };
  // Only who may see the figure may be told of it; this look says so now.
  await observe(what, null, turn);
  return { what, says: words.schedules.conditions.metric(words.reports.measure(found.id, found.title), direction, String(percent), days) };
}

async function dealStage({ deal: text, stage: asked }: On<"deal-stage">, turn: Turn): Promise<Resolved> {
  const words = texts(turn.language);
  const found = await resolveDeal(text, turn);
  if (found.kind === "none") return question(words.tools.dealNotFound(text));
  if (found.kind === "many") return unresolved(found, text, turn);
  const { value: deal, system } = found;
  if (deal.stage.state !== "open") return question(words.schedules.alreadyClosed(deal.title, deal.stage.name));
  const pipelines = await system.crm.pipelines();
  const place = asked === undefined ? undefined : findStage(pipelines, asked, undefined, deal.pipeline.id);
  if (asked !== undefined && !place?.stage) {
    const own = pipelines.find(({ id }) => id === deal.pipeline.id);
    return question(words.tools.noSuchStage(asked, (own?.stages ?? []).map(({ name }) => name).join(", ")));
  }
  const stage = place?.stage && { id: place.stage.id, pipelineId: place.pipelineId, name: place.stage.name };
  if (stage?.id === deal.stage.id && stage.pipelineId === deal.pipeline.id)
    return question(words.schedules.alreadyThere(deal.title, stage.name));
  return {
    what: { kind: "stage", deal: deal.ref, title: deal.title, stage },
    says: words.schedules.conditions.stage(`${deal.title} (№ ${deal.ref.id})`, stage?.name),
  };
}

async function newLead(turn: Turn): Promise<Resolved> {
  const words = texts(turn.language).schedules;
  const { answers } = await askEach(turn, async ({ system }) => ownUserId(system, turn));
  if (answers.every(({ value }) => value === undefined)) return question(words.noUser);
  return { what: { kind: "lead" }, says: words.conditions.lead };
}
