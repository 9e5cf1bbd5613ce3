import { z } from "zod";
import type { Alert, Alerts, AlertSink } from "../domain/alert.js";
import type { Log } from "../domain/log.js";
import type { Metrics } from "../domain/metrics.js";
import { type Database, type Queryable, storableJson } from "../platform/database.js";

/** After the first word an open alert is repeated this much later, then ever more rarely, milliseconds. */
const repeatAfterMs = [3_600_000, 6 * 3_600_000, 24 * 3_600_000] as const;
/** So long a new alert waits for others: what breaks together is told together. */
const gatherMs = 2_000;
/** So many at once are one message. */
const storm = 4;
const pumpMs = 1_000;
/** Whoever takes a delivery has so long to make it. */
const takenMs = 60_000;
const mostPauseMs = 10 * 60_000;
/** A sink that failed so often in a row is itself something to tell. */
const failuresToTell = 3;
const giveUpAfterMs = 24 * 3_600_000;
const sinkKey = "sink:";

const Delivery = z.object({
  id: z.coerce.string(),
  alert: z.string(),
  state: z.enum(["raised", "repeated", "resolved"]),
  body: z.custom<Omit<Delivered, "state">>((value) => typeof value === "object" && value !== null),
  created_at: z.date(),
  attempts: z.number(),
});
type Delivery = z.infer<typeof Delivery>;
type Delivered = Parameters<AlertSink["deliver"]>[0];

export interface OpenAlert extends Alert {
  readonly raisedAt: Date;
  readonly times: number;
}

export interface AlertService extends Alerts {
  /** What is wrong now, the oldest first. */
  open(): Promise<readonly OpenAlert[]>;
  start(): void;
  /** Delivers what is due and stops. */
  stop(): Promise<void>;
  /** Delivers what is due now. */
  pump(): Promise<void>;
}

export interface AlertParts {
  readonly database: Database;
  readonly sinks: readonly AlertSink[];
  /** One message for many: its title and text. */
  readonly grouped: (alerts: readonly Delivered[]) => { readonly title: string; readonly text: string };
  /** What is told when a sink does not take alerts. */
  readonly sinkFailed: (sink: string, reason: string) => { readonly title: string; readonly text: string };
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

/**
 * Alerts have a key: the same trouble is told once, repeated ever more quietly and resolved aloud. What each sink has to be
 * told is a row in the database, so a stop, a crash and a sink that is down lose nothing; several processes share the work.
 */
export function createAlerts({ database, sinks, grouped, sinkFailed, metrics, log, now }: AlertParts): AlertService {
  let timer: NodeJS.Timeout | undefined;
  let pumping: Promise<void> | undefined;

  const service: AlertService = {
    async raise(alert) {
      const at = now();
      log.warn(`alert: ${alert.title}`, { key: alert.key, level: alert.level, system: alert.system, text: alert.text });
      metrics.count("svyaz_alerts_total", { state: "raised" });
      await database.transaction(async (tx) => {
        const { rows } = await tx.query<{ times: number; told: number; told_at: Date; is_new: boolean }>(
          `insert into alerts (key, level, title, text, system, raised_at, last_at, told_at) values ($1, $2, $3, $4, $5, $6, $6, $6)
           on conflict (key) do update set level = excluded.level, title = excluded.title, text = excluded.text, last_at = excluded.last_at,
             times = case when alerts.resolved_at is null then alerts.times + 1 else 1 end,
             raised_at = case when alerts.resolved_at is null then alerts.raised_at else excluded.raised_at end,
             told = case when alerts.resolved_at is null then alerts.told else 1 end,
             told_at = case when alerts.resolved_at is null then alerts.told_at else excluded.told_at end,
             resolved_at = null
           returning times, told, told_at, times = 1 as is_new`,
          [alert.key, alert.level, alert.title, alert.text, alert.system ?? null, at],
        );
        const row = rows[0];
        if (!row) return;
        const pause = repeatAfterMs[Math.min(row.told, repeatAfterMs.length) - 1] ?? repeatAfterMs[0];
        if (!row.is_new && at.getTime() - row.told_at.getTime() < pause) return;
        if (!row.is_new) await tx.query("update alerts set told = told + 1, told_at = $2 where key = $1", [alert.key, at]);
        await tell(tx, { ...alert, at, times: row.times }, row.is_new ? "raised" : "repeated", at);
      });
    },

    async resolve(key) {
      const at = now();
      await database.transaction(async (tx) => {
        const { rows } = await tx.query<{ level: Alert["level"]; title: string; text: string; system: string | null; times: number }>(
          "update alerts set resolved_at = $2 where key = $1 and resolved_at is null returning level, title, text, system, times",
          [key, at],
        );
        const row = rows[0];
        if (!row) return;
        metrics.count("svyaz_alerts_total", { state: "resolved" });
        log.info(`alert resolved: ${row.title}`, { key });
        // What nobody was told yet needs no end either.
        const untold = await tx.query<{ sink: string }>(
          "update alert_deliveries set settled_at = $2, error = 'resolved before it was told' where alert = $1 and settled_at is null and attempts = 0 and state <> 'resolved' returning sink",
          [key, at],
        );
        const skip = new Set(untold.rows.map(({ sink }) => sink));
        await tell(tx, { ...row, key, system: row.system ?? undefined, at }, "resolved", at, (sink) => !skip.has(sink));
      });
    },

    async open() {
      const { rows } = await database.query<
        Omit<OpenAlert, "at" | "raisedAt" | "system"> & { at: Date; raised: Date; system: string | null }
      >(
        `select key, level, title, text, system, last_at as at, raised_at as raised, times from alerts where resolved_at is null order by raised_at`,
      );
      return rows.map(({ raised, system, ...row }) => ({ ...row, system: system ?? undefined, raisedAt: raised }));
    },

    start() {
      timer ??= setInterval(() => void service.pump().catch((error: unknown) => log.error("alerts were not delivered", { error })), pumpMs);
      timer.unref();
    },

    async stop() {
      clearInterval(timer);
      await service.pump().catch((error: unknown) => log.error("alerts were not delivered", { error }));
    },

    pump() {
      pumping ??= Promise.all(sinks.map(pumpSink))
        .then(() => undefined)
        .finally(() => {
          pumping = undefined;
        });
      return pumping;
    },
  };
  return service;

  async function tell(
    queryable: Queryable,
    alert: Omit<Delivered, "state">,
    state: Delivered["state"],
    at: Date,
    to: (sink: string) => boolean = () => true,
  ): Promise<void> {
    for (const { id } of sinks) {
      // A sink cannot be the one to tell that it does not work.
      if (!to(id) || alert.key === `${sinkKey}${id}`) continue;
      await queryable.query(
        "insert into alert_deliveries (sink, alert, state, body, created_at, next_at) values ($1, $2, $3, $4, $5, $6)",
        [id, alert.key, state, storableJson(alert), at, new Date(at.getTime() + gatherMs)],
      );
    }
  }

  async function pumpSink(sink: AlertSink): Promise<void> {
    const due = await take(sink.id);
    if (due.length === 0) return;
    const alerts = due.map(({ body, state }): Delivered => ({ ...body, at: new Date(body.at), state }));
    const messages = alerts.length >= storm ? [together(alerts)] : alerts;
    const said = alerts.length >= storm ? [due] : due.map((one) => [one]);
    for (const [index, message] of messages.entries()) {
      const rows = said[index] ?? [];
      try {
        await sink.deliver(message);
        await settle(rows);
        metrics.count("svyaz_alert_deliveries_total", { sink: sink.id, outcome: "delivered" });
        await service.resolve(`${sinkKey}${sink.id}`);
      } catch (error) {
        metrics.count("svyaz_alert_deliveries_total", { sink: sink.id, outcome: "failed" });
        await postpone(sink, rows, error);
      }
    }
  }

  /** What is due and nobody else has taken; with it, when there are many, all that waits to be gathered. */
  async function take(sink: string): Promise<readonly Delivery[]> {
    const at = now();
    const { rows } = await database.query(
      `update alert_deliveries set next_at = $3, attempts = attempts + 1
       where id in (select id from alert_deliveries where sink = $1 and settled_at is null and next_at <= $2 order by id limit 100 for update skip locked)
       returning id, alert, state, body, created_at, attempts`,
      [sink, at, new Date(at.getTime() + takenMs)],
    );
    return rows.map((row) => Delivery.parse(row)).toSorted((a, b) => Number(a.id) - Number(b.id));
  }

  function together(alerts: readonly Delivered[]): Delivered {
    return {
      key: "storm",
      level: alerts.some(({ level, state }) => level === "critical" && state !== "resolved") ? "critical" : "warning",
      ...grouped(alerts),
      at: now(),
      state: alerts.every(({ state }) => state === "resolved") ? "resolved" : "raised",
      times: alerts.length,
    };
  }

  async function settle(rows: readonly Delivery[]): Promise<void> {
    await database.query("update alert_deliveries set settled_at = $2, error = null where id = any($1::bigint[])", [
      rows.map(({ id }) => id),
      now(),
    ]);
  }

  async function postpone(sink: AlertSink, rows: readonly Delivery[], error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn("a sink did not take an alert", { sink: sink.id, error });
    const at = now();
    for (const { id, attempts, created_at } of rows) {
      const given = at.getTime() - created_at.getTime() > giveUpAfterMs;
      const pause = Math.min(mostPauseMs, 5_000 * 2 ** (attempts - 1));
      await database.query("update alert_deliveries set next_at = $2, error = $3, settled_at = $4 where id = $1", [
        id,
        new Date(at.getTime() + pause),
        reason.slice(0, 500),
        given ? at : null,
      ]);
    }
    if (rows.some(({ attempts }) => attempts >= failuresToTell)) {
      await service.raise({ key: `${sinkKey}${sink.id}`, level: "critical", ...sinkFailed(sink.id, reason) });
    }
  }
}
