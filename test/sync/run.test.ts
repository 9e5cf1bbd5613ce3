import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Alert } from "../../src/domain/alert.js";
import type { OpenSystem, Systems } from "../../src/domain/connector.js";
import { AnswerUnexpected, SystemUnavailable } from "../../src/domain/errors.js";
import type { Cursor } from "../../src/domain/listing.js";
import type { Change, ChangeBatch, SyncSource } from "../../src/domain/sync.js";
import { protectFields } from "../../src/guard/field-protection.js";
import type { Database } from "../../src/platform/database.js";
import { createSync, type Sync } from "../../src/sync/run.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { createFakeAudit } from "../fakes/audit.js";
import { openTestDatabase, quiet } from "../support/database.js";

/** A system with numbered things, pages of ten, and a change feed by version. */
function source(things: Map<number, string>, trouble: { at?: number; unreadable?: number } = {}): SyncSource {
  const upsert = (id: number): Change => ({
    kind: "upsert",
    entity: {
      ref: { system: "box", kind: "thing", id: String(id) },
      title: things.get(id) ?? "",
      readers: "everyone",
      relations: [],
      fields: {},
      version: things.get(id),
    },
  });
  return {
    kinds: ["thing"],
    async *changes({ from }): AsyncGenerator<ChangeBatch> {
      const ids = [...things.keys()].toSorted((a, b) => a - b).filter((id) => id > Number(from ?? 0));
      for (let at = 0; at < ids.length; at += 10) {
        if (trouble.at !== undefined && at >= trouble.at) throw new SystemUnavailable("box does not answer", { system: "box" });
        const batch = ids.slice(at, at + 10);
        yield {
          changes: batch.map((id) =>
            id === trouble.unreadable
              ? { kind: "unreadable", ref: { system: "box", kind: "thing", id: String(id) }, error: new Error("nonsense") }
              : upsert(id),
          ),
          cursor: String(batch.at(-1)) as Cursor,
        };
      }
      if (ids.length === 0) yield { changes: [], cursor: (from ?? "0") as Cursor };
    },
    fetch: async (refs) => refs.map((ref) => (things.has(Number(ref.id)) ? upsert(Number(ref.id)) : { kind: "remove", ref })),
  };
}

describe("synchronisation", () => {
  let database: Database;
  let now = new Date("2026-11-20T09:00:00Z");
  const alerts: Omit<Alert, "at">[] = [];
  const resolved: string[] = [];

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    alerts.length = 0;
    await database.query("delete from system_integrations");
    await database.query("delete from sync_cursors");
    await database.query("delete from sync_runs");
  });

  const sync = (sync: SyncSource): Sync => {
    const opened = { system: "box", title: "Box", sync, check: async () => {} } as OpenSystem;
    const systems: Systems = { for: async () => ({ ready: [], missing: [] }), forSvyaz: async () => opened, configured: [] };
    return createSync({
      database,
      systems,
      audit: createFakeAudit(),
      alerts: { raise: async (alert) => void alerts.push(alert), resolve: async (key) => void resolved.push(key) },
      language: "en",
      protection: protectFields(undefined, () => []),
      metrics: createMetrics(),
      log: quiet,
      now: () => now,
    });
  };
  const stored = async () =>
    (await database.query<{ external_id: string }>("select external_id from system_integrations order by external_id::int")).rows.map(
      (row) => Number(row.external_id),
    );
  const many = (count: number) => new Map(Array.from({ length: count }, (_, at) => [at + 1, `v${at}`]));

  it("reads everything first, then only changes, and is at its source each time", async () => {
    const things = many(35);
    const box = sync(source(things));
    expect((await box.run("box"))[0]).toMatchObject({ mode: "full", stored: 35, removed: 0 });
    things.set(36, "new");
    expect((await box.run("box"))[0]).toMatchObject({ mode: "since", stored: 1 });
    expect(await stored()).toEqual([...things.keys()]);
  });

  it("goes on where a broken-off full run stopped, as a full one", async () => {
    const things = many(35);
    const [broken] = await sync(source(things, { at: 20 })).run("box");
    expect(broken).toMatchObject({ mode: "full", stored: 20, error: { code: "system-unavailable" } });
    expect(await stored()).toHaveLength(20);
    expect((await sync(source(things)).run("box"))[0]).toMatchObject({ mode: "full", stored: 15, error: undefined });
    expect(await stored()).toEqual([...things.keys()]);
  });

  it("a whole full run removes what is gone", async () => {
    const things = many(30);
    await sync(source(things)).run("box");
    things.delete(7);
    expect((await sync(source(things)).run("box", { full: true }))[0]).toMatchObject({ removed: 1 });
    expect(await stored()).toEqual([...things.keys()]);
  });

  it("removes nothing and alerts when the source is suddenly empty or much smaller", async () => {
    await sync(source(many(30))).run("box");
    await sync(source(new Map())).run("box", { full: true });
    expect(await stored()).toHaveLength(30);
    await sync(source(many(10))).run("box", { full: true });
    expect(await stored()).toHaveLength(30);
    expect(alerts.map(({ key }) => key)).toEqual(["shrunk:box:thing", "shrunk:box:thing"]);
    expect(alerts[1]?.text).toContain("svyaz sync box --full --believe");
  });

  it("believes a much smaller source when an admin says so, and takes the alert back", async () => {
    await sync(source(many(30))).run("box");
    const few = sync(source(many(10)));
    await few.run("box", { full: true });
    resolved.length = 0;
    expect((await few.run("box", { full: true, believe: true }))[0]).toMatchObject({ removed: 20 });
    expect(await stored()).toHaveLength(10);
    expect(resolved).toContain("shrunk:box:thing");
  });

  it("asks for each thing by its id before it goes: a list that changes under the reader passes some over", async () => {
    const things = many(30);
    await sync(source(things)).run("box");
    things.delete(7);
    const passing: SyncSource = {
      ...source(things),
      async *changes(request) {
        for await (const { changes, cursor } of source(things).changes(request))
          yield { changes: changes.filter((one) => one.kind !== "upsert" || one.entity.ref.id !== "12"), cursor };
      },
    };
    expect((await sync(passing).run("box", { full: true }))[0]).toMatchObject({ removed: 1 });
    expect(await stored()).toEqual([...things.keys()]);
  });

  it("removes nothing and alerts when a full pass is answered, with 200, by a page of errors", async () => {
    const things = many(30);
    await sync(source(things)).run("box");
    const page: SyncSource = {
      ...source(things),
      // What every connector makes of a page where it expects its own answer.
      async *changes(request) {
        for await (const batch of source(things).changes(request)) {
          yield batch;
          throw new AnswerUnexpected("box: this is a page and no answer", { system: "box", operation: "GET /things" });
        }
      },
    };
    expect((await sync(page).run("box", { full: true }))[0]).toMatchObject({ removed: 0, error: { code: "answer-unexpected" } });
    expect(await stored()).toHaveLength(30);
    expect(alerts).toMatchObject([
      { key: "sync:box", level: "critical", text: expect.stringContaining("Cannot read thing: answer-unexpected, GET /things") },
    ]);
  });

  it("counts a record that cannot be read, keeps what was known of it, and removes nothing that night", async () => {
    const things = many(30);
    await sync(source(things)).run("box");
    things.delete(9);
    expect((await sync(source(things, { unreadable: 3 })).run("box", { full: true }))[0]).toMatchObject({ unreadable: 1, removed: 0 });
    expect(await stored()).toHaveLength(30);
  });

  it("a worker that slept past its lease moves nothing", async () => {
    const things = many(25);
    const slow = source(things);
    const sleeper: SyncSource = {
      ...slow,
      async *changes(request) {
        for await (const batch of slow.changes(request)) {
          yield batch;
          // The process stands still for five minutes; meanwhile another one takes the run over.
          now = new Date(now.getTime() + 300_000);
          await sync(slow).run("box");
        }
      },
    };
    const [report] = await sync(sleeper).run("box");
    expect(report).toMatchObject({ error: { code: "system-unavailable" } });
    expect(await stored()).toEqual([...things.keys()]);
    const { rows } = await database.query<{ cursor: string }>("select cursor from sync_cursors");
    expect(rows[0]?.cursor).toBe("25");
  });
});
