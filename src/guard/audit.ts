import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { AuditEvent, AuditLog, AuditRecord } from "../domain/audit.js";
import type { EntityRef } from "../domain/entity.js";
import { AccessDenied, SvyazError } from "../domain/errors.js";
import type { Cursor, Listing, Page, PageRequest } from "../domain/listing.js";
import type { Log } from "../domain/log.js";
import { type Database, insideTransaction } from "../platform/database.js";
import { createGrouped } from "../platform/grouped.js";
import { redact } from "../platform/redact.js";
import { type ChainHead, type ChainReport, checkChain, payloadDigest } from "./audit-chain.js";
import { canonicalJson } from "./canonical.js";

const maxBatch = 500;
const readSize = 500;

/** Which payloads to erase: `containing` is looked for in any letter case. */
export type PayloadFilter = { readonly before?: Date; readonly actor?: string } & (
  | { readonly before: Date }
  | { readonly containing: string }
);

/** The log behind the interface, and what only an admin asks of it. */
export interface AuditService extends AuditLog {
  /** What `verify` finds, and how much was looked at; also against heads that were kept elsewhere. Plain numbers and texts. */
  check(heads?: readonly ChainHead[]): Promise<ChainReport>;
  /** Records as lines of JSON, without the line's end; the oldest first. `actor` as in `read`. */
  exportJsonLines(query: { readonly since?: Date; readonly actor?: string }): AsyncIterable<string>;
  /** A person's own acts as they ended, the newest first: those whose names match `names`, a regular expression of PostgreSQL. */
  latest(query: { readonly person: string; readonly names: string; readonly most: number }): Promise<readonly AuditRecord[]>;
  /** Takes an event's payload away for good; the chain stays whole and the act is an event itself. False when there was none. */
  erase(event: string, by: { readonly actor: string; readonly trace: string }): Promise<boolean>;
  /** The same for every payload that fits all that is given; resolves to how many were erased. */
  erasePayloads(filter: PayloadFilter, by: { readonly actor: string; readonly trace: string }): Promise<number>;
}

interface Row {
  readonly at: Date;
  readonly event: AuditEvent;
  readonly outcome: AuditRecord["outcome"];
  readonly error?: string;
  readonly payload?: Readonly<Record<string, unknown>>;
}

/**
 * The audit log. Only the event's payload may hold personal data; an error's message counts as such and goes there too, its stable
 * code stays with the event. Not usable inside a database transaction: an act that is rolled back was tried all the same.
 */
export function createAuditLog({
  database,
  now,
  log,
}: {
  readonly database: Database;
  readonly now: () => Date;
  readonly log: Log;
}): AuditService {
  const write = createWriter(database);

  const begin = (event: AuditEvent, outcome: Row["outcome"]) => write({ at: now(), event, outcome, payload: event.payload });

  const end = async (event: AuditEvent, outcome: Row["outcome"], error?: unknown): Promise<void> => {
    const failure = error === undefined ? undefined : describeError(error);
    const payload = event.payload || failure ? { ...event.payload, ...failure?.payload } : undefined;
    const row = { at: now(), event, outcome, error: failure?.error, payload };
    try {
      await write(row);
    } catch (cause) {
      // The act is done and its caller must hear how it went; "started" without an end is what the log says then.
      log.error("an act ended and the audit log could not take it", { name: event.name, trace: event.trace, outcome, error: cause });
    }
  };

  const read: AuditService["read"] = (query) => listing((request) => readPage(database, query, request));

  return {
    async during<T>(event: AuditEvent, act: () => Promise<T>): Promise<T> {
      await begin(event, "started");
      let result: T;
      try {
        result = await act();
      } catch (error) {
        await end(event, error instanceof AccessDenied ? "denied" : "failed", error);
        throw error;
      }
      await end(event, "succeeded");
      return result;
    },
    note: (event, outcome = "succeeded") => begin(event, outcome),
    read,
    async verify() {
      const { broken } = await checkChain(database);
      return broken && { brokenAt: BigInt(broken.number) };
    },
    check: (heads) => checkChain(database, heads),
    latest: (query) => readLatest(database, query),
    async *exportJsonLines(query) {
      for await (const record of read(query)) {
        const { subject, number, ...rest } = record;
        yield JSON.stringify({ ...rest, number: number?.toString(), subject: subject && printRef(subject) });
      }
    },
    async erase(event, { actor, trace }) {
      const { rows } = await database.query<{ erased: boolean }>("select audit_erase($1, $2, $3, $4) as erased", [
        event,
        actor,
        trace,
        now(),
      ]);
      return rows[0]?.erased === true;
    },
    async erasePayloads(filter, { actor, trace }) {
      const { rows } = await database.query<{ erased: string }>(
        `with found as materialized (
           select p.event_id from audit_payloads p join audit_events e on e.id = p.event_id
           where ($4::timestamptz is null or e.at < $4) and ($5::text is null or ${person} = $5)
             and ($6::text is null or strpos(lower(p.body), lower($6)) > 0)
           order by p.event_id
         )
         select count(*) filter (where audit_erase(event_id, $1, $2, $3)) as erased from found`,
        // In the body a text stands as JSON writes it.
        [
          actor,
          trace,
          now(),
          filter.before ?? null,
          filter.actor ?? null,
          "containing" in filter ? JSON.stringify(filter.containing).slice(1, -1) : null,
        ],
      );
      return Number(rows[0]?.erased);
    },
  };
}

/** Rows are stored in the order of the calls, many in one statement. */
function createWriter(database: Database): (row: Row) => Promise<void> {
  const store = createGrouped(async (rows: readonly Row[]) => {
    await insert(database, rows);
    return rows.map(() => undefined);
  }, maxBatch);
  return async (row) => {
    if (insideTransaction()) throw new Error(`audit: ${row.event.name} was noted inside a database transaction`);
    await store(row);
  };
}

async function insert(database: Database, rows: readonly Row[]): Promise<void> {
  const payloads = rows.map(({ payload }) => sealedPayload(payload));
  await database.query(
    `with given as materialized (
       select nextval('audit_events_id_seq') as id, u.*
       from unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
         as u (at, name, actor, trace, subject, outcome, error, payload_digest, salt, body)
     ), events as (
       insert into audit_events (id, at, name, actor, trace, subject, outcome, error, payload_digest)
       select id, at, name, actor, trace, subject, outcome, error, payload_digest from given
     )
     insert into audit_payloads (event_id, salt, body) select id, salt, body from given where body is not null`,
    [
      rows.map(({ at }) => at),
      rows.map(({ event }) => clean(event.name)),
      rows.map(({ event }) => clean(event.actor)),
      rows.map(({ event }) => clean(event.trace)),
      rows.map(({ event }) => (event.subject ? clean(printRef(event.subject)) : null)),
      rows.map(({ outcome }) => outcome),
      rows.map(({ error }) => (error === undefined ? null : clean(error))),
      payloads.map((payload) => payload?.digest ?? null),
      payloads.map((payload) => payload?.salt ?? null),
      payloads.map((payload) => payload?.body ?? null),
    ],
  );
}

function sealedPayload(payload: Row["payload"]) {
  if (payload === undefined) return undefined;
  const salt = randomBytes(16).toString("hex");
  const body = canonicalJson(redact(payload));
  return { salt, body, digest: payloadDigest(salt, body) };
}

/** PostgreSQL's text holds anything but this one character, which nobody types and a hostile message may carry. */
function clean(text: string): string {
  return text.replaceAll("\0", "\uFFFD");
}

function describeError(error: unknown): { readonly error: string; readonly payload: Readonly<Record<string, unknown>> } {
  const code = error instanceof SvyazError ? error.code : error instanceof Error ? error.name : "unknown";
  const operation = error instanceof SvyazError ? error.operation : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { error: code, payload: { error: message, ...(operation === undefined ? {} : { operation }) } };
}

const Stored = z.object({
  id: z.string(),
  at: z.date(),
  name: z.string(),
  actor: z.string(),
  trace: z.string(),
  subject: z.string().nullable(),
  outcome: z.enum(["started", "succeeded", "failed", "denied"]),
  error: z.string().nullable(),
  body: z.string().nullable(),
  number: z.string().nullable(),
  digest: z.string().nullable(),
});

/** What somebody did by the command line ("cli:root as anna") is theirs too. There is an index on it. */
const person = "regexp_replace(e.actor, '^.* as ', '')";

async function readLatest(database: Database, query: Parameters<AuditService["latest"]>[0]): Promise<readonly AuditRecord[]> {
  const { rows } = await database.query(
    `select e.id, e.at, e.name, e.actor, e.trace, e.subject, e.outcome, e.error, p.body, s.number, s.digest
     from audit_events e left join audit_payloads p on p.event_id = e.id left join audit_seals s on s.event_id = e.id
     where ${person} = $1 and e.name ~ $2 and e.outcome <> 'started' order by e.at desc, e.id desc limit $3`,
    [query.person, query.names, query.most],
  );
  return rows.map((row) => toRecord(Stored.parse(row)));
}

async function readPage(
  database: Database,
  query: { readonly since?: Date; readonly until?: Date; readonly actor?: string; readonly trace?: string },
  { from, size = readSize }: PageRequest = {},
): Promise<Page<AuditRecord>> {
  const { rows } = await database.query(
    `select e.id, e.at, e.name, e.actor, e.trace, e.subject, e.outcome, e.error, p.body, s.number, s.digest
     from audit_events e left join audit_payloads p on p.event_id = e.id left join audit_seals s on s.event_id = e.id
     where ($1::timestamptz is null or e.at >= $1) and ($2::timestamptz is null or e.at < $2)
       and ($3::text is null or ${person} = $3)
       and ($4::text is null or e.trace = $4)
       and ($5::bigint is null or (e.at, e.id) > (select x.at, x.id from audit_events x where x.id = $5))
     order by e.at, e.id limit $6`,
    [query.since ?? null, query.until ?? null, query.actor ?? null, query.trace ?? null, from ?? null, size],
  );
  const items = rows.map((row) => toRecord(Stored.parse(row)));
  const last = items.length === size ? items.at(-1) : undefined;
  return { items, next: last && (last.id as Cursor) };
}

function toRecord(row: z.infer<typeof Stored>): AuditRecord {
  const payload = row.body === null ? undefined : (JSON.parse(row.body) as Record<string, unknown>);
  // How an act failed is told by the code, and by the message until that is erased.
  const error = row.error === null ? undefined : [row.error, payload?.["error"]].filter(Boolean).join(": ");
  return {
    id: row.id,
    at: row.at,
    name: row.name,
    actor: row.actor,
    trace: row.trace,
    subject: row.subject === null ? undefined : readRef(row.subject),
    outcome: row.outcome,
    error,
    payload,
    number: row.number === null ? undefined : BigInt(row.number),
    digest: row.digest ?? undefined,
  };
}

function printRef({ system, kind, id }: EntityRef): string {
  return `${system}:${kind}:${id}`;
}

function readRef(text: string): EntityRef {
  const [system = "", kind = "", ...id] = text.split(":");
  return { system, kind, id: id.join(":") };
}

function listing<T>(page: (request?: PageRequest) => Promise<Page<T>>): Listing<T> {
  return {
    page,
    async *[Symbol.asyncIterator]() {
      let from: Cursor | undefined;
      do {
        const { items, next } = await page({ from });
        yield* items;
        from = next;
      } while (from);
    },
  };
}
