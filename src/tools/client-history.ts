import { z } from "zod";
import type { Deal } from "../domain/crm.js";
import type { Money, Period } from "../domain/numbers.js";
import type { ReadTool, Turn } from "../domain/tool.js";
import { dayOf, formatDay, formatMoment, formatMoney } from "../text/format.js";
import { texts } from "../text/texts.js";
import { type BookedDocument, type Books, booksList, mentions, readBooks } from "./kit/client-elsewhere.js";
import { interactionLines, interactionTable } from "./kit/interactions.js";
import { resolveClient } from "./kit/resolve.js";
import { take } from "./kit/take.js";
import { ClientText, Day } from "./kit/schemas.js";
import { sumMoney } from "./kit/money.js";

const input = z.strictObject({
  client: ClientText,
  from: Day.optional().describe("First day of the period; a year back when the person names none"),
  to: Day.optional().describe("Last day of the period; today when the person names none"),
});

const readInteractions = 500;
const shownBooked = 10;
const shownOfDocument = 400;

export const clientHistory: ReadTool<z.infer<typeof input>> = {
  kind: "read",
  name: "client-history",
  needs: { family: "crm", verb: "read" },
  description:
    "Tells what happened with one client over a period: deals with their stages and amounts, calls, letters, meetings, notes; where the " +
    "person may see them, also orders, shipments and debt from the ERP and documents that name the client. " +
    "Use it before a call or a meeting: «что у нас было с Ромашкой», «история клиента», 'what did we have with'. Not for a list of deals across clients (list-deals).",
  input,
  async run({ client: asked, from, to }, turn) {
    const words = texts(turn.language).tools;
    const resolved = await resolveClient(asked, turn);
    if (resolved.kind === "none") return { forModel: words.clientNotFound(asked), missing: resolved.missing };
    if (resolved.kind === "many")
      return { forModel: words.severalFound(asked), forPerson: [resolved.question], asked: true, missing: resolved.missing };
    const { value: client, system } = resolved;
    const within = period(from, to, turn);
    turn.progress(words.readingHistory(client.name));
    const [deals, interactions, elsewhere, documents] = await Promise.all([
      take(system.crm.deals({ clientId: client.ref.id }), readInteractions),
      take(system.crm.history(client.ref.id, within), readInteractions),
      readBooks(client, within, turn),
      mentions(client, turn),
    ]);
    const { books } = elsewhere;
    const missing = [...resolved.missing, ...elsewhere.missing];
    const touched = deals.filter((deal) => during(deal, within, turn));
    const about = [
      { ref: client.ref, kind: "client", name: client.name },
      ...touched.map((deal) => ({ ref: deal.ref, kind: "deal", name: deal.title })),
    ];
    const span = words.period(formatDay(within.from, turn.language), formatDay(within.to, turn.language));
    if (touched.length === 0 && interactions.length === 0 && books.length === 0 && documents.length === 0)
      return { forModel: words.historyEmpty(client.name, span), about, missing };
    const last = interactions[0];
    const facts = [
      words.historyTotals(client.name, span, touched.length, interactions.length),
      dealsSentence(touched, turn),
      last && words.lastTouch(formatMoment(last.at, turn.language, turn.person.timeZone), words.interaction[last.kind], last.author),
      ...books.map((one) => booksSentence(one, turn)),
      documents.length > 0 && words.mentioned(documents.length),
    ].filter(Boolean);
    return {
      forModel: facts.join(" "),
      material: [
        ...interactionLines(interactions),
        ...documents.map(({ title, text }) => `${title}: ${text}`.slice(0, shownOfDocument)),
      ].join("\n"),
      about,
      missing,
      forPerson: [
        ...(touched.length > 0 ? [dealTable(touched, turn)] : []),
        ...(interactions.length > 0 ? [interactionTable(interactions, turn)] : []),
        ...books.flatMap(({ title, orders, shipments }) => [
          ...(orders.length > 0 ? [bookedTable(`${words.orders} (${title})`, orders, turn)] : []),
          ...(shipments.length > 0 ? [bookedTable(`${words.shipments} (${title})`, shipments, turn)] : []),
        ]),
        {
          kind: "sources" as const,
          sources: [
            { title: `${client.name} (${system.title})`, url: client.url, ref: client.ref },
            ...documents.map(({ title, url, ref }) => ({ title, url, ref })),
          ],
        },
      ],
    };
  },
};

function period(from: string | undefined, to: string | undefined, turn: Turn): Period {
  const today = dayOf(turn.now(), turn.person.timeZone);
  const yearAgo = `${Number(today.slice(0, 4)) - 1}${today.slice(4) === "-02-29" ? "-02-28" : today.slice(4)}`;
  return { from: from ?? yearAgo, to: to ?? today };
}

/** A deal belongs to a period in which it was open at any time. */
function during(deal: Deal, within: Period, turn: Turn): boolean {
  const created = dayOf(deal.createdAt, turn.person.timeZone);
  const closed = deal.closedAt && dayOf(deal.closedAt, turn.person.timeZone);
  return created <= within.to && (!closed || closed >= within.from);
}

function dealsSentence(deals: readonly Deal[], turn: Turn): string {
  const words = texts(turn.language).tools;
  return (["won", "open", "lost"] as const)
    .map((state) => {
      const some = deals.filter((deal) => deal.stage.state === state);
      if (some.length === 0) return "";
      const sum = sumMoney(some.flatMap(({ amount }) => (amount ? [amount] : []))).map((money) => formatMoney(money, turn.language));
      return words.dealsInState[state](some.length, sum.join(" + "));
    })
    .filter(Boolean)
    .join(" ");
}

function dealTable(deals: readonly Deal[], turn: Turn) {
  const words = texts(turn.language).tools;
  return {
    kind: "table" as const,
    caption: words.deals,
    table: {
      columns: [
        { name: words.deal, type: "text" as const },
        { name: words.stage, type: "text" as const },
        { name: words.amount, type: "money" as const, unit: deals.find(({ amount }) => amount)?.amount?.currency },
        { name: words.created, type: "day" as const },
        { name: words.closed, type: "day" as const },
      ],
      rows: deals.map((deal) => [
        `${deal.title} (№ ${deal.ref.id})`,
        deal.lossReason ? `${deal.stage.name}: ${deal.lossReason}` : deal.stage.name,
        deal.amount?.amount ?? null,
        dayOf(deal.createdAt, turn.person.timeZone),
        deal.closedAt ? dayOf(deal.closedAt, turn.person.timeZone) : null,
      ]),
    },
  };
}

function booksSentence({ title, owed, orders, shipments }: Books, turn: Turn): string {
  const words = texts(turn.language).tools;
  const money = (sums: readonly Money[]) => sums.map((one) => formatMoney(one, turn.language)).join(" + ");
  const counted = (documents: readonly BookedDocument[]) => `${documents.length}${documents.length === booksList ? "+" : ""}`;
  return [
    owed ? words.owed(title, money(owed.debt), money(owed.overdue)) : words.booksLate(title),
    words.booked(counted(orders), counted(shipments)),
  ].join(" ");
}

function bookedTable(caption: string, documents: readonly BookedDocument[], turn: Turn) {
  const words = texts(turn.language).tools;
  const withStatus = documents.some(({ status }) => status);
  return {
    kind: "table" as const,
    caption,
    table: {
      columns: [
        { name: words.number, type: "text" as const },
        { name: words.day, type: "day" as const },
        { name: words.amount, type: "money" as const },
        ...(withStatus ? [{ name: words.state, type: "text" as const }] : []),
      ],
      rows: documents
        .slice(0, shownBooked)
        .map(({ number, day, amount, status }) => [number, day, amount, ...(withStatus ? [status ?? null] : [])]),
      truncated: documents.length > shownBooked,
    },
  };
}
