import { randomUUID } from "node:crypto";
import type { Alerts } from "../domain/alert.js";
import type { AuditLog } from "../domain/audit.js";
import type { Systems } from "../domain/connector.js";
import { RequestRefused, SvyazError } from "../domain/errors.js";
import type { Cursor } from "../domain/listing.js";
import type { Log } from "../domain/log.js";
import type { Metrics } from "../domain/metrics.js";
import type { FieldProtection } from "../domain/mirror.js";
import type { SyncSource } from "../domain/sync.js";
import type { Database } from "../platform/database.js";
import { applyBatch, type RunLease } from "./apply.js";

const leaseMs = 120_000;
/** A full run that sees less than this share of what is stored is not believed. */
const believableShare = 0.8;
const smallestToDoubt = 20;

export interface SyncParts {
  readonly database: Database;
  readonly systems: Systems;
  readonly audit: AuditLog;
  readonly alerts: Alerts;
  readonly protection: FieldProtection;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
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
   * Brings the mirror of one system up to date, kind by kind: a first or broken-off pass is full, the next ones read changes.
   * One kind's failure is in its report and stops no other.
   */
  run(
    system: string,
    options?: {
      readonly full?: boolean;
      readonly signal?: AbortSignal;
      readonly onBatch?: (kind: string, seen: number, inSource?: number) => void;
    },
  ): Promise<readonly KindReport[]>;
}

export function createSync(parts: SyncParts): Sync {
  const { database, systems, audit, alerts, protection, metrics, log, now } = parts;
  const owner = randomUUID();

  return {
    async run(system, { full = false, signal = new AbortController().signal, onBatch } = {}) {
      const opened = await systems.forSvyaz(system);
      if (!opened.sync) return [];
      const source = opened.sync;
      const reports: KindReport[] = [];
      for (const kind of source.kinds) {
        signal.throwIfAborted();
        reports.push(await runKind(system, source, kind, full, signal, onBatch));
      }
      const failed = reports.filter(({ error }) => error);
      metrics.set("system_sync_status", failed.length === 0 ? 1 : 0, { system });
      if (failed.length > 0) metrics.count("system_sync_errors_total", { system }, failed.length);
      const [first] = failed;
      if (first?.error && !first.error.retryable)
        await alerts.raise({
          key: `sync:${system}`,
          level: "critical",
          title: `${opened.title}: synchronisation stopped`,
          // What a system says of a failure may quote its records, and alerts are read by more than those who may see these.
          text: [first.kind, first.error.code, first.error.operation].filter(Boolean).join(", "),
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
    full: boolean,
    signal: AbortSignal,
    onBatch?: (kind: string, seen: number, inSource?: number) => void,
  ): Promise<KindReport> {
    const started = performance.now();
    const { lease, from, inSource } = await begin(system, source, kind, full);
    const trace = `sync-${lease.run}`;
    let seen = 0;
    const count = { stored: 0, removed: 0, unreadable: 0 };
    const report = (error?: SvyazError): KindReport => ({
      system,
      kind,
      mode: lease.mode,
      ...count,
      seconds: (performance.now() - started) / 1000,
      error,
    });
    try {
      await audit.during({ name: "sync.finished", actor: "svyaz", trace, payload: { system, kind, mode: lease.mode } }, async () => {
        for await (const batch of source.changes({ kind, mode: lease.mode, from, signal })) {
          const applied = await applyBatch(database, lease, batch, now(), protection);
          count.stored += applied.stored;
          count.removed += applied.removed;
          count.unreadable += applied.unreadable;
          seen += batch.changes.length;
          metrics.count("svyaz_sync_entities_total", { system, kind, change: "stored" }, applied.stored);
          onBatch?.(kind, seen, inSource);
        }
        if (lease.mode === "full") count.removed += await removeUnseen(lease);
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
      return report(known);
    }
  }

  /** A new run, or the going on of a full one that was cut off. A run that somebody else is at is refused. */
  async function begin(
    system: string,
    source: SyncSource,
    kind: string,
    full: boolean,
  ): Promise<{ lease: RunLease; from?: Cursor; inSource?: number }> {
    const at = now();
    const until = new Date(at.getTime() + leaseMs);
    const inSource = await source.count?.(kind).catch(() => undefined);
    return database.transaction(async (tx) => {
      const { rows: busy } = await tx.query(
        "select 1 from sync_runs where system = $1 and kind = $2 and state = 'running' and lease_until > $3 and owner <> $4",
        [system, kind, at, owner],
      );
      if (busy.length > 0) throw new RequestRefused(`${system}: another process is reading ${kind}`, { system, operation: "sync.run" });
      const { rows } = await tx.query<{ cursor: string | null; mode: "full" | "since"; run: string; state: string }>(
        "select c.cursor, c.mode, c.run, r.state from sync_cursors c join sync_runs r on r.id = c.run where c.system = $1 and c.kind = $2",
        [system, kind],
      );
      const known = rows[0];
      const unfinished = known?.mode === "full" && known.state !== "done";
      if (unfinished && !full) {
        await tx.query("update sync_runs set state = 'running', owner = $2, lease_until = $3, error = null where id = $1", [
          known.run,
          owner,
          until,
        ]);
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

  /** After a whole pass: what was not seen is gone, unless the answer is not believable. */
  async function removeUnseen(lease: RunLease): Promise<number> {
    const { rows } = await database.query<{ stored: string; seen: string; unreadable: string }>(
      `select count(*) as stored, count(*) filter (where seen_in_run = $3) as seen, (select unreadable from sync_runs where id = $3) as unreadable
       from system_integrations where system_name = $1 and entity_type = $2`,
      [lease.system, lease.kind, lease.run],
    );
    const stored = Number(rows[0]?.stored ?? 0);
    const seen = Number(rows[0]?.seen ?? 0);
    if (seen === stored) return 0;
    const doubtful = Number(rows[0]?.unreadable ?? 0) > 0 || seen === 0 || (stored > smallestToDoubt && seen < stored * believableShare);
    if (doubtful) {
      await alerts.raise({
        key: `shrunk:${lease.system}:${lease.kind}`,
        level: "warning",
        title: `${lease.system}: suddenly fewer ${lease.kind}`,
        text: `A full pass saw ${seen} of ${stored}. Nothing was removed. If that is right, run: svyaz sync ${lease.system} --full`,
        system: lease.system,
      });
      return 0;
    }
    const { rowCount } = await database.query(
      "delete from system_integrations where system_name = $1 and entity_type = $2 and seen_in_run is distinct from $3",
      [lease.system, lease.kind, lease.run],
    );
    return rowCount;
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
