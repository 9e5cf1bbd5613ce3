import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SystemStatus } from "../../src/domain/mirror.js";
import type { Database } from "../../src/platform/database.js";
import { migrate } from "../../src/platform/migrate.js";
import { measureOpen } from "../../src/watch/gauges.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { createStalledCheck } from "../../src/watch/stalled.js";
import { openTestDatabase } from "../support/database.js";

const now = new Date("2026-11-20T09:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

describe("a synchronisation that stands still", () => {
  let database: Database;
  let lines: SystemStatus[] = [];
  const told: string[] = [];
  const metrics = createMetrics();
  const check = () =>
    createStalledCheck({
      database,
      status: async () => lines,
      titleOf: () => "amoCRM",
      everyMs: 5 * 60_000,
      alerts: {
        raise: async ({ key, level, text, system }) => void told.push(`${key} ${level} ${system} ${text}`),
        resolve: async (key) => void told.push(`${key} is over`),
      },
      language: "ru",
      metrics,
      now: () => now,
    })();
  const line = (kind: string, asOf?: Date): SystemStatus => ({ system: "amocrm", kind, stored: 10, searchable: 8, indexed: 5, asOf });

  beforeAll(async () => {
    database = await openTestDatabase();
    await migrate(database);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    told.length = 0;
    await database.query("delete from sync_runs");
  });

  it("is an alert once the last whole run is older than three intervals, with the kinds that are late", async () => {
    lines = [line("deal", ago(16)), line("note", ago(2))];
    await check();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^stalled:amocrm warning amocrm .*16 мин назад \(сделки\)/);
  });

  it("is over when every kind is fresh again", async () => {
    lines = [line("deal", ago(14)), line("note", ago(2))];
    await check();
    expect(told).toEqual(["stalled:amocrm is over"]);
  });

  it("is none while a long pass is on its way, nor before the first has ended, nor for a system that is asked directly", async () => {
    await database.query(
      "insert into sync_runs (system, kind, mode, owner, lease_until, started_at) values ('amocrm', 'deal', 'full', 'x', $1, $2)",
      [ago(-1), ago(60)],
    );
    lines = [line("deal", ago(60)), line("note"), { ...line("", ago(600)), system: "onec-erp" }];
    await check();
    expect(told).toEqual(["stalled:amocrm is over"]);
  });

  it("is one when the worker of that pass is dead", async () => {
    await database.query(
      "insert into sync_runs (system, kind, mode, owner, lease_until, started_at) values ('amocrm', 'deal', 'full', 'x', $1, $1)",
      [ago(50)],
    );
    lines = [line("deal", ago(60))];
    await check();
    expect(told[0]).toMatch(/^stalled:amocrm warning/);
  });

  it("shows its age and what search does not know yet among the metrics", async () => {
    lines = [line("deal", ago(16)), line("note", ago(2))];
    await check();
    const text = await metrics.text();
    expect(text).toContain(`svyaz_sync_fresh_timestamp_seconds{system="amocrm"} ${ago(16).getTime() / 1000}`);
    expect(text).toContain('svyaz_index_backlog{system="amocrm"} 6');
  });

  it("open cards and alerts are counted, and nought is told too", async () => {
    await database.query(
      "insert into alerts (key, level, title, text, raised_at, last_at, told_at) values ('a', 'critical', 't', 'x', $1, $1, $1)",
      [now],
    );
    await measureOpen(database, metrics, now);
    const text = await metrics.text();
    expect(text).toContain('svyaz_alerts_open{level="critical"} 1');
    expect(text).toContain('svyaz_alerts_open{level="warning"} 0');
    expect(text).toContain('svyaz_approvals{state="waiting"} 0');
  });
});
