import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OpenSystem, Systems } from "../../src/domain/connector.js";
import { RequestRefused, SystemUnavailable } from "../../src/domain/errors.js";
import type { Cursor } from "../../src/domain/listing.js";
import type { Change, SyncSource } from "../../src/domain/sync.js";
import { protectFields } from "../../src/guard/field-protection.js";
import type { Database } from "../../src/platform/database.js";
import { applyChanges } from "../../src/sync/apply.js";
import { createSync } from "../../src/sync/run.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { createFakeAudit } from "../fakes/audit.js";
import { openTestDatabase, quiet } from "../support/database.js";

const start = new Date("2026-11-20T09:00:00Z").getTime();
let database: Database;
let passedMs = 0;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  passedMs = 0;
  for (const table of ["system_integrations", "sync_cursors", "sync_runs"]) await database.query(`delete from ${table}`);
});

const now = () => new Date(start + passedMs);
const alerts = { raised: [] as string[] };
const thing = (id: number, title: string): Change => ({
  kind: "upsert",
  entity: { ref: { system: "box", kind: "thing", id: String(id) }, title, readers: "everyone", relations: [], fields: {} },
});

/** One process of Svyaz that reads a system of one kind. */
function worker(changes: SyncSource["changes"], on: Database = database) {
  const source: SyncSource = { kinds: ["thing"], changes, fetch: async () => [] };
  const opened = { system: "box", title: "Box", sync: source, check: async () => {} } as OpenSystem;
  const systems: Systems = { for: async () => ({ ready: [], missing: [] }), forSvyaz: async () => opened, configured: [] };
  return createSync({
    database: on,
    systems,
    audit: createFakeAudit(),
    alerts: { raise: async ({ key }) => void alerts.raised.push(key), resolve: async () => {} },
    language: "en",
    protection: protectFields(undefined, () => []),
    metrics: createMetrics(),
    log: quiet,
    now,
  });
}

const pages = (count: number, title = "new") =>
  async function* ({ from }: Parameters<SyncSource["changes"]>[0]) {
    for (let page = Number(from ?? 0) + 1; page <= count; page += 1)
      yield { changes: [thing(page, title)], cursor: String(page) as Cursor };
  };
const stored = async () =>
  (
    await database.query<{ id: string; title: string }>("select external_id as id, title from system_integrations order by external_id")
  ).rows.map(({ id, title }) => `${id} ${title}`);
const cursor = async () => (await database.query<{ cursor: string }>("select cursor from sync_cursors")).rows[0]?.cursor;

describe("two processes and one system", () => {
  it("a worker that was paused and wakes up late moves no cursor, writes no row and removes nothing", async () => {
    let wake: () => void = () => undefined;
    let reached: () => void = () => undefined;
    const paused = new Promise<void>((resolve) => (reached = resolve));
    const sleeper = worker(async function* () {
      yield { changes: [thing(1, "old")], cursor: "1" as Cursor };
      await new Promise<void>((resolve) => {
        wake = resolve;
        reached();
      });
      yield { changes: [thing(1, "old"), thing(2, "old")], cursor: "99" as Cursor };
    });
    const run = sleeper.run("box");
    await paused;
    passedMs = 150_000;
    const [taken] = await worker(pages(4)).run("box");
    expect(taken).toMatchObject({ mode: "full", error: undefined });
    const before = await stored();
    wake();
    expect((await run)[0]?.error).toBeInstanceOf(SystemUnavailable);
    expect(await stored()).toEqual(before);
    expect(await cursor()).toBe("4");
    expect((await database.query("select 1 from sync_runs where state = 'running'")).rows).toEqual([]);
  });

  it("leave a kind to whoever is at it, and call that no failure", async () => {
    let free: () => void = () => undefined;
    let begun: () => void = () => undefined;
    const inside = new Promise<void>((resolve) => (begun = resolve));
    const gate = new Promise<void>((resolve) => (free = resolve));
    let calls = 0;
    const slow = async function* () {
      calls += 1;
      begun();
      await gate;
      yield { changes: [thing(1, "new")], cursor: "1" as Cursor };
    };
    alerts.raised = [];
    const first = worker(slow).run("box");
    await inside;
    const others = await Promise.all([worker(slow).run("box"), worker(slow).run("box")]);
    expect(others.map(([report]) => report?.error?.operation)).toEqual(["sync.busy", "sync.busy"]);
    free();
    expect((await first)[0]).toMatchObject({ stored: 1, error: undefined });
    expect(calls).toBe(1);
    expect(alerts.raised).toEqual([]);
  });

  it("begin one run even when they begin at one moment", async () => {
    const reports = await Promise.all(Array.from({ length: 6 }, () => worker(pages(3)).run("box")));
    const done = reports.filter(([report]) => !report?.error);
    expect(done.length).toBeGreaterThanOrEqual(1);
    expect((await database.query("select 1 from sync_runs where mode = 'full'")).rows).toHaveLength(1);
    expect(await stored()).toHaveLength(3);
  });
});

describe("a run that ends in the middle", () => {
  it("has a cursor that is never ahead of the rows, wherever it is killed", async () => {
    for (let killedAt = 1; killedAt <= 4; killedAt += 1) {
      for (const table of ["system_integrations", "sync_cursors", "sync_runs"]) await database.query(`delete from ${table}`);
      let batches = 0;
      // The statement that fails is one inside the batch's own transaction: rows, cursor or count.
      const killing: Database = {
        ...database,
        transaction: (act) =>
          database.transaction((tx) =>
            act({
              query: async (text: string, values?: readonly unknown[]) => {
                if (text.includes("insert into system_integrations")) batches += 1;
                if (batches === killedAt && text.includes("insert into sync_cursors")) throw new Error("killed here");
                return tx.query(text, values);
              },
            }),
          ),
      };
      await worker(pages(4), killing).run("box");
      expect(Number((await cursor()) ?? 0)).toBe((await stored()).length);
      await worker(pages(4)).run("box");
      expect(await stored()).toEqual(["1 new", "2 new", "3 new", "4 new"]);
    }
  });

  it("reads everything anew when the vendor knows the old place no longer", async () => {
    await worker(pages(3)).run("box");
    const forgetful: SyncSource["changes"] = async function* (request) {
      if (request.from !== undefined) throw new RequestRefused("box: this cursor is not known", { system: "box" });
      yield* pages(4)(request);
    };
    expect((await worker(forgetful).run("box"))[0]).toMatchObject({ mode: "full", stored: 4, error: undefined });
    expect(await stored()).toHaveLength(4);
  });

  it("does not go round in a circle with a vendor that refuses everything", async () => {
    await worker(pages(3)).run("box");
    let calls = 0;
    const refusing = worker(async function* () {
      calls += 1;
      if (calls > 0) throw new RequestRefused("box: no", { system: "box" });
      yield { changes: [], cursor: "1" as Cursor };
    });
    expect((await refusing.run("box"))[0]).toMatchObject({ error: { code: "request-refused" } });
    expect(calls).toBe(2);
    expect(await stored()).toHaveLength(3);
  });
});

it("what a web hook brings while a full pass is on its way is not taken for gone", async () => {
  await worker(pages(30)).run("box");
  passedMs = 60_000;
  const passing = worker(async function* (request) {
    yield* pages(30)(request);
    passedMs += 1_000;
    // The pass has gone by its place; the row is new.
    await database.transaction((tx) => applyChanges(tx, [thing(31, "hooked"), thing(1, "hooked")], now()));
  });
  expect((await passing.run("box", { full: true }))[0]).toMatchObject({ removed: 0 });
  expect(await stored()).toEqual(expect.arrayContaining(["31 hooked", "1 hooked"]));
});
