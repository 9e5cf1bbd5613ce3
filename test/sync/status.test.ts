import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ConnectorDefinition, Systems } from "../../src/domain/connector.js";
import { SystemUnavailable } from "../../src/domain/errors.js";
import type { Cursor } from "../../src/domain/listing.js";
import type { Change, SyncSource } from "../../src/domain/sync.js";
import type { Database } from "../../src/platform/database.js";
import { applyChanges } from "../../src/sync/apply.js";
import { readCoverage } from "../../src/sync/status.js";
import { openTestDatabase } from "../support/database.js";

const at = new Date("2026-11-20T09:00:00.000Z");
const signal = new AbortController().signal;
const change = (id: string): Change => ({
  kind: "upsert",
  entity: { ref: { system: "box", kind: "thing", id }, title: id, readers: "everyone", relations: [], fields: {} },
});

describe("the coverage report", () => {
  let database: Database;
  let reads = 0;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    reads = 0;
    for (const table of ["system_integrations", "sync_cursors", "sync_runs"]) await database.query(`delete from ${table}`);
  });

  const source = (ids: readonly string[], own: Partial<SyncSource> = {}): SyncSource => ({
    kinds: ["thing"],
    async *changes() {
      reads += 1;
      // Pages may overlap, and one thing may be unreadable.
      yield { changes: ids.slice(0, 6).map(change), cursor: "1" as Cursor };
      const broken = { kind: "unreadable", ref: { system: "box", kind: "thing", id: "broken" }, error: new Error("x") } as const;
      yield { changes: [...ids.slice(5).map(change), ...(ids.includes("broken") ? [broken] : [])], cursor: "2" as Cursor };
    },
    fetch: async () => [],
    ...own,
  });
  const systemsWith = (sync: SyncSource | SystemUnavailable): Pick<Systems, "configured" | "forSvyaz"> => ({
    configured: [{ system: "box", definition: {} as ConnectorDefinition }],
    forSvyaz: async () => {
      if (sync instanceof Error) throw sync;
      return { system: "box", title: "Box", sync, check: async () => {} };
    },
  });
  const report = (sync: SyncSource | SystemUnavailable, check = false) =>
    readCoverage({ database, systems: systemsWith(sync), check, signal });
  const store = (ids: readonly string[]) => database.transaction((tx) => applyChanges(tx, ids.map(change), at));
  const ids = (count: number) => Array.from({ length: count }, (_, n) => `t${n}`);
  const ran = async (own: { readonly mode: string; readonly state: string; readonly error?: string }) => {
    const { rows } = await database.query<{ id: string }>(
      `insert into sync_runs (system, kind, mode, state, owner, lease_until, started_at, ended_at, error)
       values ('box', 'thing', $1, $2, 'me', $3, $3, $3, $4) returning id`,
      [own.mode, own.state, at, own.error ?? null],
    );
    await database.query(
      "insert into sync_cursors (system, kind, cursor, mode, run, as_of) values ('box', 'thing', 'x', $1, $2, $3) on conflict (system, kind) do update set run = excluded.run",
      [own.mode, rows[0]?.id, at],
    );
  };

  it("names how many there are, how many are here, since when and how they were read", async () => {
    await store(ids(10));
    await ran({ mode: "full", state: "done" });
    await ran({ mode: "since", state: "failed", error: "box does not answer" });
    const [line] = await report(source(ids(10), { count: async () => 10 }));
    expect(line).toEqual({
      system: "box",
      kind: "thing",
      stored: 10,
      inSource: 10,
      missing: [],
      mode: "since",
      asOf: at,
      lastFull: at,
      error: "box does not answer",
    });
    expect(reads).toBe(0);
  });

  it("reads the source where it counts more than is here, and names what is missing", async () => {
    await store(ids(3));
    const [line] = await report(source(ids(10), { count: async () => 10 }));
    expect(line).toMatchObject({ stored: 3, inSource: 10, missing: ["t3", "t4", "t5", "t6", "t7", "t8", "t9"] });
  });

  it("reads a source that cannot count, each thing once however its pages overlap, and what is unreadable counts", async () => {
    await store(ids(9));
    const [line] = await report(source([...ids(9), "broken"]));
    expect(line).toMatchObject({ stored: 9, inSource: 10, missing: ["broken"] });
  });

  it("finds with --check what equal numbers hide", async () => {
    await store([...ids(4), "long-gone"]);
    const counting = source(ids(5), { count: async () => 5 });
    expect((await report(counting))[0]?.missing).toEqual([]);
    expect((await report(counting, true))[0]?.missing).toEqual(["t4"]);
  });

  it("tells of a system that does not answer what is known, and its error", async () => {
    const down = new SystemUnavailable("box is down", { system: "box" });
    expect(await report(down)).toEqual([{ system: "box", kind: "", stored: 0, error: "system-unavailable" }]);
    await store(ids(2));
    await ran({ mode: "full", state: "done" });
    expect(await report(down)).toMatchObject([{ kind: "thing", stored: 2, error: "system-unavailable" }]);
    const failing = source([], { count: () => Promise.reject(down) });
    expect(await report(failing)).toMatchObject([{ kind: "thing", stored: 2, error: "system-unavailable" }]);
  });
});
