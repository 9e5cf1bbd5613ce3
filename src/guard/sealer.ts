import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../domain/log.js";
import type { Metrics } from "../domain/metrics.js";
import type { Database } from "../platform/database.js";
import { ChainedEvent, chainedColumns, genesis, sealDigest } from "./audit-chain.js";

const roundMs = 400;
const leaseSeconds = 15;
const batchSize = 2_000;
/** Numbers are given before the commit, so an event may appear behind later ones: this often the last ones are looked over again. */
const lookBackMs = 30_000;
const lookBack = 100_000n;

export interface Sealer {
  /** Takes the work over, seals what a stop or a crash left, then goes on by itself. */
  start(): Promise<void>;
  /** Seals what is there and gives the work to another process. */
  stop(): Promise<void>;
  /** One round now; resolves to the number of events sealed, 0 too when another process seals. */
  seal(): Promise<number>;
}

/**
 * Chains the audit events, within a second. Of many processes one seals at a time: it holds a lease in the database, and its every
 * write goes through only while the lease is its own and the chain's head is where it left it, so a process that was paused and
 * wakes up late writes nothing.
 */
export function createSealer({
  database,
  log,
  metrics,
}: {
  readonly database: Database;
  readonly log: Log;
  readonly metrics?: Metrics;
}): Sealer {
  const holder = randomUUID();
  let stopping: AbortController | undefined;
  let running: Promise<void> = Promise.resolve();
  let seen = 0n;
  let lookedBackAt = performance.now();

  /** The chain's head, if the work is ours now. */
  const takeLease = async () => {
    const { rows } = await database.query<{ number: string; digest: string }>(
      `update audit_sealer set holder = $1, lease_until = now() + make_interval(secs => ${leaseSeconds})
       where holder = $1 or lease_until < now() returning number, digest`,
      [holder],
    );
    return rows[0] && { number: BigInt(rows[0].number), digest: rows[0].digest || genesis };
  };

  const unsealed = "audit_events e where e.id > $1 and not exists (select from audit_seals s where s.event_id = e.id)";

  const sealBatch = async (after: bigint): Promise<{ readonly sealed: number; readonly last: bigint }> => {
    const nothing = { sealed: 0, last: after };
    // An idle look costs no write.
    const { rowCount: waiting } = await database.query(`select from ${unsealed} limit 1`, [after]);
    metrics?.set("svyaz_audit_unsealed", waiting);
    const head = waiting > 0 ? await takeLease() : undefined;
    if (!head) return nothing;
    const { rows } = await database.query(`select ${chainedColumns} from ${unsealed} order by e.id limit ${batchSize}`, [after]);
    if (rows.length === 0) return nothing;
    metrics?.set("svyaz_audit_unsealed", rows.length);
    let { number, digest } = head;
    const seals = rows.map((row) => {
      const event = ChainedEvent.parse(row);
      const previous = digest;
      number += 1n;
      digest = sealDigest(number, previous, event);
      return { number: number.toString(), event: event.id, digest, previous };
    });
    // One statement: the head moves and the seals come, or neither does.
    const { rowCount } = await database.query(
      `with mine as (
         update audit_sealer set number = $2, digest = $3 where holder = $1 and number = $4 and lease_until > now() returning true
       )
       insert into audit_seals (number, event_id, digest, previous)
       select * from unnest($5::bigint[], $6::bigint[], $7::text[], $8::text[]) where exists (select from mine)`,
      [
        holder,
        number,
        digest,
        head.number,
        seals.map((seal) => seal.number),
        seals.map((seal) => seal.event),
        seals.map((seal) => seal.digest),
        seals.map((seal) => seal.previous),
      ],
    );
    if (rowCount === 0) return nothing;
    metrics?.set("svyaz_audit_unsealed", 0);
    return { sealed: seals.length, last: BigInt(seals.at(-1)?.event ?? after) };
  };

  const sealAll = async (): Promise<number> => {
    let after = seen;
    if (performance.now() - lookedBackAt > lookBackMs) {
      lookedBackAt = performance.now();
      after = seen > lookBack ? seen - lookBack : 0n;
    }
    let total = 0;
    for (;;) {
      const { sealed, last } = await sealBatch(after);
      total += sealed;
      after = last;
      if (last > seen) seen = last;
      if (sealed < batchSize) return total;
    }
  };

  // One at a time here too: two rounds of one holder would seal the same events.
  let last: Promise<unknown> = Promise.resolve();
  const seal = (): Promise<number> => {
    const next = last.then(sealAll);
    last = next.catch(() => undefined);
    return next;
  };

  const rounds = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      await seal().catch((error: unknown) => log.error("the audit log could not be sealed", { error }));
      await delay(roundMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };

  return {
    seal,
    async start() {
      // Whoever held it may have crashed; if not, its next write finds the chain in other hands and it waits.
      await database.query(`update audit_sealer set holder = $1, lease_until = now() + make_interval(secs => ${leaseSeconds})`, [holder]);
      await seal();
      stopping = new AbortController();
      running = rounds(stopping.signal);
    },
    async stop() {
      stopping?.abort();
      await running;
      try {
        await seal();
        await database.query("update audit_sealer set lease_until = '-infinity' where holder = $1", [holder]);
      } catch (error) {
        log.error("the end of the audit log is sealed at the next start", { error });
      }
    },
  };
}
