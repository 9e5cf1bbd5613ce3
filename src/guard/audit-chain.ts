import { createHash } from "node:crypto";
import { z } from "zod";
import type { Queryable } from "../platform/database.js";

/** An event as the chain sees it. Every field is the text that PostgreSQL prints, so that nothing is rounded on the way. */
export const ChainedEvent = z.object({
  id: z.string(),
  /** Microseconds since 1970. */
  at_us: z.string(),
  name: z.string(),
  actor: z.string(),
  trace: z.string(),
  subject: z.string().nullable(),
  outcome: z.string(),
  error: z.string().nullable(),
  payload_digest: z.string().nullable(),
});
export type ChainedEvent = z.infer<typeof ChainedEvent>;

/** The columns of `ChainedEvent`, of audit_events under the alias `e`. */
export const chainedColumns = `e.id, (extract(epoch from e.at) * 1000000)::bigint as at_us,
  e.name, e.actor, e.trace, e.subject, e.outcome, e.error, e.payload_digest`;

/** Stands for "before the first record". */
export const genesis = sha256("svyaz.audit.genesis.v1");

/**
 * The digest of the record `number`: SHA-256 over a prefix of its own, so that no other digest of Svyaz can pass for it, and a JSON
 * array of texts and nulls in this very order, which has one spelling only.
 */
export function sealDigest(number: bigint, previous: string, event: ChainedEvent): string {
  const { id, at_us, name, actor, trace, subject, outcome, error, payload_digest } = event;
  const fields = [number.toString(), previous, id, at_us, name, actor, trace, subject, outcome, error, payload_digest];
  return sha256(`svyaz.audit.seal.v1\n${JSON.stringify(fields)}`);
}

/** The digest an event keeps of its payload. `body` is canonical JSON; without the salt it cannot be guessed from the digest. */
export function payloadDigest(salt: string, body: string): string {
  return sha256(`svyaz.audit.payload.v1\n${salt}\n${body}`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The first record that is not as it was sealed. */
export interface Broken {
  readonly number: number;
  /** The event's id, where it is known. */
  readonly event?: string;
  readonly what: /** A number is left out: the record was deleted. */
    | "seal-missing"
    /** It does not follow from the record before it: that one, or this one, was replaced, moved or put in. */
    | "link-broken"
    | "event-missing"
    /** The event or its seal says something else than was sealed. */
    | "record-changed"
    | "payload-changed"
    /** Gone without the erase function. */
    | "payload-missing"
    /** Records at the end of the chain are gone, or there are some that the sealer did not write. */
    | "tail-changed"
    /** Up to `to` they are not those that a head, kept elsewhere, was signed for: all from there on were made anew. */
    | "head-differs"
    /** Up to `to` they are gone: a head, kept elsewhere, was signed for them. */
    | "head-missing";
  /** The first bad record is one from `number` to this; it is known no closer. */
  readonly to?: number;
}

/** The end of the chain at some moment. */
export interface ChainHead {
  readonly number: number;
  readonly digest: string;
}

export interface ChainReport {
  readonly checked: number;
  /** Events that are not in the chain yet: those of the last second, unless the sealer stands still. */
  readonly unsealed: number;
  /** Write it down elsewhere: who holds it can tell whether the chain before it was made anew. */
  readonly head: ChainHead;
  readonly broken?: Broken;
}

const pageSize = 5_000;

const Sealed = z.object({
  number: z.string(),
  event_id: z.string(),
  digest: z.string(),
  previous: z.string(),
  salt: z.string().nullable(),
  body: z.string().nullable(),
  erased: z.boolean(),
});

/** Walks the chain from its first record, page by page, past heads that were kept elsewhere, and stops at the first that is broken. */
export async function checkChain(database: Queryable, heads: readonly ChainHead[] = []): Promise<ChainReport> {
  const ahead = heads.toSorted((one, other) => one.number - other.number);
  let passed = 0;
  let agreed = 0;
  const promised = await readHead(database);
  let number = 0n;
  let previous = genesis;
  /** The heads that were signed here; what follows the last one that agrees is what was changed. */
  const differing = (): Broken | undefined => {
    for (let head = ahead[passed]; head && head.number <= number; head = ahead[++passed]) {
      if (head.digest !== previous) return { number: Math.min(agreed + 1, head.number), to: head.number, what: "head-differs" };
      agreed = head.number;
    }
    return undefined;
  };
  const report = async (broken?: Broken): Promise<ChainReport> => ({
    checked: Number(number),
    unsealed: await countUnsealed(database),
    head: { number: Number(number), digest: previous },
    broken,
  });

  const differs = differing();
  if (differs) return report(differs);
  for (;;) {
    const { rows } = await database.query(
      `select s.number, s.event_id, s.digest, s.previous, ${chainedColumns}, p.salt, p.body,
              p.event_id is null and exists (
                select from audit_events x where x.name = 'payload.erased' and x.subject = 'svyaz:audit-event:' || s.event_id
              ) as erased
       from audit_seals s left join audit_events e on e.id = s.event_id left join audit_payloads p on p.event_id = s.event_id
       where s.number > $1 order by s.number limit ${pageSize}`,
      [number],
    );
    if (rows.length === 0) break;
    for (const raw of rows) {
      const row = Sealed.parse(raw);
      const what = problemOf(row, ChainedEvent.safeParse(raw).data, number + 1n, previous);
      if (what === "seal-missing") return report({ number: Number(number) + 1, what });
      if (what) return report({ number: Number(row.number), event: row.event_id, what });
      number += 1n;
      previous = row.digest;
      const different = differing();
      if (different) return report(different);
      if (number === promised.number && previous !== promised.digest) {
        return report({ number: Number(number), event: row.event_id, what: "tail-changed" });
      }
    }
  }
  const last = await readHead(database);
  if (number < promised.number || number > last.number) {
    return report({ number: Number(number < promised.number ? number : last.number) + 1, what: "tail-changed" });
  }
  const longest = ahead.at(-1);
  if (longest && longest.number > number) return report({ number: Number(number) + 1, to: longest.number, what: "head-missing" });
  return report();
}

function problemOf(
  row: z.infer<typeof Sealed>,
  event: ChainedEvent | undefined,
  number: bigint,
  previous: string,
): Broken["what"] | undefined {
  if (BigInt(row.number) !== number) return "seal-missing";
  if (row.previous !== previous) return "link-broken";
  if (!event) return "event-missing";
  if (sealDigest(number, previous, event) !== row.digest) return "record-changed";
  const digest = event.payload_digest;
  if (row.salt !== null && row.body !== null) return payloadDigest(row.salt, row.body) === digest ? undefined : "payload-changed";
  return digest === null || row.erased ? undefined : "payload-missing";
}

/** The last record of the chain, as the sealer remembers it. */
export async function readHead(database: Queryable): Promise<{ readonly number: bigint; readonly digest: string }> {
  const { rows } = await database.query<{ number: string; digest: string }>("select number, digest from audit_sealer");
  const head = rows[0];
  return { number: BigInt(head?.number ?? 0), digest: head?.digest || genesis };
}

async function countUnsealed(database: Queryable): Promise<number> {
  const { rows } = await database.query<{ n: string }>(
    "select count(*) as n from audit_events e left join audit_seals s on s.event_id = e.id where s.event_id is null",
  );
  return Number(rows[0]?.n);
}
