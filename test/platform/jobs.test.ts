import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { Database } from "../../src/platform/database.js";
import { createJobs, type JobKind, type Jobs } from "../../src/platform/jobs.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { openTestDatabase, quiet } from "../support/database.js";

const data = z.object({ system: z.string(), n: z.number().default(0) });
type Data = z.infer<typeof data>;
const patience = { timeout: 20_000, interval: 50 };

describe("jobs", () => {
  let database: Database;
  const running: Jobs[] = [];
  const begin = async (kind: Partial<JobKind<Data>> & Pick<JobKind<Data>, "run">, work = true) => {
    const jobs = createJobs({ database, metrics: createMetrics(), log: quiet });
    jobs.define<Data>({ name: "sync", data, seconds: 60, retries: 0, ...kind });
    await jobs.start({ work });
    running.push(jobs);
    return jobs;
  };

  beforeEach(async () => {
    database = await openTestDatabase();
  });
  afterEach(async () => {
    for (const jobs of running.splice(0)) await jobs.stop();
    await database.close();
  });

  it("are done once, whichever process takes them", async () => {
    const done: number[] = [];
    const run = async ({ n }: Data) => void done.push(n);
    const first = await begin({ run });
    await begin({ run });
    for (let n = 0; n < 8; n += 1) await first.send("sync", { system: "a", n });
    await vi.waitFor(() => expect(done.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]), patience);
    await delay(1_500);
    expect(done).toHaveLength(8);
  });

  it("wait for a process that works, when the one that sends does not", async () => {
    const done: string[] = [];
    const chat = await begin({ run: async () => void done.push("chat") }, false);
    await chat.send("sync", { system: "a" });
    await delay(1_500);
    expect(done).toEqual([]);
    await begin({ run: async () => void done.push("worker") });
    await vi.waitFor(() => expect(done).toEqual(["worker"]), patience);
  });

  it("of one key wait once, however often they are asked for, and another may wait while one runs", async () => {
    let runs = 0;
    let free: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (free = resolve));
    const jobs = await begin({
      key: ({ system }) => system,
      run: async () => {
        runs += 1;
        await gate;
      },
    });
    const sent: boolean[] = [];
    for (let n = 0; n < 20; n += 1) sent.push(await jobs.send("sync", { system: "a", n }));
    expect(sent.filter(Boolean)).toHaveLength(1);
    await vi.waitFor(() => expect(runs).toBe(1), patience);
    expect(await jobs.send("sync", { system: "a" })).toBe(true);
    expect(await jobs.send("sync", { system: "a" })).toBe(false);
    free();
    await vi.waitFor(() => expect(runs).toBe(2), patience);
  });

  it("are tried again after a failure, and then lie among the dead until somebody revives them", async () => {
    let tries = 0;
    let well = false;
    const jobs = await begin({
      retries: 1,
      pauseSeconds: 1,
      run: async () => {
        tries += 1;
        if (!well) throw new Error("amocrm does not answer");
      },
    });
    await jobs.send("sync", { system: "amocrm" });
    await vi.waitFor(async () => expect(await jobs.dead()).toHaveLength(1), patience);
    expect(tries).toBe(2);
    const [one] = await jobs.dead();
    expect(one).toMatchObject({ kind: "sync", data: { system: "amocrm" }, tries: 2, reason: "amocrm does not answer" });
    well = true;
    expect(await jobs.revive([one?.id ?? ""])).toBe(1);
    await vi.waitFor(() => expect(tries).toBe(3), patience);
    expect(await jobs.dead()).toEqual([]);
  });

  it("that make no sense any more lie among the dead and stop nobody", async () => {
    const done: Data[] = [];
    const jobs = await begin({ run: async (one) => void done.push(one) });
    await database.query("select 1");
    await jobs.send("sync", { system: 17 });
    await jobs.send("sync", { system: "a" });
    await vi.waitFor(() => expect(done).toEqual([{ system: "a", n: 0 }]), patience);
    await vi.waitFor(async () => expect(await jobs.dead()).toHaveLength(1), patience);
  });

  it("are handed on when the process stops in the middle", async () => {
    const began: string[] = [];
    const run = (name: string) => async (_data: Data, signal: AbortSignal) => {
      began.push(name);
      if (name === "first") await delay(60_000, undefined, { signal });
    };
    const first = await begin({ run: run("first"), retries: 3, pauseSeconds: 1 });
    await first.send("sync", { system: "a" });
    await vi.waitFor(() => expect(began).toEqual(["first"]), patience);
    await first.stop();
    running.splice(running.indexOf(first), 1);
    await begin({ run: run("second"), retries: 3, pauseSeconds: 1 });
    await vi.waitFor(() => expect(began).toContain("second"), patience);
  });

  it("keep one clock for one key", async () => {
    const jobs = await begin({ run: async () => undefined }, false);
    await jobs.schedule("sync", "nightly/a", "0 3 * * *", "Europe/Moscow", { system: "a" });
    await jobs.schedule("sync", "nightly/a", "30 3 * * *", "Europe/Moscow", { system: "a" });
    await jobs.schedule("sync", "nightly/b", "0 3 * * *", "Europe/Moscow", { system: "b" });
    const { rows } = await database.query("select key, cron, timezone from pgboss.schedule order by key");
    expect(rows).toEqual([
      { key: "nightly/a", cron: "30 3 * * *", timezone: "Europe/Moscow" },
      { key: "nightly/b", cron: "0 3 * * *", timezone: "Europe/Moscow" },
    ]);
    await jobs.unschedule("sync", "nightly/b");
    expect((await database.query("select 1 from pgboss.schedule")).rows).toHaveLength(1);
  });
});
