import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Entity } from "../../src/domain/entity.js";
import { protectFields } from "../../src/guard/field-protection.js";
import type { Database } from "../../src/platform/database.js";
import { applyChanges } from "../../src/sync/apply.js";
import { openTestDatabase } from "../support/database.js";

const firstPass = new Date("2026-11-20T09:00:00.400Z");
let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  for (const table of ["notices", "mirror_events", "system_integrations", "sync_cursors", "sync_runs"])
    await database.query(`delete from ${table}`);
});

const read = () =>
  database.query(
    "insert into sync_runs (system, kind, mode, state, owner, lease_until, started_at) values ('box', 'deal', 'full', 'done', 'x', $1, $1)",
    [firstPass],
  );
const deal = (id: string, fields: Entity["fields"] = {}): Entity => ({
  ref: { system: "box", kind: "deal", id },
  title: `Deal ${id}`,
  readers: "everyone",
  relations: [],
  fields: { state: "open", firstStage: true, createdAt: "2026-11-20T09:05:00.000Z", closedAt: null, ...fields },
});
const store = (...entities: readonly Entity[]) =>
  database.transaction((tx) =>
    applyChanges(
      tx,
      entities.map((entity) => ({ kind: "upsert", entity })),
      firstPass,
      undefined,
      protectFields(undefined, () => []),
    ),
  );
const events = async () =>
  (await database.query<{ event: string; external_id: string }>("select event, external_id from mirror_events order by id")).rows.map(
    ({ event, external_id }) => `${event} ${external_id}`,
  );
const won = { state: "won", closedAt: "2026-11-20T10:00:00.000Z" };

describe("what has happened to deals", () => {
  it("is not told of while a system is read for the first time", async () => {
    await store(deal("1"), deal("2", won));
    expect(await events()).toEqual([]);
  });

  it("a new lead in the first stage is told of once, through whichever door and however often it comes", async () => {
    await read();
    expect((await store(deal("1"))).events).toBe(1);
    expect((await store(deal("1"))).events).toBe(0);
    // Deleted and restored.
    await database.query("delete from system_integrations");
    await Promise.all([store(deal("1")), store(deal("1"))]);
    expect(await events()).toEqual(["new_lead 1"]);
  });

  it("a deal that is older than the mirror, or begins in a later stage, is no new lead", async () => {
    await read();
    await store(deal("1", { createdAt: "2026-11-20T08:59:59.000Z" }), deal("2", { firstStage: false }));
    expect(await events()).toEqual([]);
  });

  it("a vendor's clock of whole seconds loses no lead of the first second", async () => {
    await read();
    await store(deal("1", { createdAt: "2026-11-20T09:00:00.000Z" }));
    expect(await events()).toEqual(["new_lead 1"]);
  });

  it("a deal that is won or lost is told of once, and once more when it was opened again and ended anew", async () => {
    await read();
    await store(deal("1", { createdAt: "2026-01-01T00:00:00.000Z" }));
    await store(deal("1", won));
    await store(deal("1", won));
    await store(deal("1"));
    await store(deal("1", won));
    expect(await events()).toEqual(["deal_closed 1"]);
    await store(deal("1"));
    await store(deal("1", { state: "lost", closedAt: "2026-11-21T10:00:00.000Z" }));
    expect(await events()).toEqual(["deal_closed 1", "deal_closed 1"]);
  });

  it("a lead that came and was won between two looks is told of as won", async () => {
    await read();
    await store(deal("1", won));
    expect(await events()).toEqual(["deal_closed 1"]);
  });

  it("is forgotten with the rows it came with when these are not stored", async () => {
    await read();
    const failing = database.transaction(async (tx) => {
      await applyChanges(tx, [{ kind: "upsert", entity: deal("1") }], firstPass);
      throw new Error("killed here");
    });
    await expect(failing).rejects.toThrow("killed here");
    expect(await events()).toEqual([]);
    await store(deal("1"));
    expect(await events()).toEqual(["new_lead 1"]);
  });
});
