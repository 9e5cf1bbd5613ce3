import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDatabase, type Database } from "../../src/platform/database.js";
import { migrate, migrationsFolder } from "../../src/platform/migrate.js";
import { openTestDatabase, quiet, testDatabaseUrl } from "../support/database.js";

describe("migrations", () => {
  let folder: string;
  let database: Database;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "svyaz-migrations-"));
    database = await openTestDatabase({ migrated: false });
  });
  afterEach(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const file = (name: string, sql: string) => writeFileSync(join(folder, name), sql);

  it("bring a database with data from one release to the next and keep the data", async () => {
    file(
      "001_things.sql",
      "create table things (id int primary key, name text);\n-- two statements\ncreate index things_name on things (name);",
    );
    expect(await migrate(database, folder)).toEqual({ applied: ["001_things.sql"] });
    await database.query("insert into things values (1, 'Ромашка')");
    file(
      "002_colour.sql",
      "alter table things add column colour text not null default 'none'; update things set colour = 'white' where id = 1;",
    );
    expect(await migrate(database, folder)).toEqual({ applied: ["002_colour.sql"] });
    expect(await migrate(database, folder)).toEqual({ applied: [] });
    expect((await database.query("select * from things")).rows).toEqual([{ id: 1, name: "Ромашка", colour: "white" }]);
  });

  it("leave nothing of a file that failed in the middle, and go on from there once it is mended", async () => {
    file("001_things.sql", "create table things (id int);");
    file("002_broken.sql", "create table half (id int); insert into nowhere values (1);");
    await expect(migrate(database, folder)).rejects.toMatchObject({ code: "42P01" });
    await expect(database.query("select * from half")).rejects.toMatchObject({ code: "42P01" });
    file("002_broken.sql", "create table half (id int);");
    expect(await migrate(database, folder)).toEqual({ applied: ["002_broken.sql"] });
  });

  it("refuse a file that was changed after it was applied, by name; other line ends are no change", async () => {
    file("001_things.sql", "create table things (\nid int);\n");
    await migrate(database, folder);
    file("001_things.sql", "create table things (\r\nid int);\r\n");
    await migrate(database, folder);
    file("001_things.sql", "create table things (\nid bigint);\n");
    await expect(migrate(database, folder)).rejects.toThrow("001_things.sql was changed after it was applied");
  });

  it("refuse a database that a newer release made", async () => {
    file("001_things.sql", "create table things (id int);");
    file("002_new.sql", "create table newer (id int);");
    await migrate(database, folder);
    rmSync(join(folder, "002_new.sql"));
    await expect(migrate(database, folder)).rejects.toThrow("002_new.sql");
  });

  it("refuse two files of one number, and names they do not understand", async () => {
    file("001_one.sql", "select 1;");
    file("001_two.sql", "select 1;");
    await expect(migrate(database, folder)).rejects.toThrow("the number of 001_two.sql");
    rmSync(join(folder, "001_two.sql"));
    file("2_two.sql", "select 1;");
    await expect(migrate(database, folder)).rejects.toThrow("2_two.sql");
  });

  it("are applied once when several processes start together", async () => {
    file("001_things.sql", "create table things (id int);");
    file("002_row.sql", "insert into things values (1);");
    const results = await Promise.all(Array.from({ length: 5 }, () => migrate(database, folder)));
    expect(results.flatMap(({ applied }) => applied).toSorted()).toEqual(["001_things.sql", "002_row.sql"]);
    expect((await database.query("select * from things")).rows).toHaveLength(1);
  });

  it("of the product can be applied one release after another", async () => {
    for (const name of readdirSync(migrationsFolder).toSorted()) {
      cpSync(join(migrationsFolder, name), join(folder, name));
      expect(await migrate(database, folder)).toEqual({ applied: [name] });
    }
  });
});

describe.runIf(testDatabaseUrl)("migrations of two processes on one PostgreSQL", () => {
  const folder = mkdtempSync(join(tmpdir(), "svyaz-migrations-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("take turns, each with connections of its own", async () => {
    const server = await createDatabase({ url: testDatabaseUrl, log: quiet });
    await server.query("create database svyaz_migrations_race");
    const url = new URL(testDatabaseUrl ?? "");
    url.pathname = "/svyaz_migrations_race";
    writeFileSync(join(folder, "001_slow.sql"), "create table slow (id int); select pg_sleep(0.3); insert into slow values (1);");
    const processes = await Promise.all(Array.from({ length: 3 }, () => createDatabase({ url: url.href, log: quiet })));
    const results = await Promise.all(processes.map((one) => migrate(one, folder)));
    expect(results.flatMap(({ applied }) => applied)).toEqual(["001_slow.sql"]);
    expect((await processes[0]?.query("select * from slow"))?.rows).toHaveLength(1);
    await Promise.all(processes.map((one) => one.close()));
    await server.query("drop database svyaz_migrations_race with (force)");
    await server.close();
  });
});
