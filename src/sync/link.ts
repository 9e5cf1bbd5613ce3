import { z } from "zod";
import type { Database, Queryable } from "../platform/database.js";
import { type ClientRecord, conflictsAmong, type Decision, type Doubt, matchClients } from "./match.js";

const readAtOnce = 5_000;
const writtenAtOnce = 2_000;
/** A client that nobody carries may be one that another process is just giving out. */
const keptEmptyMs = 60 * 60_000;

const Marks = z.array(z.string()).default([]);
const Row = z.object({
  id: z.string(),
  system_name: z.string(),
  entity_type: z.string(),
  external_id: z.string(),
  title: z.string(),
  internal_id: z.string().nullable(),
  match: z.object({ inn: Marks, phones: Marks, emails: Marks }).nullish(),
});

/** A client's record and where it is stored. */
export interface StoredRecord extends ClientRecord {
  readonly row: string;
  readonly client: string | undefined;
}

export interface LinkReport {
  /** Clients, of which so many are known to several systems, and pairs that an admin must decide. */
  readonly clients: number;
  readonly linked: number;
  readonly doubts: number;
  /** How often two systems say different things of one client, or of two records that otherwise look like one. */
  readonly conflicts: number;
  /** How many records belong to another client than before. */
  readonly changed: number;
}

/** People of a company are no clients of their own; whatever else carries `keys` is one. */
const clientRecords = `keys is not null and not relations @> '[{"kind": "company"}]'`;

/**
 * Gives every client's record the id of its client, so that records of one client in several systems share one. Safe at any time and
 * by several processes at once; where no record and no decision has changed since the last time, it only looks. Resolves to nothing then.
 */
export async function linkClients(
  database: Database,
  { now = () => new Date() }: { readonly now?: () => Date } = {},
): Promise<LinkReport | undefined> {
  const madeOf = await whatThereIs(database);
  const { rows: before } = await database.query<{ made_of: string }>("select made_of from client_linking");
  if (before[0]?.made_of === madeOf) return undefined;
  const records = await readRecords(database);
  const { groups, doubts } = await matchClients(records, await readDecisions(database));
  const changed = await store(database, groups as readonly (readonly StoredRecord[])[], now());
  await storeDoubts(database, doubts, now());
  const conflicts =
    groups.reduce((sum, members) => sum + conflictsAmong(members).length, 0) +
    doubts.filter(({ reason }) => reason === "inn-differs").length;
  await database.query(
    `insert into client_linking (made_of, conflicts) values ($1, $2)
     on conflict (only_one) do update set made_of = excluded.made_of, conflicts = excluded.conflicts`,
    [madeOf, conflicts],
  );
  return {
    clients: groups.length,
    linked: groups.filter((members) => new Set(members.map(({ system }) => system)).size > 1).length,
    doubts: doubts.length,
    conflicts,
    changed,
  };
}

/** What waits for an admin, as the last linking left it. */
export async function openQuestions(database: Queryable): Promise<{ readonly doubts: number; readonly conflicts: number }> {
  const { rows } = await database.query<{ doubts: string; conflicts: number | null }>(
    "select (select count(*) from client_doubts) as doubts, (select conflicts from client_linking) as conflicts",
  );
  return { doubts: Number(rows[0]?.doubts ?? 0), conflicts: rows[0]?.conflicts ?? 0 };
}

/** Every client's record, in pages, so that no statement is long. */
export async function readRecords(database: Database): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (let after = "0"; ; ) {
    const { rows } = await database.query(
      `select id, system_name, entity_type, external_id, title, internal_id, keys->'match' as match from system_integrations
       where ${clientRecords} and id > $1 order by id limit $2`,
      [after, readAtOnce],
    );
    for (const row of rows) {
      const { id, system_name, entity_type, external_id, title, internal_id, match } = Row.parse(row);
      records.push({
        row: id,
        name: `${system_name}:${entity_type}:${external_id}`,
        system: system_name,
        title,
        inns: match?.inn ?? [],
        phones: match?.phones ?? [],
        emails: match?.emails ?? [],
        client: internal_id ?? undefined,
      });
      after = id;
    }
    if (rows.length < readAtOnce) return records;
  }
}

/** What admins have decided so far. */
export async function readDecisions(database: Queryable): Promise<readonly Decision[]> {
  const { rows } = await database.query<Decision>("select one, other, verdict from client_decisions order by one, other");
  return rows;
}

/** Equal as long as no client's record and no decision has changed. */
async function whatThereIs(database: Database): Promise<string> {
  const { rows } = await database.query<{ made_of: string }>(
    `select concat_ws(' ', count(*), max(id), sum(hashtext(digest)::bigint),
       (select concat_ws(' ', count(*), max(decided_at)) from client_decisions)) as made_of
     from system_integrations where ${clientRecords}`,
  );
  return rows[0]?.made_of ?? "";
}

/** A group keeps the id that its first record had; what is new gets a new one. */
async function store(database: Database, groups: readonly (readonly StoredRecord[])[], at: Date): Promise<number> {
  const holders = new Map<string, readonly StoredRecord[]>();
  const byName = groups.flatMap((group) => group.map((record) => ({ record, group })));
  byName.sort((a, b) => (a.record.name < b.record.name ? -1 : 1));
  for (const { record, group } of byName) if (record.client && !holders.has(record.client)) holders.set(record.client, group);
  const own = groups.map((group) =>
    group
      .flatMap(({ client }) => (client && holders.get(client) === group ? [client] : []))
      .reduce<string | undefined>((least, id) => (least === undefined || Number(id) < Number(least) ? id : least), undefined),
  );
  const fresh = await newClients(database, own.filter((id) => id === undefined).length, at);
  const moved = groups.flatMap((group, index) => {
    const client = own[index] ?? fresh.shift() ?? "";
    return group.filter((record) => record.client !== client).map((record) => ({ record, client }));
  });
  for (let from = 0; from < moved.length; from += writtenAtOnce) {
    const some = moved.slice(from, from + writtenAtOnce);
    await database.query(
      `update system_integrations e set internal_id = x.client from unnest($1::bigint[], $2::text[], $3::text[]) as x (id, client, before)
       where e.id = x.id and e.internal_id is not distinct from x.before`,
      [some.map(({ record }) => record.row), some.map(({ client }) => client), some.map(({ record }) => record.client ?? null)],
    );
  }
  await database.query(`update system_integrations set internal_id = null where internal_id is not null and not (${clientRecords})`);
  await database.query(
    "delete from clients c where made_at < $1 and not exists (select 1 from system_integrations e where e.internal_id = c.id::text)",
    [new Date(at.getTime() - keptEmptyMs)],
  );
  return moved.length;
}

async function newClients(database: Database, count: number, at: Date): Promise<string[]> {
  if (count === 0) return [];
  const { rows } = await database.query<{ id: string }>(
    "insert into clients (made_at) select $1 from generate_series(1, $2::int) returning id",
    [at, count],
  );
  return rows.map(({ id }) => id).toSorted((a, b) => Number(a) - Number(b));
}

async function storeDoubts(database: Database, doubts: readonly Doubt[], at: Date): Promise<void> {
  const column = <T>(pick: (doubt: Doubt) => T) => doubts.map(pick);
  const values = [column(({ one }) => one), column(({ other }) => other)];
  await database.transaction(async (tx) => {
    await tx.query(
      "delete from client_doubts d where not exists (select 1 from unnest($1::text[], $2::text[]) as x (one, other) where x.one = d.one and x.other = d.other)",
      values,
    );
    await tx.query(
      `insert into client_doubts (one, other, reason, confidence, found_at)
       select one, other, reason, confidence, $5 from unnest($1::text[], $2::text[], $3::text[], $4::real[]) as x (one, other, reason, confidence)
       on conflict (one, other) do update set reason = excluded.reason, confidence = excluded.confidence`,
      [...values, column(({ reason }) => reason), column(({ confidence }) => confidence), at],
    );
  });
}
