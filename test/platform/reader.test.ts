import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../src/platform/database.js";
import { hasReaderRole, readAs } from "../../src/platform/reader.js";
import { applyChanges } from "../../src/sync/apply.js";
import type { Audience } from "../../src/domain/people.js";
import { openTestDatabase } from "../support/database.js";

describe("row-level security", () => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase();
    const readers: Record<string, Audience> = {
      open: "everyone",
      closed: "nobody",
      sales: [["group:sales"]],
      both: [["group:sales"], ["user:2", "user:3"]],
    };
    const changes = Object.entries(readers).map(([id, audience]) => ({
      kind: "upsert" as const,
      entity: { ref: { system: "box", kind: "page", id }, title: id, readers: audience, relations: [], fields: {} },
    }));
    await database.transaction((tx) => applyChanges(tx, changes, new Date("2026-11-20T09:00:00Z")));
    await database.query(
      "insert into passages (entity, position, heading, text, acl_id, system_name, words) select id, 0, title, title, acl_id, system_name, to_tsvector('russian', title) from system_integrations",
    );
  });
  afterAll(() => database.close());

  const everything = (principals: readonly string[]) =>
    readAs(database, principals, async (tx) => {
      const passages = await tx.query<{ text: string }>("select text from passages order by text");
      const things = await tx.query<{ title: string }>("select title from system_integrations order by title");
      expect(things.rows.map(({ title }) => title)).toEqual(passages.rows.map(({ text }) => text));
      return passages.rows.map(({ text }) => text);
    });

  it("shows, to a query that filters nothing, what the reader's principals open", async () => {
    expect(await hasReaderRole(database)).toBe(true);
    expect(await everything(["user:9"])).toEqual(["open"]);
    expect(await everything(["group:sales"])).toEqual(["open", "sales"]);
    expect(await everything(["group:sales", "user:3"])).toEqual(["both", "open", "sales"]);
    expect(await everything(["user:3"])).toEqual(["open"]);
  });

  it("shows a query without principals nothing, and lets the reader write nothing", async () => {
    const bare = database.transaction(async (tx) => {
      await tx.query("select set_config('role', 'svyaz_reader', true)");
      return (await tx.query("select 1 from passages union all select 1 from system_integrations")).rowCount;
    });
    expect(await bare).toBe(0);
    for (const write of [
      "delete from passages",
      "update system_integrations set title = 'x'",
      "select * from people",
      "select * from approvals",
    ])
      await expect(
        readAs(database, ["group:sales"], (tx) => tx.query(write)),
        write,
      ).rejects.toThrow(/permission denied/);
  });

  it("ends with the transaction: the service itself sees everything again", async () => {
    await everything(["user:9"]);
    expect((await database.query("select 1 from passages")).rowCount).toBe(4);
    expect(
      (await database.query<{ left: string | null }>("select nullif(current_setting('svyaz.principals', true), '') as left")).rows[0]
        ?.left ?? null,
    ).toBeNull();
  });
});
