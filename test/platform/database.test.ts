import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabase, type Database } from "../../src/platform/database.js";
import { migrate } from "../../src/platform/migrate.js";
import { openPglite, type PgliteEngine } from "../../src/platform/pglite.js";
import { prepareDump } from "../../src/platform/prepare-dump.js";
import { databaseContract } from "../contract/database.js";
import { openTestDatabase, quiet, testDatabaseUrl, testDump } from "../support/database.js";

const log = quiet;
const inMemory = async () => createDatabase({ dump: await testDump(), log });

databaseContract("PGlite", inMemory);
if (testDatabaseUrl) databaseContract("PostgreSQL", () => openTestDatabase({ migrated: false }));

describe("a database that cannot be reached", () => {
  it("is a typed error that hides the password", async () => {
    const failure = createDatabase({ url: "postgresql://svyaz:canary-password@127.0.0.1:1/svyaz", log });
    await expect(failure).rejects.toMatchObject({ code: "system-unavailable", system: "database", retryable: true });
    await expect(failure).rejects.not.toThrow("canary-password");
  });

  it("refuses queries after it was closed, instead of opening again", async () => {
    const database = await openTestDatabase();
    await database.close();
    await database.close();
    await expect(database.query("select 1")).rejects.toMatchObject({ code: "system-unavailable" });
  });
});

describe("the embedded engine", () => {
  const folder = mkdtempSync(join(tmpdir(), "svyaz-database-"));
  const dataDir = join(folder, "database");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("keeps what was written in its folder from one start to the next", async () => {
    const first = await createDatabase({ dataDir, dump: await testDump(), log });
    await first.query("create table notes (text text); insert into notes values ('Ромашка')");
    await first.close();
    const second = await createDatabase({ dataDir, dump: await testDump(), log });
    expect((await second.query("select text from notes")).rows).toEqual([{ text: "Ромашка" }]);
    await second.close();
  });

  it("begins anew when its very first start was cut off in the middle", async () => {
    const half = join(folder, "half");
    mkdirSync(half);
    writeFileSync(join(half, "PG_VERSION"), "18");
    writeFileSync(`${half}.unfinished`, "");
    const database = await createDatabase({ dataDir: half, dump: await testDump(), log });
    expect((await database.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    expect(existsSync(`${half}.unfinished`)).toBe(false);
    await database.close();
  });

  it("says that it could not start when the folder is damaged", async () => {
    const damaged = join(folder, "damaged");
    mkdirSync(damaged);
    writeFileSync(join(damaged, "PG_VERSION"), "7\n");
    await expect(createDatabase({ dataDir: damaged, log })).rejects.toMatchObject({ code: "system-unavailable" });
  });

  it("does not hold up the main thread while a query of seconds runs", async () => {
    const database = await inMemory();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const started = performance.now();
    await database.query("select count(*) from generate_series(1, 12000000) n where n % 7 = 3");
    delay.disable();
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(300);
    // On the main thread the lag would be the whole of it; a busy machine has lags of its own.
    expect(delay.max / 1e6).toBeLessThan(took / 4);
    await database.close();
  });

  it("lets a chat's short queries in between two long ones, in the order they came", async () => {
    const database = await inMemory();
    const order: string[] = [];
    const ask = (name: string, text: string) => database.query(text).then(() => order.push(name));
    await Promise.all([
      ask("long", "select count(*) from generate_series(1, 2000000)"),
      ask("short", "select 1"),
      ask("last", "select count(*) from generate_series(1, 2000000)"),
    ]);
    expect(order).toEqual(["long", "short", "last"]);
    await database.close();
  });
});

describe("the stream between pg and the embedded engine", () => {
  let engine: PgliteEngine;
  beforeAll(async () => {
    engine = await openPglite({ dump: await testDump() });
  });
  afterAll(() => engine.close());

  const connect = async () => {
    const client = new Client({ user: "postgres", database: "postgres", stream: () => engine.connect() });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  };

  it("gives the next client a clean session: no open transaction, no settings, no prepared statements", async () => {
    const first = await connect();
    await first.query("create table if not exists left_over (n int)");
    await first.query({ name: "same", text: "select 1 as n" });
    await first.query("begin; set local work_mem = '1234kB'; set search_path = nowhere");
    await first.query("rollback; set statement_timeout = 1234");
    await first.query("begin; insert into left_over values (1)");
    // Gone without a farewell, as a broken socket is.
    (first as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    const second = await connect();
    expect((await second.query("select count(*)::int as n from left_over")).rows).toEqual([{ n: 0 }]);
    expect((await second.query("show statement_timeout")).rows).toEqual([{ statement_timeout: "0" }]);
    expect((await second.query({ name: "same", text: "select 2 as n" })).rows).toEqual([{ n: 2 }]);
    await second.end();
  });

  it("gives the answer of a client that left to nobody", async () => {
    const first = await connect();
    const lost = first.query("select 'stranger' as whose, count(*) from generate_series(1, 3000000)").catch(() => "lost");
    await new Promise((resolve) => setTimeout(resolve, 30));
    (first as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    const second = await connect();
    expect((await second.query("select 'mine' as whose")).rows).toEqual([{ whose: "mine" }]);
    expect(await lost).toBe("lost");
    await second.end();
  });
});

describe("the embedded engine's thread", () => {
  it("when it dies, fails the queries under way with a typed error; the next opening finds what was committed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "svyaz-death-"));
    const engine = await openPglite({ dataDir: join(folder, "database"), dump: await testDump() });
    const client = new Client({ user: "postgres", database: "postgres", stream: () => engine.connect() });
    client.on("error", () => undefined);
    await client.connect();
    await client.query("create table kept (n int); insert into kept values (1)");
    const underWay = client.query("select count(*) from generate_series(1, 100000000)");
    setTimeout(() => void engine.kill(), 100);
    await expect(underWay).rejects.toMatchObject({ code: "system-unavailable", system: "database" });
    expect(engine.alive).toBe(false);

    const database = await createDatabase({ dataDir: join(folder, "database"), log });
    expect((await database.query("select n from kept")).rows).toEqual([{ n: 1 }]);
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is started again over the same folder by the query after the failed one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "svyaz-revive-"));
    const database = await createDatabase({ dataDir: join(folder, "database"), dump: await testDump(), log });
    await database.query("create table kept (n int); insert into kept values (1)");
    await killThread(database);
    expect((await database.query("select n from kept")).rows).toEqual([{ n: 1 }]);
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is not started again over an empty memory, since what was there is lost", async () => {
    const database = await inMemory();
    await killThread(database);
    await expect(database.query("select 1")).rejects.toMatchObject({ code: "system-unavailable" });
    await database.close();
  });

  /** The engine cannot bear COPY FROM STDIN: a way to crash it from outside. */
  async function killThread(database: Database) {
    await expect(database.query("create table if not exists doomed (n int); copy doomed from stdin")).rejects.toMatchObject({
      code: "system-unavailable",
    });
    await database.query("select 1").catch(() => undefined);
  }
});

describe("the prepared dump", () => {
  it("makes a first start on disk that needs no migration, and is made once for many builds", async () => {
    const folder = mkdtempSync(join(tmpdir(), "svyaz-prepared-"));
    const target = join(folder, "dist", "prepared.tar.gz");
    await prepareDump(target, join(folder, "cache"));
    const again = performance.now();
    await prepareDump(target, join(folder, "cache"));
    expect(performance.now() - again).toBeLessThan(500);
    const database = await createDatabase({ dataDir: join(folder, "database"), dump: Uint8Array.from(readFileSync(target)), log });
    expect((await migrate(database)).applied).toEqual([]);
    expect((await database.query("select '[1]'::vector as vector")).rowCount).toBe(1);
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
