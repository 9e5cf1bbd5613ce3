import { z } from "zod";
import type { Deal } from "../../domain/crm.js";
import type { Passage } from "../../domain/document-index.js";
import { NotFound } from "../../domain/errors.js";
import type { Block } from "../../domain/message.js";
import type { Day, Decimal } from "../../domain/numbers.js";
import type { Condition, Observation, Observe } from "../../domain/schedule.js";
import type { Turn } from "../../domain/tool.js";
import { change, total } from "../../reports/trend.js";
import { dayOf, formatMoney } from "../../text/format.js";
import { inCyrillic, stem } from "../../text/names.js";
import { texts } from "../../text/texts.js";
import { askEach, printRef } from "./resolve.js";
import { amountText } from "./sales-answer.js";

/** Words that stand for one another where people speak of papers: one of a line is as good as another. */
const sameWords = [
  ["договор", "контракт", "соглашение", "contract", "agreement"],
  ["счет", "invoice"],
  ["регламент", "политика", "policy", "regulation"],
  ["инструкция", "manual", "instruction", "guide"],
  ["приказ", "распоряжение", "order"],
].map((line) => line.map(stem));

/** Words that narrow nothing: every document is one. */
const anyPaper = new Set(
  "документ файл новый страница бумага с со по о об от для и или в на из к про document file page new with by of for the a an and or on about from in to regarding"
    .split(" ")
    .map(stem),
);

/** So many passages are looked through; of more matching documents than `mostDocuments` nobody wants to be told. */
const passagesRead = 100;
export const mostDocuments = 40;
const mostSeen = 500;
const toldAtOnce = 5;

const Refs = z.object({ refs: z.array(z.string()) });
const Crossed = z.object({ crossed: z.boolean() });
const Stage = z.object({ stage: z.string() });
const Leads = z.object({ since: z.coerce.date(), refs: z.array(z.string()) });

/** Looks at any condition. What it tells, it tells once: `seen` remembers. */
export const observe: Observe = async (condition, seen, turn) => {
  switch (condition.kind) {
    case "document":
      return newDocuments(condition, Refs.safeParse(seen).data, turn);
    case "metric":
      return crossing(condition, Crossed.safeParse(seen).data, turn);
    case "stage":
      return stageChange(condition, Stage.safeParse(seen).data, turn);
    case "lead":
      return newLeads(Leads.safeParse(seen).data, turn);
  }
};

/** The words a document must hold; none where only filler is left. */
export function documentWords(text: string): readonly string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !anyPaper.has(stem(word)));
}

/** Documents that the turn's person may read and that hold all the words, each in any of its forms. */
export async function matchingDocuments(text: string, turn: Turn): Promise<readonly Passage[]> {
  const words = documentWords(text);
  if (words.length === 0) return [];
  const wanted = words.map((word) => new Set([stem(word), stem(inCyrillic(word)), ...synonyms(word)]));
  const spelled = [...new Set([...words, ...words.map(inCyrillic), ...words.flatMap(synonyms)])].join(" ");
  const passages = await turn.search({ text: spelled.slice(0, 500), limit: passagesRead });
  const documents = new Map<string, { passage: Passage; stems: Set<string> }>();
  for (const passage of passages) {
    const key = printRef(passage.ref);
    const known = documents.get(key) ?? { passage, stems: new Set<string>() };
    for (const word of `${passage.title} ${passage.text}`.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) known.stems.add(stem(word));
    documents.set(key, known);
  }
  return [...documents.values()]
    .filter(({ stems }) => wanted.every((forms) => [...forms].some((form) => stems.has(form))))
    .map(({ passage }) => passage);
}

async function newDocuments(
  { text }: Extract<Condition, { kind: "document" }>,
  seen: z.infer<typeof Refs> | undefined,
  turn: Turn,
): Promise<Observation> {
  const words = texts(turn.language).schedules;
  const found = await matchingDocuments(text, turn);
  const known = new Set(seen?.refs);
  const fresh = found.filter(({ ref }) => !known.has(printRef(ref)));
  const refs = [...fresh.map(({ ref }) => printRef(ref)), ...(seen?.refs ?? [])].slice(0, mostSeen);
  if (!seen || fresh.length === 0) return { seen: { refs } };
  return {
    seen: { refs },
    told: [
      said(words.newDocuments(fresh.length)),
      { kind: "sources", sources: fresh.slice(0, toldAtOnce).map(({ title, url, ref }) => ({ title, url, ref })) },
    ],
  };
}

async function crossing(
  condition: Extract<Condition, { kind: "metric" }>,
  seen: z.infer<typeof Crossed> | undefined,
  turn: Turn,
): Promise<Observation> {
  const { measure, direction, percent, days } = condition;
  const { erp } = await turn.system("erp", condition.system);
  const last = dayBefore(dayOf(turn.now(), turn.person.timeZone), 1);
  const sum = async (to: Day): Promise<{ value: Decimal | null; unit: string }> => {
    const series = await erp.series({ measure, period: { from: dayBefore(to, days - 1), to }, step: "year" });
    return { value: total(series.flatMap(({ points }) => points.map(({ value }) => value))), unit: series[0]?.unit ?? "" };
  };
  const [now, before] = await Promise.all([sum(last), sum(dayBefore(last, days))]);
  const moved = change(now.value, before.value);
  // Without anything to compare with nothing is said, and what was said before still stands.
  if (!moved || moved.percent === null) return { seen: { crossed: seen?.crossed ?? false } };
  const by = Number(moved.percent) * (direction === "falls" ? -1 : 1);
  const crossed = by >= percent;
  if (!crossed || seen?.crossed) return { seen: { crossed } };
  const words = texts(turn.language).schedules;
  const measures = await erp.measures();
  const title = texts(turn.language).reports.measure(measure, measures.find(({ id }) => id === measure)?.title ?? measure);
  return {
    seen: { crossed },
    told: [
      said(
        words.crossed(
          title,
          direction,
          String(Math.abs(Number(moved.percent))),
          days,
          amountText(moved.now, now.unit, turn),
          amountText(moved.before, now.unit, turn),
        ),
      ),
    ],
  };
}

async function stageChange(
  condition: Extract<Condition, { kind: "stage" }>,
  seen: z.infer<typeof Stage> | undefined,
  turn: Turn,
): Promise<Observation> {
  const { crm } = await turn.system("crm", condition.deal.system);
  const words = texts(turn.language).schedules;
  let deal: Deal;
  try {
    deal = await crm.deal(condition.deal.id);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    return { seen, told: [said(words.dealGone(condition.title))], over: true };
  }
  const { stage } = deal;
  const source: Block = { kind: "sources", sources: [{ title: deal.title, url: deal.url, ref: deal.ref }] };
  const now = { stage: `${deal.pipeline.id}:${stage.id}` };
  const wanted = condition.stage;
  if (wanted && now.stage === `${wanted.pipelineId}:${wanted.id}`)
    return { seen: now, told: [said(words.stageReached(deal.title, stage.name)), source], over: true };
  // A closed deal goes nowhere any more.
  if (stage.state !== "open") return { seen: now, told: [said(words.dealClosed(deal.title, stage.name)), source], over: true };
  if (wanted || !seen || seen.stage === now.stage) return { seen: now };
  return { seen: now, told: [said(words.stageReached(deal.title, stage.name)), source] };
}

/** Ids of the person's own users, by system. */
export function ownUserId(system: string, turn: Turn): string | undefined {
  const prefix = `${system}:user:`;
  return turn.person.principals.find((principal) => principal.startsWith(prefix))?.slice(prefix.length);
}

async function newLeads(seen: z.infer<typeof Leads> | undefined, turn: Turn): Promise<Observation> {
  const since = seen?.since ?? turn.now();
  const { answers } = await askEach(turn, async ({ crm, system }) => {
    const ownerId = ownUserId(system, turn);
    if (ownerId === undefined) return [];
    const from = dayBefore(dayOf(since, turn.person.timeZone), 1);
    const { items } = await crm.deals({ ownerId, created: { from, to: "2999-12-31" } }).page({ size: 100, signal: turn.signal });
    return items;
  });
  const known = new Set(seen?.refs);
  const deals = answers.flatMap(({ value }) => value).filter(({ createdAt, ref }) => createdAt > since && !known.has(printRef(ref)));
  const refs = [...deals.map(({ ref }) => printRef(ref)), ...(seen?.refs ?? [])].slice(0, mostSeen);
  const kept = { since: since.toISOString(), refs };
  if (!seen || deals.length === 0) return { seen: kept };
  const words = texts(turn.language).schedules;
  const shown = deals.slice(0, toldAtOnce);
  return {
    seen: kept,
    told: [
      said(
        words.newLeads(
          shown.map(({ title, amount }) => (amount ? `${title}, ${formatMoney(amount, turn.language)}` : title)),
          deals.length,
        ),
      ),
      { kind: "sources", sources: shown.map(({ title, url, ref }) => ({ title, url, ref })) },
    ],
  };
}

function synonyms(word: string): readonly string[] {
  const own = stem(word);
  return sameWords.find((line) => line.includes(own)) ?? [];
}

function dayBefore(day: Day, count: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) - count * 86_400_000).toISOString().slice(0, 10);
}

function said(markdown: string): Block {
  return { kind: "text", markdown };
}
