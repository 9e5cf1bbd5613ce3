import type { Day } from "../../domain/numbers.js";
import type { Random } from "../random.js";
import { dayAfter, moment } from "./dates.js";
import { HOSTILE_NOTES, INTERACTION_STORIES, type InteractionStory } from "./stories.js";
import type { CompanyClient, CompanyDeal, CompanyInteraction } from "./types.js";

const HOUR_MS = 3_600_000;

const CALL_TEXTS = [
  "Обсудили сроки поставки",
  "Уточнили количество и адрес доставки",
  "Просят пересчитать с доставкой",
  "Не дозвонились, перезвонить завтра",
  "Согласовали замену позиции на аналог",
  "Спрашивают про отсрочку платежа",
] as const;
const NOTE_TEXTS = [
  "Отправлено коммерческое предложение",
  "Клиент сравнивает с двумя поставщиками",
  "Ждём техническое задание",
  "Решение принимает директор, вернётся на следующей неделе",
  "Нужны сертификаты на светильники",
  "Просят закрывающие документы по ЭДО",
] as const;
const MESSAGE_TEXTS = [
  "Добрый день! Счёт получили, спасибо",
  "Подскажите, пожалуйста, срок поставки",
  "Отправили реквизиты на почту",
] as const;
const TASK_TEXTS = [
  "Перезвонить по предложению",
  "Отправить обновлённый расчёт",
  "Согласовать дату отгрузки",
  "Напомнить об оплате счёта",
] as const;

/** Calls, messages, notes and tasks: the stories' own, a few for every other deal, and the hostile notes. Oldest first. */
export function createInteractions(
  random: Random,
  anchor: Day,
  clients: readonly CompanyClient[],
  deals: readonly CompanyDeal[],
): CompanyInteraction[] {
  const byKey = new Map(clients.map((client) => [client.key, client]));
  const told = new Set(INTERACTION_STORIES.map((story) => story.client));
  const anchorAt = moment(anchor, 0);

  const stories = INTERACTION_STORIES.flatMap((story) => {
    const client = byKey.get(story.client);
    return client ? [fromStory(story, client, anchor, deals)] : [];
  });
  const usual = deals.filter((deal) => !told.has(deal.clientKey)).flatMap((deal) => aroundDeal(random, anchorAt, deal));
  // The last clients of the list: nobody asks about them by name.
  const hostile = HOSTILE_NOTES.map((text, at): CompanyInteraction => {
    const client = clients[clients.length - 1 - at] as CompanyClient;
    return { kind: "note", clientKey: client.key, employeeId: client.managerId, at: moment(dayAfter(anchor, -10 - at), 12), text };
  });
  return [...stories, ...usual, ...hostile].sort((one, other) => one.at.getTime() - other.at.getTime());
}

function fromStory(story: InteractionStory, client: CompanyClient, anchor: Day, deals: readonly CompanyDeal[]): CompanyInteraction {
  const base = {
    clientKey: client.key,
    contactKey: client.contacts[0]?.key,
    dealNumber: deals.find((deal) => deal.clientKey === client.key && deal.title === story.deal)?.number,
    employeeId: client.managerId,
    at: moment(dayAfter(anchor, -story.ago), story.hour, 20),
    text: story.text,
  };
  switch (story.kind) {
    case "call":
      return { ...base, kind: "call", direction: story.direction ?? "out", durationSeconds: (story.minutes ?? 3) * 60 };
    case "message":
      return { ...base, kind: "message", direction: story.direction ?? "out" };
    case "note":
      return { ...base, kind: "note" };
    case "task":
    case "meeting": {
      const done = story.dueIn === undefined;
      return {
        ...base,
        kind: "task",
        meeting: story.kind === "meeting",
        done,
        dueAt: done ? base.at : moment(dayAfter(anchor, story.dueIn ?? 0), 18),
      };
    }
  }
}

function aroundDeal(random: Random, anchorAt: Date, deal: CompanyDeal): CompanyInteraction[] {
  const base = { clientKey: deal.clientKey, contactKey: deal.contactKey, dealNumber: deal.number, employeeId: deal.ownerId };
  const until = Math.min(deal.closedAt?.getTime() ?? deal.createdAt.getTime() + 45 * 24 * HOUR_MS, anchorAt.getTime() - HOUR_MS);
  const answeredAt = Math.min(deal.createdAt.getTime() + deal.responseHours * HOUR_MS, until);
  const found: CompanyInteraction[] = [
    {
      ...base,
      kind: "call",
      direction: "out",
      at: new Date(answeredAt),
      durationSeconds: random.integer(40, 900),
      text: random.pick(CALL_TEXTS),
    },
  ];
  for (let more = random.integer(0, 3); more > 0; more--) {
    const at = new Date(answeredAt + random.next() * (until - answeredAt));
    const direction = random.chance(0.5) ? "in" : "out";
    const kind = random.weighted([
      ["call", 3],
      ["note", 4],
      ["message", 1],
    ] as const);
    if (kind === "call")
      found.push({ ...base, kind, at, direction, durationSeconds: random.integer(15, 1_200), text: random.pick(CALL_TEXTS) });
    else if (kind === "note") found.push({ ...base, kind, at, text: random.pick(NOTE_TEXTS) });
    else found.push({ ...base, kind, at, direction, text: random.pick(MESSAGE_TEXTS) });
  }
  if (deal.outcome === "open" ? random.chance(0.7) : random.chance(0.15)) {
    const at = new Date(until);
    const dueAt = new Date(anchorAt.getTime() + (random.integer(-5, 14) * 24 + 15) * HOUR_MS);
    const done = deal.outcome !== "open";
    found.push({ ...base, kind: "task", at, meeting: random.chance(0.2), done, dueAt: done ? at : dueAt, text: random.pick(TASK_TEXTS) });
  }
  return found;
}
