import { z } from "zod";
import type { Interaction } from "../../domain/crm.js";
import type { Listing } from "../../domain/listing.js";
import type { Period } from "../../domain/numbers.js";
import { startOfDay } from "../kit/days.js";
import { asCursor, listing, readCursor } from "../kit/listing.js";
import { Events, Notes, Tasks } from "./answers.js";
import { leadsOf, partyOf } from "./deals.js";
import type { DealContext } from "./deals.js";
import { dealRef } from "./directory.js";
import { clientPath, fromMove, fromNote, fromTask } from "./map.js";
import type { HolderPath } from "./map.js";
import { eventPage, many, parts, unix } from "./reading.js";
import type { Pairs } from "./reading.js";

const Position = z.object({ of: z.literal("history"), client: z.string(), at: z.number(), id: z.string() });

/** Notes and tasks of so many things in one question; events take ten. */
const holdersAtOnce = 50;
const eventDealsAtOnce = 10;

/**
 * What happened with a client, newest first: notes, calls, messages, tasks, moves and new deals of the client itself,
 * of a company's people and of its deals. The sources are counted apart and not sorted by when things happened,
 * so the period's part of each is read whole and put in order here; a list that is read on is read from memory.
 */
export function readHistory(context: DealContext, clientId: string, within?: Period): Listing<Interaction> {
  let known: Promise<readonly Interaction[]> | undefined;
  return listing(async ({ from, size = 50 }) => {
    const after =
      from &&
      readCursor(
        from,
        Position.refine((one) => one.client === clientId),
        { system: context.system },
      );
    const all = await (known ??= collect(context, clientId, within));
    const start = after ? all.findIndex((one) => order(one, { at: new Date(after.at), ref: { id: after.id } }) > 0) : 0;
    const items = start === -1 ? [] : all.slice(start, start + size);
    const last = items.at(-1);
    const more = last !== undefined && start + size < all.length;
    return { items, next: more ? asCursor({ of: "history", client: clientId, at: last.at.getTime(), id: last.ref.id }) : undefined };
  });
}

type Placed = { readonly at: Date; readonly ref: { readonly id: string } };

function order(a: Placed, b: Placed): number {
  return b.at.getTime() - a.at.getTime() || (a.ref.id < b.ref.id ? -1 : a.ref.id > b.ref.id ? 1 : 0);
}

async function collect(context: DealContext, clientId: string, within: Period | undefined): Promise<readonly Interaction[]> {
  const zone = await context.zone();
  const since = within && startOfDay(within.from, zone);
  const until = within && startOfDay(within.to, zone, 1);
  const { path, id } = clientPath(context.system, clientId);
  const party = await partyOf(context, clientId);
  const holders: Readonly<Record<HolderPath, readonly string[]>> = {
    companies: path === "companies" ? [id] : [],
    contacts: path === "contacts" ? [id] : party._embedded.contacts,
    leads: party._embedded.leads,
  };
  const found = await Promise.all([
    ...(["companies", "contacts", "leads"] as const).map((one) => happenings(context, one, holders[one], since)),
    moves(context, holders.leads, since),
    newDeals(context, clientId),
  ]);
  return found
    .flat()
    .filter(({ at }) => (!since || at >= since) && (!until || at < until))
    .sort(order);
}

async function happenings(
  { reader, directory, system }: DealContext,
  path: HolderPath,
  ids: readonly string[],
  since: Date | undefined,
): Promise<readonly Interaction[]> {
  if (ids.length === 0) return [];
  // Nothing is changed before it is made, so "changed since" holds all that was made since.
  const changed: Pairs = since ? [["filter[updated_at][from]", unix(since)]] : [];
  const [users, notes, tasks] = await Promise.all([
    directory.users(),
    Promise.all(
      parts(ids, holdersAtOnce).map((some) => reader.all(`/${path}/notes`, Notes, [...many("filter[entity_id]", some), ...changed])),
    ),
    Promise.all(
      parts(ids, holdersAtOnce).map((some) =>
        reader.all("/tasks", Tasks, [["filter[entity_type]", path], ...many("filter[entity_id]", some), ...changed]),
      ),
    ),
  ]);
  const own = new Set(ids);
  const author = (userId: string) => users.get(userId)?.name;
  return [
    ...notes
      .flat()
      .filter((note) => own.has(note.entity_id))
      .map((note) => fromNote(system, path, note, author(note.created_by))),
    ...tasks
      .flat()
      .filter((task) => task.entity_type === path && task.entity_id !== undefined && own.has(task.entity_id))
      .map((task) => fromTask(system, task, author(task.responsible_user_id))),
  ];
}

/** Moves between stages. What was said in chats is no event's to tell: the API keeps the words to itself. */
async function moves(
  { reader, directory, system }: DealContext,
  ids: readonly string[],
  since: Date | undefined,
): Promise<readonly Interaction[]> {
  if (ids.length === 0) return [];
  const made: Pairs = since ? [["filter[created_at][from]", unix(since)]] : [];
  const moved = "lead_status_changed";
  const [users, pipelines, ...events] = await Promise.all([
    directory.users(),
    directory.pipelines(),
    ...parts(ids, eventDealsAtOnce).map((some) =>
      reader.all(
        "/events",
        Events,
        [["filter[entity]", "lead"], ...many("filter[entity_id]", some), ["filter[type]", moved], ...made],
        eventPage,
      ),
    ),
  ]);
  return events
    .flat()
    .filter((event) => event.type === moved && ids.includes(event.entity_id))
    .map((event) => fromMove(system, event, pipelines, users.get(event.created_by)?.name));
}

async function newDeals(context: DealContext, clientId: string): Promise<readonly Interaction[]> {
  const leads = await leadsOf(context, clientId);
  return leads.map((lead) => ({
    ref: dealRef(context.system, lead.id),
    kind: "deal",
    at: lead.created_at,
    text: lead.name,
    deal: dealRef(context.system, lead.id),
  }));
}
