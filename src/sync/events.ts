import type { Entity } from "../domain/entity.js";
import type { Queryable } from "../platform/database.js";

/** What is worth telling somebody: a fresh lead, a deal that was won or lost. */
export type MirrorEvent = "new_lead" | "deal_closed";

/** What CRM connectors call a lead or a deal, and the fields of it that are compared: `state`, `firstStage`, `createdAt`, `closedAt`. */
const watched = "deal";

/**
 * Compares deals with what is stored of them and writes down what has happened, before they are stored and in the same
 * transaction. An event is keyed by thing, kind and version, so polling, web hooks and repeated runs find it once. Nothing is found
 * while a system is read for the first time, nor of a deal that is older than that. Resolves to the number of events that are new.
 */
export async function findEvents(tx: Queryable, entities: readonly Entity[], at: Date): Promise<number> {
  const deals = entities.filter(({ ref, fields }) => ref.kind === watched && typeof fields["state"] === "string");
  if (deals.length === 0) return 0;
  const began = await firstPasses(
    tx,
    deals.map(({ ref }) => ref.system),
  );
  const known = await storedStates(tx, deals);
  const found = deals.flatMap((deal) => {
    const first = began.get(deal.ref.system);
    const before = known.get(keyOf(deal.ref));
    const event = first && eventOf(deal, before, first);
    return event ? [{ ref: deal.ref, ...event }] : [];
  });
  if (found.length === 0) return 0;
  const { rowCount } = await tx.query(
    `insert into mirror_events (system, entity_type, external_id, event, version, found_at)
     select s, k, i, e, v, $6 from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) as x (s, k, i, e, v)
     on conflict do nothing`,
    [
      found.map(({ ref }) => ref.system),
      found.map(({ ref }) => ref.kind),
      found.map(({ ref }) => ref.id),
      found.map(({ event }) => event),
      found.map(({ version }) => version),
      at,
    ],
  );
  return rowCount;
}

function eventOf(
  { fields }: Entity,
  before: string | undefined,
  firstPass: Date,
): { readonly event: MirrorEvent; readonly version: string } | undefined {
  const created = new Date(String(fields["createdAt"]));
  // Vendors count in whole seconds.
  const isNew = before === undefined && created.getTime() >= Math.floor(firstPass.getTime() / 1_000) * 1_000;
  if (fields["state"] !== "open")
    return before === "open" || isNew
      ? { event: "deal_closed", version: `${String(fields["state"])} ${String(fields["closedAt"])}` }
      : undefined;
  return isNew && fields["firstStage"] === true ? { event: "new_lead", version: "" } : undefined;
}

/** When each system's first whole pass over its deals began. */
async function firstPasses(tx: Queryable, systems: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await tx.query<{ system: string; began: Date }>(
    `select system, min(started_at) as began from sync_runs
     where system = any($1) and kind = $2 and mode = 'full' and state = 'done' group by system`,
    [[...new Set(systems)], watched],
  );
  return new Map(rows.map(({ system, began }) => [system, began]));
}

async function storedStates(tx: Queryable, deals: readonly Entity[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await tx.query<{ system: string; kind: string; id: string; state: string | null }>(
    `select e.system_name as system, e.entity_type as kind, e.external_id as id, e.fields->>'state' as state
     from system_integrations e join unnest($1::text[], $2::text[], $3::text[]) as x (s, k, i)
       on e.system_name = x.s and e.entity_type = x.k and e.external_id = x.i`,
    [deals.map(({ ref }) => ref.system), deals.map(({ ref }) => ref.kind), deals.map(({ ref }) => ref.id)],
  );
  return new Map(rows.map((row) => [keyOf(row), row.state ?? ""]));
}

function keyOf({ system, kind, id }: Entity["ref"]): string {
  return JSON.stringify([system, kind, id]);
}
