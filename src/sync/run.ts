import { randomUUID } from "node:crypto";
import type { Alerts } from "../domain/alert.js";
import type { AuditLog } from "../domain/audit.js";
import type { Systems } from "../domain/connector.js";
import { NotFound, RequestRefused, SvyazError, SystemUnavailable } from "../domain/errors.js";
import type { EntityRef } from "../domain/entity.js";
import type { Cursor } from "../domain/listing.js";
import type { Log } from "../domain/log.js";
import type { Metrics } from "../domain/metrics.js";
import type { FieldProtection } from "../domain/mirror.js";
import type { Language } from "../domain/people.js";
import type { SyncSource } from "../domain/sync.js";
import type { Database } from "../platform/database.js";
import { texts } from "../text/texts.js";
import { applyBatch, applyChanges, holdRun, type RunLease } from "./apply.js";

const leaseMs = 120_000;
/** A full run that sees less than this share of what is stored is not believed. */
const believableShare = 0.8;
const smallestToDoubt = 20;
/** Refs in one question whether they are gone. */
const askedAtOnce = 100;
/** So many kinds are read at once: while one batch is stored, the next of another kind is on its way. */
const kindsAtOnce = 3;
/** The operation of a refusal because somebody else is at it. */
const busy = "sync.busy";

export interface SyncParts {
  readonly database: Database;
  readonly systems: Systems;
  readonly audit: AuditLog;
  readonly alerts: Alerts;
  /** The admins'. */
  readonly language: Language;
  readonly protection: FieldProtection;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
  /** Told after rows are stored with which something has happened. */
  readonly onEvents?: () => Promise<void>;
}

export interface KindReport {
  readonly system: string;
  readonly kind: string;
  readonly mode: "full" | "since";
  readonly stored: number;
  readonly removed: number;
  readonly unreadable: number;
  readonly seconds: number;
  readonly error?: SvyazError;
}

export interface Sync {
  /**
   * Brings the mirror of one system up to date: a first or broken-off pass is full, the next ones read changes. One kind's failure
   * is in its report and stops no other; a kind that another process is reading is left to it.
   */
  run(
    system: string,
    options?: {
      /** Reads everything: from the beginning, or, with "go-on", from where a full pass was cut off. */
      readonly full?: boolean | "go-on";
      /** With `full`: what is gone is removed even where that is most of what was stored; each is still asked for by its id first. */
      readonly believe?: boolean;
      readonly signal?: AbortSignal;
      readonly onBatch?: (kind: string, seen: number, inSource?: number) => void;
    },
  ): Promise<readonly KindReport[]>;
}

export function createSync(parts: SyncParts): Sync {
  const { database, systems, audit, alerts, protection, metrics, log, now, onEvents = async () => undefined } = parts;
  const { alerts: words, tools } = texts(parts.language);
  const kindName = (kind: string) => tools.kinds[kind] ?? kind;

  return {
    async run(system, { full = false, believe = false, signal = new AbortController().signal, onBatch } = {}) {
      const opened = await systems.forSvyaz(system);
      if (!opened.sync) return [];
      const source = opened.sync;
      const reports: KindReport[] = [];
      const waiting = [...source.kinds];
      const hand = async () => {
        for (let kind = waiting.shift(); kind !== undefined; kind = waiting.shift()) {
          signal.throwIfAborted();
          reports.push(await runKind(system, source, kind, { full, believe, signal, onBatch }));
        }
      };
      await Promise.all(Array.from({ length: kindsAtOnce }, hand));
      reports.sort((one, other) => source.kinds.indexOf(one.kind) - source.kinds.indexOf(other.kind));
      // Whoever is at it tells how it goes.
      if (reports.every(({ error }) => error?.operation === busy)) return reports;
      const failed = reports.filter(({ error }) => error && error.operation !== busy);
      metrics.set("system_sync_status", failed.length === 0 ? 1 : 0, { system });
      if (failed.length > 0) metrics.count("system_sync_errors_total", { system }, failed.length);
      const [first] = failed;
      if (first?.error && !first.error.retryable)
        await alerts.raise({
          key: `sync:${system}`,
          level: "critical",
          title: words.syncTitle(opened.title),
          // What a system says of a failure may quote its records, and alerts are read by more than those who may see these.
          text: words.syncText(kindName(first.kind), first.error.code, first.error.operation ?? ""),
          system,
        });
      else if (failed.length === 0) await alerts.resolve(`sync:${system}`);
      return reports;
    },
  };

  async function runKind(
    system: string,
    source: SyncSource,
    kind: string,
    options: {
      full: boolean | "go-on";
      believe: boolean;
      signal: AbortSignal;
      onBatch?: (kind: string, seen: number, inSource?: number) => void;
    },
  ): Promise<KindReport> {
    const { full, believe, signal, onBatch } = options;
    const started = performance.now();
    const begun = await begin(system, source, kind, full);
    let seen = 0;
    const count = { stored: 0, removed: 0, unreadable: 0 };
    const report = (error?: SvyazError): KindReport => ({
      system,
      kind,
      mode: begun?.lease.mode ?? "since",
      ...count,
      seconds: (performance.now() - started) / 1000,
      error,
    });
    if (!begun) return report(new SystemUnavailable(`${system}: another process is reading ${kind}`, { system, operation: busy }));
    const { lease, from, inSource } = begun;
    const trace = `sync-${lease.run}`;
    try {
      await audit.during({ name: "sync.finished", actor: "svyaz", trace, payload: { system, kind, mode: lease.mode } }, async () => {
        for await (const batch of source.changes({ kind, mode: lease.mode, from, signal })) {
          const applied = await applyBatch(database, lease, batch, now(), protection);
          count.stored += applied.stored;
          count.removed += applied.removed;
          count.unreadable += applied.unreadable;
          seen += batch.changes.length;
          if (applied.events > 0) await onEvents();
          metrics.count("svyaz_sync_entities_total", { system, kind, change: "stored" }, applied.stored);
          onBatch?.(kind, seen, inSource);
        }
        if (lease.mode === "full") count.removed += await removeUnseen(lease, source, believe);
        await finish(lease, "done");
      });
      return report();
    } catch (error) {
      const known =
        error instanceof SvyazError
          ? error
          : new RequestRefused(`${system}: reading ${kind} failed`, { system, operation: "sync.run", cause: error });
      log.warn("a sync run failed", { system, kind, mode: lease.mode, error });
      await finish(lease, "failed", known.message);
      // The vendor does not know this place any more: what has changed since cannot be asked for, so everything is.
      const forgotten = from !== undefined && seen === 0 && (error instanceof RequestRefused || error instanceof NotFound);
      if (forgotten) return runKind(system, source, kind, { ...options, full: true });
      return report(known);
    }
  }

  /** A new run, or the going on of a full one that was cut off. Nothing where somebody else is at it. */
  async function begin(
    system: string,
    source: SyncSource,
    kind: string,
    full: boolean | "go-on",
  ): Promise<{ lease: RunLease; from?: Cursor; inSource?: number } | undefined> {
    const at = now();
    const owner = randomUUID();
    const until = new Date(at.getTime() + leaseMs);
    const inSource = await source.count?.(kind).catch(() => undefined);
    return database.transaction(async (tx) => {
      await tx.query("select pg_advisory_xact_lock(hashtext('svyaz.sync'), hashtext($1))", [`${system} ${kind}`]);
      const { rows: others } = await tx.query(
        "select 1 from sync_runs where system = $1 and kind = $2 and state = 'running' and lease_until > $3",
        [system, kind, at],
      );
      if (others.length > 0) return undefined;
      // Whoever was at it and wakes up late finds that its run has ended.
      await tx.query(
        "update sync_runs set state = 'failed', error = 'its process stopped', ended_at = $3 where system = $1 and kind = $2 and state = 'running'",
        [system, kind, at],
      );
      const { rows } = await tx.query<{ cursor: string | null; mode: "full" | "since"; run: string; state: string }>(
        "select c.cursor, c.mode, c.run, r.state from sync_cursors c join sync_runs r on r.id = c.run where c.system = $1 and c.kind = $2",
        [system, kind],
      );
      const known = rows[0];
      const unfinished = known?.mode === "full" && known.state !== "done";
      if (unfinished && full !== true) {
        await tx.query(
          "update sync_runs set state = 'running', owner = $2, lease_until = $3, error = null, ended_at = null where id = $1",
          [known.run, owner, until],
        );
        return {
          lease: { run: Number(known.run), owner, system, kind, mode: "full" as const },
          from: (known.cursor ?? undefined) as Cursor | undefined,
          inSource,
        };
      }
      const mode = full || !known ? ("full" as const) : ("since" as const);
      const { rows: made } = await tx.query<{ id: string }>(
        "insert into sync_runs (system, kind, mode, owner, lease_until, started_at, in_source) values ($1, $2, $3, $4, $5, $6, $7) returning id",
        [system, kind, mode, owner, until, at, inSource ?? null],
      );
      const from = mode === "since" ? ((known?.cursor ?? undefined) as Cursor | undefined) : undefined;
      return { lease: { run: Number(made[0]?.id), owner, system, kind, mode }, from, inSource };
    });
  }

  /**
   * After a whole pass: what was not seen is gone, unless the answer is not believable. A list that changes under the reader passes
   * things over, so each is asked for by its id before it goes. Resolves to how many went.
   */
  async function removeUnseen(lease: RunLease, source: SyncSource, believe: boolean): Promise<number> {
    const { stored, unseen, unreadable } = await unseenIn(lease);
    const seen = stored - unseen.length;
    const doubtful = unreadable > 0 || seen === 0 || (stored > smallestToDoubt && seen < stored * believableShare);
    if (unseen.length > 0 && doubtful && !believe) {
      await alerts.raise({
        key: `shrunk:${lease.system}:${lease.kind}`,
        level: "warning",
        title: words.shrunkTitle(lease.system, kindName(lease.kind)),
        text: words.shrunkText(lease.system, seen, stored, unreadable),
        system: lease.system,
      });
      return 0;
    }
    await alerts.resolve(`shrunk:${lease.system}:${lease.kind}`);
    let removed = 0;
    for (let from = 0; from < unseen.length; from += askedAtOnce) {
      const changes = await source.fetch(unseen.slice(from, from + askedAtOnce));
      const applied = await database.transaction(async (tx) => {
        await holdRun(tx, lease, now());
        return applyChanges(tx, changes, now(), lease.run, protection);
      });
      removed += applied.removed;
      if (applied.events > 0) await onEvents();
    }
    return removed;
  }

  async function unseenIn(
    lease: RunLease,
  ): Promise<{ readonly stored: number; readonly unseen: readonly EntityRef[]; readonly unreadable: number }> {
    return database.transaction(async (tx) => {
      await holdRun(tx, lease, now());
      const { rows } = await tx.query<{ stored: string; unreadable: string }>(
        `select count(e.id) as stored, r.unreadable
         from sync_runs r left join system_integrations e on e.system_name = $1 and e.entity_type = $2 where r.id = $3 group by r.id`,
        [lease.system, lease.kind, lease.run],
      );
      // What came by web hook since the pass began is there, even if the pass had gone by its place already.
      const { rows: unseen } = await tx.query<{ id: string }>(
        `select e.external_id as id from system_integrations e join sync_runs r on r.id = $3
         where e.system_name = $1 and e.entity_type = $2 and not coalesce(e.seen_in_run = $3 or e.last_sync > r.started_at, false) order by e.id`,
        [lease.system, lease.kind, lease.run],
      );
      return {
        stored: Number(rows[0]?.stored ?? 0),
        unseen: unseen.map(({ id }) => ({ system: lease.system, kind: lease.kind, id })),
        unreadable: Number(rows[0]?.unreadable ?? 0),
      };
    });
  }

  async function finish(lease: RunLease, state: "done" | "failed", error?: string): Promise<void> {
    await database.query("update sync_runs set state = $3, ended_at = $4, error = $5, lease_until = $4 where id = $1 and owner = $2", [
      lease.run,
      lease.owner,
      state,
      now(),
      error ?? null,
    ]);
    if (state === "done")
      await database.query("update sync_cursors set as_of = $3 where system = $1 and kind = $2", [lease.system, lease.kind, now()]);
  }
}
