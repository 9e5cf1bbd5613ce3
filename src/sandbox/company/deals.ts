import type { Day } from "../../domain/numbers.js";
import type { Random } from "../random.js";
import { dayAfter, daysBetween, moment, workingDay } from "./dates.js";
import { DEAL_STORIES } from "./stories.js";
import type { CompanyClient, CompanyDeal, CompanyPipeline } from "./types.js";
import { DEAL_TITLES, LOSS_REASONS, PRODUCT_GROUPS, SOURCES } from "./words.js";

const DEALS = 2_000;

export const PIPELINES: readonly CompanyPipeline[] = [
  {
    key: "sales",
    name: "Продажи",
    stages: [
      { key: "first-contact", name: "Первичный контакт" },
      { key: "proposal", name: "Коммерческое предложение" },
      { key: "negotiation", name: "Переговоры" },
      { key: "contract", name: "Согласование договора" },
      { key: "invoice", name: "Счёт выставлен" },
    ],
  },
  {
    key: "repeat",
    name: "Повторные продажи",
    stages: [
      { key: "request", name: "Новый запрос" },
      { key: "offer", name: "Предложение отправлено" },
      { key: "agreement", name: "Согласование" },
    ],
  },
];

/** A deal of the stories may bring its number with it. */
type Unnumbered = Omit<CompanyDeal, "number"> & { readonly number?: number };

/** The stories' deals and as many others as make 2,000, numbered in the order of creation. */
export function createDeals(random: Random, anchor: Day, clients: readonly CompanyClient[]): CompanyDeal[] {
  const byKey = new Map(clients.map((client) => [client.key, client]));
  const told = new Set(DEAL_STORIES.map((story) => story.client));
  const stories = DEAL_STORIES.map((story): Unnumbered => {
    const moves = story.moves.map(([stage, ago], at) => ({ stage, at: moment(dayAfter(anchor, -ago), 12 + at) }));
    const client = byKey.get(story.client);
    return {
      title: story.title,
      clientKey: story.client,
      contactKey: client?.contacts[0]?.key,
      amount: story.amount,
      pipeline: story.pipeline,
      ...ending(story.pipeline, moves),
      lossReason: story.lossReason,
      ownerId: story.ownerId,
      createdAt: moment(dayAfter(anchor, -story.ago), 10),
      moves,
      source: story.source,
      responseHours: story.responseHours,
      discountPercent: story.discountPercent,
      number: story.number,
    };
  });

  const others = clients.filter((client) => !told.has(client.key)).map((client, rank) => [client, 1 / (1 + rank / 60)] as const);
  const chosen = Array.from({ length: DEALS - stories.length }, () => random.weighted(others));
  return numbered([...stories, ...chosen.map((client) => randomDeal(random, anchor, client))]);
}

function randomDeal(random: Random, anchor: Day, client: CompanyClient): Unnumbered {
  const age = random.integer(1, Math.max(2, daysBetween(client.since, anchor)));
  const createdDay = workingDay(dayAfter(anchor, -age));
  const pipeline = PIPELINES[random.chance(0.3) ? 1 : 0] as CompanyPipeline;
  const source = pipeline.key === "repeat" ? "Повторное обращение" : random.weighted(SOURCES.map((name, rank) => [name, 6 - rank]));
  const amount = Math.round(Math.exp(12.3 + 0.9 * random.normal()) / 1_000) * 1_000 + 5_000;
  const responseHours = Math.max(1, Math.round(Math.exp(1.6 + random.normal())));
  const discountPercent = random.chance(0.45) ? 0 : random.integer(1, 15);
  const won = random.chance(winningChance({ segment: client.segment, source, amount, responseHours, discountPercent }));

  const passed = won ? pipeline.stages.length : random.integer(1, pipeline.stages.length);
  const path = [...pipeline.stages.slice(1, passed).map((stage) => stage.key), won ? "won" : "lost"];
  const stepDays = (won ? 1 : 1.4) * Math.exp(1.9 + 0.5 * random.normal());
  // A few deals are simply forgotten: they stay open where they got stuck.
  const forgotten = random.chance(0.02) ? random.integer(0, path.length - 1) : path.length;
  const moves = path
    .slice(0, forgotten)
    .map((stage, at) => {
      const day = workingDay(dayAfter(createdDay, Math.round(stepDays * (at + 1))));
      return { stage, at: moment(day, 11 + at, random.integer(0, 59)) };
    })
    .filter((move) => move.at < moment(anchor, 0));
  const end = ending(pipeline.key, moves);
  return {
    title: random.pick(DEAL_TITLES[random.pick(PRODUCT_GROUPS)]),
    clientKey: client.key,
    contactKey: client.contacts.length > 0 ? random.pick(client.contacts).key : undefined,
    amount,
    pipeline: pipeline.key,
    ...end,
    lossReason: end.outcome === "lost" ? lossReason(random, responseHours, discountPercent) : undefined,
    ownerId: client.managerId,
    createdAt: moment(createdDay, 10, random.integer(0, 59)),
    moves,
    source,
    responseHours,
    discountPercent,
  };
}

/** What a model of conversion can find out: a logistic curve over five traits, the same for every deal. */
function winningChance(deal: Pick<CompanyDeal, "source" | "amount" | "responseHours" | "discountPercent"> & { segment: string }): number {
  const bySegment: Record<string, number> = {
    Розница: 0.5,
    Производство: 0.2,
    Строительство: -0.4,
    "Гостиницы и рестораны": 0.1,
    Госсектор: -0.7,
  };
  const bySource: Record<string, number> = {
    Рекомендация: 0.9,
    "Повторное обращение": 0.8,
    Выставка: 0.1,
    Сайт: 0,
    Звонок: 0.2,
    "Холодный обзвон": -1,
  };
  const score =
    -0.2 +
    (bySegment[deal.segment] ?? 0) +
    (bySource[deal.source] ?? 0) -
    0.5 * Math.log(deal.amount / 250_000) -
    0.6 * Math.log(deal.responseHours / 5) +
    0.12 * (deal.discountPercent - 4);
  return 1 / (1 + Math.exp(-score));
}

function lossReason(random: Random, responseHours: number, discountPercent: number): string {
  if (responseHours > 12 && random.chance(0.6)) return random.pick(["Не вышли на связь", "Выбрали конкурента"]);
  if (discountPercent === 0 && random.chance(0.5)) return "Дорого";
  return random.pick(LOSS_REASONS);
}

function ending(pipeline: CompanyPipeline["key"], moves: CompanyDeal["moves"]): Pick<CompanyDeal, "stage" | "outcome" | "closedAt"> {
  const last = moves.at(-1);
  const stage = last?.stage ?? PIPELINES.find(({ key }) => key === pipeline)?.stages[0]?.key ?? "";
  const outcome = stage === "won" || stage === "lost" ? stage : "open";
  return { stage, outcome, closedAt: outcome === "open" ? undefined : last?.at };
}

/** Deals known by number take it from the deal that would have had it. */
function numbered(deals: readonly Unnumbered[]): CompanyDeal[] {
  const inOrder = [...deals].sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
  for (const deal of deals) {
    if (deal.number === undefined) continue;
    const from = inOrder.indexOf(deal);
    const to = deal.number - 1;
    [inOrder[from], inOrder[to]] = [inOrder[to] as Unnumbered, deal];
  }
  return inOrder.map((deal, at) => ({ ...deal, number: at + 1 }));
}
