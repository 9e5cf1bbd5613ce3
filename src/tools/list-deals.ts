import { z } from "zod";
import type { Deal, DealQuery } from "../domain/crm.js";
import type { ReadTool } from "../domain/tool.js";
import { dayOf, formatMoney } from "../text/format.js";
import { texts } from "../text/texts.js";
import { sumMoney } from "./kit/money.js";
import { findOwner } from "./kit/owners.js";
import { askEach, resolveClient } from "./kit/resolve.js";
import { takePages } from "./kit/take.js";
import { findStage } from "./kit/stages.js";
import { Amount, ClientText, Day } from "./kit/schemas.js";

const input = z.strictObject({
  client: ClientText.optional(),
  state: z.enum(["open", "won", "lost"]).optional().describe("open = in work (в работе), won = успешные, lost = проигранные"),
  stage: z.string().trim().min(1).max(100).optional().describe("Stage as people call it: «переговоры», 'negotiation'"),
  pipeline: z.string().trim().min(1).max(100).optional().describe("Pipeline (воронка) as people call it"),
  owner: z.string().trim().min(1).max(100).optional().describe("'me' for the person's own deals, or a colleague's name"),
  amountFrom: Amount.optional().describe("Not less than this"),
  amountTo: Amount.optional().describe("Not more than this"),
  createdFrom: Day.optional(),
  createdTo: Day.optional(),
  closedFrom: Day.optional(),
  closedTo: Day.optional(),
  idleDays: z.number().int().min(1).max(3650).optional().describe("Nothing happened with the deal for at least so many days"),
  from: z
    .number()
    .int()
    .min(0)
    .max(500)
    .optional()
    .describe("How many of the list were shown before: 20 for the second page, 40 for the third"),
});

const shown = 20;
const counted = 500;

export const listDeals: ReadTool<z.infer<typeof input>> = {
  kind: "read",
  name: "list-deals",
  needs: { family: "crm", verb: "read" },
  description:
    "Lists deals by state, stage, owner, client, amount, dates or idleness, with their sum. " +
    "Use it for «мои сделки», «какие сделки в работе», «сделки без движения неделю», 'deals over 500k'. Not for the story of one client (client-history).",
  input,
  async run(asked, turn) {
    const words = texts(turn.language).tools;
    const client = asked.client ? await resolveClient(asked.client, turn) : undefined;
    if (client?.kind === "none") return { forModel: words.clientNotFound(asked.client ?? ""), missing: client.missing };
    if (client?.kind === "many")
      return { forModel: words.severalFound(asked.client ?? ""), forPerson: [client.question], asked: true, missing: client.missing };
    const unknown: string[] = [];
    const { answers, missing } = await askEach(
      turn,
      async (system) => {
        const stage = asked.stage || asked.pipeline ? findStage(await system.crm.pipelines(), asked.stage, asked.pipeline) : undefined;
        if (stage === null) {
          unknown.push(asked.stage ?? asked.pipeline ?? "");
          return { items: [] as readonly Deal[], more: false };
        }
        const ownerId = asked.owner ? await findOwner(asked.owner, system, turn) : undefined;
        if (asked.owner && !ownerId) {
          unknown.push(asked.owner);
          return { items: [] as readonly Deal[], more: false };
        }
        const query: DealQuery = {
          clientId: client?.value.ref.id,
          ownerId,
          pipelineId: stage?.pipelineId,
          stageId: stage?.stageId,
          // What stands still is of interest while it can still move.
          state: asked.state ?? (asked.idleDays ? "open" : undefined),
          amount:
            asked.amountFrom || asked.amountTo
              ? {
                  from: asked.amountFrom ? { amount: asked.amountFrom, currency: "RUB" } : undefined,
                  to: asked.amountTo ? { amount: asked.amountTo, currency: "RUB" } : undefined,
                }
              : undefined,
          created: span(asked.createdFrom, asked.createdTo),
          closed: span(asked.closedFrom, asked.closedTo),
          idleSince: asked.idleDays ? new Date(turn.now().getTime() - asked.idleDays * 86_400_000) : undefined,
        };
        return takePages(system.crm.deals(query), counted, turn.signal);
      },
      client?.system.system,
    );
    const deals = answers.flatMap(({ value }) => value.items);
    if (deals.length === 0) return { forModel: unknown[0] ? words.noSuch(unknown[0]) : words.noDeals, missing };
    const more = answers.some(({ value }) => value.more);
    const sum = sumMoney(deals.flatMap(({ amount }) => (amount ? [amount] : [])))
      .map((money) => formatMoney(money, turn.language))
      .join(" + ");
    const from = asked.from ?? 0;
    if (from >= deals.length) return { forModel: words.noMoreDeals(deals.length), missing };
    const rows = deals.toSorted(largestFirst).slice(from, from + shown);
    const to = from + rows.length;
    const place =
      to < deals.length ? words.shownWithMore(from + 1, to) : more ? words.shownUpTo(from + 1, to) : words.shownLast(from + 1, to);
    return {
      forModel: words.dealsFound(deals.length, sum, more) + (deals.length > shown ? ` ${place}` : ""),
      about: rows.slice(0, 10).map((deal) => ({ ref: deal.ref, kind: "deal", name: deal.title })),
      forPerson: [
        {
          kind: "table",
          table: {
            columns: [
              { name: "№", type: "text" },
              { name: words.deal, type: "text" },
              { name: words.stage, type: "text" },
              { name: words.amount, type: "money", unit: rows.find(({ amount }) => amount)?.amount?.currency },
              { name: words.owner, type: "text" },
              { name: words.updated, type: "day" },
            ],
            rows: rows.map((deal) => [
              deal.ref.id,
              deal.title,
              deal.stage.name,
              deal.amount?.amount ?? null,
              deal.owner?.name ?? null,
              dayOf(deal.lastTouchAt ?? deal.updatedAt, turn.person.timeZone),
            ]),
            truncated: to < deals.length || more,
          },
        },
        { kind: "sources", sources: rows.slice(0, 5).map((deal) => ({ title: deal.title, url: deal.url, ref: deal.ref })) },
      ],
      missing,
    };
  },
};

/** Pages of one list must not overlap: equal sums stand in the order of their numbers. */
function largestFirst(a: Deal, b: Deal): number {
  return Number(b.amount?.amount ?? 0) - Number(a.amount?.amount ?? 0) || a.ref.id.localeCompare(b.ref.id, "en", { numeric: true });
}

function span(from?: string, to?: string) {
  return from || to ? { from: from ?? "1970-01-01", to: to ?? "2999-12-31" } : undefined;
}
