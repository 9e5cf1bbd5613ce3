import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Systems } from "../../src/domain/connector.js";
import { RequestRefused, SystemUnavailable } from "../../src/domain/errors.js";
import type { Database } from "../../src/platform/database.js";
import { createJobs, type Jobs } from "../../src/platform/jobs.js";
import { defineSyncJobs } from "../../src/sync/jobs.js";
import type { KindReport, Sync } from "../../src/sync/run.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { openTestDatabase, quiet } from "../support/database.js";

const patience = { timeout: 20_000, interval: 50 };
const done: KindReport = { system: "box", kind: "thing", mode: "since", stored: 1, removed: 0, unreadable: 0, seconds: 0 };
let database: Database;
const open: Jobs[] = [];

beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((jobs) => jobs.stop()));
  await database.close();
});

/** A process of Svyaz with one system; `run` is what its synchronisation does. */
async function start(run: Sync["run"], { work = true, calls = [] as string[] } = {}) {
  const jobs = createJobs({ database, metrics: createMetrics(), log: quiet });
  const syncJobs = defineSyncJobs({
    jobs,
    sync: { run },
    webhooks: { take: async () => {}, refresh: async () => ({ read: 1 }), address: async () => "", purge: async () => 0 },
    follow: async (system) => void calls.push(`index ${system}`),
    chores: [{ name: "notices", run: async () => void calls.push("notices") }],
    systems: { configured: [{ system: "box", definition: {} }] } as unknown as Systems,
    timeZone: "Europe/Moscow",
  });
  await jobs.start({ work });
  open.push(jobs);
  return { jobs, schedule: () => syncJobs.schedule(new Date()) };
}

describe("synchronisation as jobs", () => {
  it("is done once at a time, whichever of two workers takes it, and search follows", async () => {
    let atOnce = 0;
    let most = 0;
    let runs = 0;
    const run: Sync["run"] = async () => {
      runs += 1;
      most = Math.max(most, ++atOnce);
      await delay(300);
      atOnce -= 1;
      return [done];
    };
    const calls: string[] = [];
    const [one, other] = [await start(run, { calls }), await start(run, { calls })];
    await Promise.all([one.schedule(), other.schedule()]);
    await vi.waitFor(() => expect(calls).toEqual(expect.arrayContaining(["index box", "notices"])), patience);
    await one.jobs.send("sync", { system: "box" });
    await vi.waitFor(() => expect(runs).toBeGreaterThanOrEqual(2), patience);
    expect(most).toBe(1);
    expect((await one.jobs.schedules()).map(({ kind, key, cron, timeZone }) => `${kind} ${key} ${cron} ${timeZone}`).toSorted()).toEqual([
      "notices notices */5 * * * * Europe/Moscow",
      "refresh open/box */5 * * * * Europe/Moscow",
      "sync full/box 2 3 * * * Europe/Moscow",
      "sync since/box */5 * * * * Europe/Moscow",
    ]);
  });

  it("the nightly pass goes on with one that was cut off; what fails in a way that passes is tried again, the rest waits for a person", async () => {
    const asked: unknown[] = [];
    const errors = [new SystemUnavailable("box does not answer", { system: "box" }), new RequestRefused("box: no", { system: "box" })];
    const { jobs } = await start(async (_system, options) => {
      asked.push(options?.full);
      return [{ ...done, error: errors.shift() }];
    });
    const states = async () =>
      (await database.query<{ state: string }>("select state::text from pgboss.job where name = 'sync' order by created_on")).rows.map(
        ({ state }) => state,
      );
    await jobs.send("sync", { system: "box", full: true });
    await vi.waitFor(async () => expect(await states()).toEqual(["retry"]), patience);
    await jobs.send("sync", { system: "other" });
    await vi.waitFor(async () => expect(await states()).toEqual(["retry", "completed"]), patience);
    expect(asked).toEqual(["go-on", false]);
  });
});
