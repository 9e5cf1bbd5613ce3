import { z } from "zod";
import type { Deal, DealQuery } from "../../domain/crm.js";
import { NotFound, RequestRefused } from "../../domain/errors.js";
import type { Listing } from "../../domain/listing.js";
import { oncePerCall } from "../kit/call-context.js";
import { startOfDay } from "../kit/days.js";
import { asCursor, listing, readCursor } from "../kit/listing.js";
import { Lead, Leads, Notes, Party, Tasks } from "./answers.js";
import type { Directory } from "./directory.js";
import { stateOf } from "./directory.js";
import { clientPath, clientRef, numberOf, toDeal } from "./map.js";
import type { PartyPath } from "./map.js";
import { many, parts, unix } from "./reading.js";
import type { Pairs, Reader } from "./reading.js";

export interface DealContext {
  readonly system: string;
  readonly baseUrl: string;
  readonly reader: Reader;
  readonly directory: Directory;
  /** Where a day begins for whoever asks; the account's own zone for Svyaz itself. */
  zone(): Promise<string>;
}

const Position = z.object({ of: z.literal("deals"), query: z.string(), offset: z.number(), limit: z.number() });
/** Ids in one URL. */
const idsAtOnce = 100;
const entitiesAtOnce = 50;
const shown: Pairs = [["with", "contacts,loss_reason"]];

/** Newest first; what has lain idle, longest idle first. */
export function findDeals(context: DealContext, query: DealQuery): Listing<Deal> {
  const { reader, system } = context;
  const asked = JSON.stringify(query);
  return listing(async ({ from, size = 50, signal }) => {
    const limit = Math.min(size, 240);
    const place =
      from === undefined
        ? { offset: 0, limit }
        : readCursor(
            from,
            Position.refine((one) => one.query === asked),
            { system },
          );
    const { pairs, fits } = await leadFilter(context, query);
    const order = query.idleSince ? (["order[updated_at]", "asc"] as const) : (["order[created_at]", "desc"] as const);
    let rows: readonly Lead[];
    let next: { readonly offset: number; readonly limit: number } | undefined;
    if (query.clientId === undefined) {
      ({ rows, next } = await reader.page("/leads", Leads, [...pairs, order, ...shown], place, signal));
      rows = rows.filter(fits);
    } else {
      const all = await leadsOf(context, query.clientId, fits);
      rows = all.slice(place.offset, place.offset + place.limit);
      next = all.length > place.offset + place.limit ? { ...place, offset: place.offset + place.limit } : undefined;
    }
    const found = query.idleSince ? await untouched(context, rows, query.idleSince) : rows;
    const items = await Promise.all(found.map((lead) => asDeal(context, lead)));
    return {
      items: query.idleSince ? items.map((deal) => ({ ...deal, lastTouchAt: deal.updatedAt })) : items,
      next: next && asCursor({ of: "deals", query: asked, offset: next.offset, limit: next.limit }),
    };
  });
}

/** One deal, or NotFound: amoCRM answers 204 for what is gone. */
export async function readLead({ reader, system }: Pick<DealContext, "reader" | "system">, id: string): Promise<Lead> {
  const lead = await reader.one(`/leads/${numberOf(system, "deal", id)}`, Lead.optional(), shown);
  if (!lead || lead.is_deleted === true) throw new NotFound(`${system}: there is no deal ${id}`, { system });
  return lead;
}

/** What comes along with a company or a contact. */
export const along: Readonly<Record<PartyPath, Pairs>> = { companies: [["with", "contacts,leads"]], contacts: [["with", "leads"]] };

/** One company or contact with what hangs on it, or NotFound. */
export async function readParty({ reader, system }: Pick<DealContext, "reader" | "system">, clientId: string): Promise<Party> {
  const { path, id } = clientPath(system, clientId);
  const party = await reader.one(`/${path}/${id}`, Party.optional(), along[path]);
  if (!party || party.is_deleted === true) throw new NotFound(`${system}: there is no client ${clientId}`, { system });
  return party;
}

/** As `readParty`, once for a question. */
export function partyOf(context: Pick<DealContext, "reader" | "system">, clientId: string): Promise<Party> {
  return oncePerCall(partyKey(context.system, clientId), () => readParty(context, clientId));
}

/** A company or contact that a list has brought with its deals need not be read by its id. */
export function noteParty(system: string, path: PartyPath, party: Party): void {
  if (party._embedded.leads.length > 0) void oncePerCall(partyKey(system, clientRef(system, path, party.id).id), async () => party);
}

function partyKey(system: string, clientId: string): string {
  return `${system} client ${clientId}`;
}

export async function asDeal(context: DealContext, lead: Lead): Promise<Deal> {
  const { directory } = context;
  const [account, pipelines, owner] = await Promise.all([
    directory.account(),
    directory.pipelines(),
    directory.owner(lead.responsible_user_id),
  ]);
  return toDeal({ ...context, currency: account.currency }, lead, pipelines, owner);
}

/** The deals linked to a client, newest first; read once for a question. */
export async function leadsOf(
  context: Pick<DealContext, "reader" | "system" | "directory">,
  clientId: string,
  fits: (lead: Lead) => boolean = () => true,
): Promise<readonly Lead[]> {
  const leads = await oncePerCall(`${context.system} deals of ${clientId}`, async () =>
    leadsByIds(context, (await partyOf(context, clientId))._embedded.leads),
  );
  return leads.filter(fits).sort((a, b) => b.created_at.getTime() - a.created_at.getTime());
}

async function leadsByIds(
  { reader, directory }: Pick<DealContext, "reader" | "directory">,
  ids: readonly string[],
): Promise<readonly Lead[]> {
  if (!(await directory.filters())) {
    const each = await Promise.all(ids.map((id) => reader.one(`/leads/${id}`, Lead.optional(), shown)));
    return each.filter((lead) => lead !== undefined);
  }
  const pages = await Promise.all(
    parts(ids, idsAtOnce).map((some) => reader.all("/leads", Leads, [...many("filter[id]", some), ...shown])),
  );
  // The same is checked here, because an unknown filter is ignored in silence.
  return pages.flat().filter((lead) => ids.includes(lead.id));
}

/** The vendor's filters for a question, and the same question asked of a row: filters may be off, and near hits happen. */
async function leadFilter(
  context: DealContext,
  query: DealQuery,
): Promise<{ readonly pairs: Pairs; readonly fits: (lead: Lead) => boolean }> {
  const { directory, system } = context;
  const zone = await context.zone();
  const [filters, account, pipelines] = await Promise.all([directory.filters(), directory.account(), directory.pipelines()]);
  for (const money of [query.amount?.from, query.amount?.to]) {
    if (money && money.currency !== account.currency) {
      throw new RequestRefused(`${system}: deals are in ${account.currency}, not in ${money.currency}`, { system });
    }
  }
  const chosen = query.pipelineId !== undefined || query.stageId !== undefined || query.state !== undefined;
  const stages = pipelines
    .filter((pipeline) => query.pipelineId === undefined || pipeline.id === query.pipelineId)
    .flatMap((pipeline) => pipeline._embedded.statuses.map((status) => ({ pipeline: pipeline.id, id: status.id })))
    .filter(
      ({ id }) => (query.stageId === undefined || id === query.stageId) && (query.state === undefined || stateOf(id) === query.state),
    );
  const moments = (period: DealQuery["created"]) => period && { from: startOfDay(period.from, zone), to: startOfDay(period.to, zone, 1) };
  const created = moments(query.created);
  const closed = moments(query.closed);
  const price = { from: query.amount?.from?.amount, to: query.amount?.to?.amount };

  const pairs: (readonly [string, string])[] = [];
  const range = (name: string, from: string | undefined, to: string | undefined) => {
    if (from !== undefined) pairs.push([`filter[${name}][from]`, from]);
    if (to !== undefined) pairs.push([`filter[${name}][to]`, to]);
  };
  const days = (name: string, period: { from: Date; to: Date } | undefined) =>
    period && range(name, unix(period.from), unix(new Date(period.to.getTime() - 1_000)));
  if (chosen) {
    stages.forEach(({ pipeline, id }, index) => {
      pairs.push([`filter[statuses][${index}][pipeline_id]`, pipeline], [`filter[statuses][${index}][status_id]`, id]);
    });
  }
  if (query.ownerId !== undefined) pairs.push(["filter[responsible_user_id][]", numberOf(system, "user", query.ownerId)]);
  range("price", price.from && String(Math.ceil(Number(price.from))), price.to && String(Math.floor(Number(price.to))));
  days("created_at", created);
  days("closed_at", closed);
  if (query.idleSince) range("updated_at", undefined, unix(query.idleSince));

  const within = (at: Date | undefined, period: { from: Date; to: Date } | undefined) =>
    !period || (at !== undefined && at >= period.from && at < period.to);
  return {
    pairs: filters ? pairs : [],
    fits: (lead) =>
      lead.is_deleted !== true &&
      (!chosen || stages.some(({ pipeline, id }) => lead.pipeline_id === pipeline && lead.status_id === id)) &&
      (query.ownerId === undefined || lead.responsible_user_id === query.ownerId) &&
      (price.from === undefined || (lead.price ?? 0) >= Number(price.from)) &&
      (price.to === undefined || (lead.price ?? 0) <= Number(price.to)) &&
      within(lead.created_at, created) &&
      within(lead.closed_at, closed) &&
      (!query.idleSince || lead.updated_at <= query.idleSince),
  };
}

/** A note or a task need not move a deal's own date, so both are looked for before a deal is called idle. */
async function untouched({ reader }: DealContext, leads: readonly Lead[], since: Date): Promise<readonly Lead[]> {
  const touched = new Set<string>();
  for (const some of parts(
    leads.map((lead) => lead.id),
    entitiesAtOnce,
  )) {
    const filter: Pairs = [...many("filter[entity_id]", some), ["filter[updated_at][from]", unix(since)]];
    const [notes, tasks] = await Promise.all([
      reader.all("/leads/notes", Notes, filter),
      reader.all("/tasks", Tasks, [["filter[entity_type]", "leads"], ...filter]),
    ]);
    for (const { entity_id, updated_at } of [...notes, ...tasks]) if (entity_id !== undefined && updated_at > since) touched.add(entity_id);
  }
  return leads.filter((lead) => !touched.has(lead.id));
}
