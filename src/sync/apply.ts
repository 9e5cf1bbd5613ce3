import { hash } from "node:crypto";
import type { Entity } from "../domain/entity.js";
import type { FieldProtection } from "../domain/mirror.js";
import { SystemUnavailable } from "../domain/errors.js";
import type { Audience } from "../domain/people.js";
import type { Change, ChangeBatch } from "../domain/sync.js";
import { type Database, type Queryable, storableJson } from "../platform/database.js";
import { findEvents } from "./events.js";

/** The run that a batch belongs to; its lease fences a worker that slept too long. */
export interface RunLease {
  readonly run: number;
  readonly owner: string;
  readonly system: string;
  readonly kind: string;
  readonly mode: "full" | "since";
}

export interface Applied {
  readonly stored: number;
  readonly removed: number;
  readonly unreadable: number;
  /** How many events were found that nobody has been told of. */
  readonly events: number;
}

const leaseMs = 120_000;

/**
 * The one corridor: a batch of changes and the place to go on from are stored in one transaction, and only while the run's
 * lease is ours. A worker that wakes up late finds its run taken and moves nothing.
 */
export async function applyBatch(
  database: Database,
  lease: RunLease,
  batch: ChangeBatch,
  at: Date,
  protection?: FieldProtection,
): Promise<Applied> {
  return database.transaction(async (tx) => {
    await holdRun(tx, lease, at);
    const applied = await applyChanges(tx, batch.changes, at, lease.run, protection);
    await tx.query(
      `with counted as (
         update sync_runs set seen = seen + $6, stored = stored + $7, removed = removed + $8, unreadable = unreadable + $9 where id = $5
       )
       insert into sync_cursors (system, kind, cursor, mode, run) values ($1, $2, $3, $4, $5)
       on conflict (system, kind) do update set cursor = excluded.cursor, mode = excluded.mode, run = excluded.run`,
      [
        lease.system,
        lease.kind,
        batch.cursor,
        lease.mode,
        lease.run,
        batch.changes.length - applied.removed,
        applied.stored,
        applied.removed,
        applied.unreadable,
      ],
    );
    return applied;
  });
}

/**
 * Makes the run's lease last from now on; throws when the run is no longer ours. A lease that ran out is still ours as long as
 * nobody has begun anew: whoever does ends this run first.
 */
export async function holdRun(tx: Queryable, lease: RunLease, at: Date): Promise<void> {
  const held = await tx.query("update sync_runs set lease_until = $3 where id = $1 and owner = $2 and state = 'running' returning id", [
    lease.run,
    lease.owner,
    new Date(at.getTime() + leaseMs),
  ]);
  if (held.rowCount > 0) return;
  throw new SystemUnavailable(`${lease.system}: the run of ${lease.kind} was taken over by another process`, {
    system: lease.system,
    operation: "sync.apply",
  });
}

/**
 * Stores and removes without a run: what a web hook or a folder brings. The caller owns the transaction. Without `protection` no
 * `keys` are stored.
 */
export async function applyChanges(
  tx: Queryable,
  changes: readonly Change[],
  at: Date,
  run?: number,
  protection?: FieldProtection,
): Promise<Applied> {
  // The last word on one thing counts; two rows of one statement may not meet.
  const newest = new Map<string, Change>();
  for (const change of changes) {
    const ref = change.kind === "upsert" ? change.entity.ref : change.ref;
    newest.set(`${ref.system}\0${ref.kind}\0${ref.id}`, change);
  }
  const upserts: Entity[] = [];
  const removed: Entity["ref"][] = [];
  const unreadable: Entity["ref"][] = [];
  for (const change of newest.values()) {
    if (change.kind === "upsert") upserts.push(change.entity);
    else if (change.kind === "remove") removed.push(change.ref);
    else unreadable.push(change.ref);
  }
  const events = await findEvents(tx, upserts, at);
  if (upserts.length > 0) await store(tx, upserts, at, run, protection);
  if (removed.length > 0) await remove(tx, removed);
  // Still there, only not readable: it counts as seen, so that a full run does not take it for gone.
  if (unreadable.length > 0) await markUnreadable(tx, unreadable, run);
  return { stored: upserts.length, removed: removed.length, unreadable: unreadable.length, events };
}

async function store(
  tx: Queryable,
  entities: readonly Entity[],
  at: Date,
  run: number | undefined,
  protection: FieldProtection | undefined,
): Promise<void> {
  const acls = await aclIds(
    tx,
    entities.map(({ readers }) => readers),
  );
  let sent: Promise<unknown> = Promise.resolve();
  // While the database stores one piece, the next is encrypted and written out.
  for (let from = 0; from < entities.length; from += storedAtOnce) {
    const values = asColumns(entities.slice(from, from + storedAtOnce), acls.slice(from, from + storedAtOnce), at, run, protection);
    await sent;
    sent = tx.query(storeRows, values);
    sent.catch(() => undefined);
  }
  await sent;
}

/** Rows of one statement of `storeRows`. */
const storedAtOnce = 1_000;

const storeRows = `
  insert into system_integrations
     (system_name, entity_type, external_id, last_sync, title, url, version, updated_at, digest, acl_id, owner, keys, relations, fields, content, markdown, seen_in_run)
   select s, k, i, $4, t, u, v, m, d, a, o::jsonb, y::jsonb, r::jsonb, f::jsonb, c, w, $17
   from unnest($1::text[], $2::text[], $3::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::bigint[],
               $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[]) as x (s, k, i, t, u, v, m, d, a, o, y, r, f, c, w)
   on conflict (system_name, entity_type, external_id) do update set
     last_sync = excluded.last_sync, sync_status = 'stored', title = excluded.title, url = excluded.url, version = excluded.version,
     updated_at = excluded.updated_at, digest = excluded.digest, acl_id = excluded.acl_id, owner = excluded.owner, keys = excluded.keys,
     relations = excluded.relations, fields = excluded.fields, content = excluded.content,
     seen_in_run = coalesce(excluded.seen_in_run, system_integrations.seen_in_run),
     markdown = case when system_integrations.indexed_digest is distinct from excluded.digest then excluded.markdown end,
     index_attempts = case when system_integrations.digest = excluded.digest then system_integrations.index_attempts else 0 end`;

function asColumns(
  entities: readonly Entity[],
  acls: readonly string[],
  at: Date,
  run: number | undefined,
  protection: FieldProtection | undefined,
): readonly unknown[] {
  const sealed = entities.map((entity) => protection?.seal(entity) ?? { fields: entity.fields, keys: undefined });
  const column = <T>(pick: (entity: Entity, index: number) => T) => entities.map(pick);
  return [
    column(({ ref }) => ref.system),
    column(({ ref }) => ref.kind),
    column(({ ref }) => ref.id),
    at,
    column(({ title }) => title),
    column(({ url }) => url ?? null),
    column(({ version }) => version ?? null),
    column(({ updatedAt }) => updatedAt ?? null),
    column(digest),
    acls,
    column(({ owner }) => (owner ? storableJson(owner) : null)),
    sealed.map(({ keys }) => (keys ? storableJson(keys) : null)),
    column(({ relations }) => storableJson(relations)),
    sealed.map(({ fields }) => storableJson(fields)),
    column(({ content }) => (content === undefined ? null : content === "later" ? "later" : "here")),
    column(({ content }) => (content && content !== "later" ? content.markdown : null)),
    run ?? null,
  ];
}

/** Who may read these things as of now; what is not stored is passed over, and what stays as it was is not written. */
export async function storeAudiences(
  tx: Queryable,
  batch: readonly { readonly ref: Entity["ref"]; readonly readers: Audience }[],
): Promise<void> {
  const acls = await aclIds(
    tx,
    batch.map(({ readers }) => readers),
  );
  await tx.query(
    `update system_integrations e set acl_id = x.a from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as x (s, k, i, a)
     where e.system_name = x.s and e.entity_type = x.k and e.external_id = x.i and e.acl_id <> x.a`,
    [batch.map(({ ref }) => ref.system), batch.map(({ ref }) => ref.kind), batch.map(({ ref }) => ref.id), acls],
  );
}

async function remove(tx: Queryable, refs: readonly Entity["ref"][]): Promise<void> {
  await tx.query(
    `delete from system_integrations e using unnest($1::text[], $2::text[], $3::text[]) as x (s, k, i)
     where e.system_name = x.s and e.entity_type = x.k and e.external_id = x.i`,
    [refs.map(({ system }) => system), refs.map(({ kind }) => kind), refs.map(({ id }) => id)],
  );
}

async function markUnreadable(tx: Queryable, refs: readonly Entity["ref"][], run: number | undefined): Promise<void> {
  await tx.query(
    `update system_integrations e set sync_status = 'unreadable', seen_in_run = coalesce($4, e.seen_in_run)
     from unnest($1::text[], $2::text[], $3::text[]) as x (s, k, i)
     where e.system_name = x.s and e.entity_type = x.k and e.external_id = x.i`,
    [refs.map(({ system }) => system), refs.map(({ kind }) => kind), refs.map(({ id }) => id), run ?? null],
  );
}

/** The ids of these audiences, made where they are new. A batch has few different ones, so each is digested once. */
async function aclIds(tx: Queryable, audiences: readonly Audience[]): Promise<string[]> {
  const written = audiences.map((audience) => JSON.stringify(audience));
  const digestOf = new Map<string, string>();
  const distinct = new Map<string, Audience>();
  audiences.forEach((audience, at) => {
    const key = written[at] ?? "";
    if (digestOf.has(key)) return;
    const digested = aclDigest(audience);
    digestOf.set(key, digested);
    distinct.set(digested, audience);
  });
  const known = await knownAcls(tx, [...distinct.keys()]);
  const fresh = [...distinct].filter(([one]) => !known.has(one));
  if (fresh.length > 0) {
    await tx.query(
      "insert into acls (digest, kind, clauses) select d, k, c::jsonb from unnest($1::text[], $2::text[], $3::text[]) as x (d, k, c) on conflict (digest) do nothing",
      [
        fresh.map(([one]) => one),
        fresh.map(([, audience]) => (typeof audience === "string" ? audience : "clauses")),
        fresh.map(([, audience]) => (typeof audience === "string" ? null : storableJson(audience))),
      ],
    );
    for (const [one, id] of await knownAcls(
      tx,
      fresh.map(([digested]) => digested),
    ))
      known.set(one, id);
  }
  return written.map((key) => known.get(digestOf.get(key) ?? "") ?? "0");
}

async function knownAcls(tx: Queryable, digests: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ id: string; digest: string }>("select id, digest from acls where digest = any($1)", [digests]);
  return new Map(rows.map(({ id, digest: one }) => [one, id]));
}

/** Order of principals and clauses means nothing, so it must not make two audiences of one. */
function aclDigest(audience: Audience): string {
  const plain = typeof audience === "string" ? audience : JSON.stringify(audience.map((clause) => [...clause].sort().join("\0")).sort());
  return hash("sha256", plain);
}

/** Changes when what search would show or find changes: not with rights, which have their own column. */
function digest(entity: Entity): string {
  const { title, version, updatedAt, content } = entity;
  const plain = JSON.stringify([
    title,
    version ?? null,
    version ? null : (updatedAt?.toISOString() ?? null),
    typeof content === "object" ? content.markdown : (content ?? null),
  ]);
  return hash("sha256", plain);
}
