import { z } from "zod";
import type { Deal } from "../domain/crm.js";
import { AccessDenied, NotFound, SvyazError } from "../domain/errors.js";
import type { ReadTool, Turn } from "../domain/tool.js";
import { dayOf, formatDay, formatMoney } from "../text/format.js";
import { texts } from "../text/texts.js";
import { take } from "./kit/take.js";
import { interactionLines, interactionTable, taskTable } from "./kit/interactions.js";
import { resolveDeal } from "./kit/resolve.js";
import { DealText } from "./kit/schemas.js";

const input = z.strictObject({ deal: DealText });

/** A client's whole history is read for one deal's part of it; whatever lies behind so much is not looked for. */
const readInteractions = 500;
const readTasks = 50;

export const showDeal: ReadTool<z.infer<typeof input>> = {
  kind: "read",
  name: "show-deal",
  needs: { family: "crm", verb: "read" },
  description:
    "Shows one deal: stage, amount, client, owner, dates, its open tasks and what happened with it. " +
    "Use it for «что со сделкой 1024», «кто ведёт сделку с Ромашкой», 'show deal 1024', 'how much is deal 1024'. Not for lists (list-deals) and not for a client as a whole (client-history).",
  input,
  async run({ deal: asked }, turn) {
    const words = texts(turn.language).tools;
    const found = await resolveDeal(asked, turn);
    if (found.kind === "none") return { forModel: words.dealNotFound(asked), missing: found.missing };
    if (found.kind === "many")
      return { forModel: words.severalFound(asked), forPerson: [found.question], asked: true, missing: found.missing };
    const { value: deal, system } = found;
    const clientId = deal.companyId ?? deal.contactIds[0];
    const missing = [...found.missing];
    const optional = async <T>(reading: Promise<T>): Promise<T | undefined> => {
      try {
        return await reading;
      } catch (error) {
        if (!(error instanceof SvyazError)) throw error;
        // The deal may be the person's and its client somebody else's.
        if (!(error instanceof NotFound || error instanceof AccessDenied)) missing.push({ system: system.title, error });
        return undefined;
      }
    };
    const [client, interactions, tasks] = await Promise.all([
      clientId === undefined ? undefined : optional(system.crm.client(clientId)),
      clientId === undefined ? undefined : optional(take(system.crm.history(clientId), readInteractions)),
      optional(take(system.crm.tasks({ about: { kind: "deal", id: deal.ref.id }, done: false }), readTasks)),
    ]);
    const own = (interactions ?? []).filter((one) => one.deal?.id === deal.ref.id);
    const open = tasks ?? [];
    return {
      forModel: [
        words.dealIs(deal.title, deal.ref.id, deal.stage.name, deal.pipeline.name),
        deal.amount && words.dealAmount(formatMoney(deal.amount, turn.language)),
        deal.lossReason && words.dealLost(deal.lossReason),
        client && words.dealClient(client.name),
        words.dealOwner(deal.owner?.name),
        dates(deal, own[0]?.at, turn),
        open.length > 0 && words.openTasks(open.length),
      ]
        .filter(Boolean)
        .join(" "),
      material: [...open.map(({ text }) => text), ...interactionLines(own)].join("\n"),
      about: [
        { ref: deal.ref, kind: "deal", name: deal.title },
        ...(client ? [{ ref: client.ref, kind: "client", name: client.name }] : []),
      ],
      missing,
      forPerson: [
        ...(open.length > 0 ? [taskTable(open, turn)] : []),
        ...(own.length > 0 ? [interactionTable(own, turn)] : []),
        {
          kind: "sources",
          sources: [
            { title: `${deal.title} (${system.title})`, url: deal.url, ref: deal.ref },
            ...(client ? [{ title: client.name, url: client.url, ref: client.ref }] : []),
          ],
        },
      ],
    };
  },
};

/** What happened beside the deal touches it too, though its own row may not tell. */
function dates({ createdAt, closedAt, lastTouchAt, updatedAt }: Deal, last: Date | undefined, turn: Turn): string {
  const known = lastTouchAt ?? updatedAt;
  const day = (at: Date) => formatDay(dayOf(at, turn.person.timeZone), turn.language);
  return texts(turn.language).tools.dealDates(day(createdAt), closedAt && day(closedAt), day(last && last > known ? last : known));
}
