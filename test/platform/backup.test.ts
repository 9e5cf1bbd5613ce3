import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuditLog } from "../../src/guard/audit.js";
import { newKeyLine, readKey } from "../../src/guard/key.js";
import { createKeyring } from "../../src/guard/keyring.js";
import { createSealer } from "../../src/guard/sealer.js";
import { createSecret } from "../../src/guard/secret.js";
import { createVault } from "../../src/guard/vault.js";
import { backupDatabase } from "../../src/platform/backup.js";
import { createDatabase, type Database } from "../../src/platform/database.js";
import { migrate, migrationsChecksum } from "../../src/platform/migrate.js";
import { restoreDatabase } from "../../src/platform/restore.js";
import { createDocumentIndex } from "../../src/search/document-index.js";
import { followIndex } from "../../src/search/follow.js";
import { applyChanges } from "../../src/sync/apply.js";
import { openTestDatabase, quiet, testDatabaseUrl, testDump } from "../support/database.js";

const at = new Date("2026-11-20T09:00:00.000Z");
const now = () => at;
const folder = mkdtempSync(join(tmpdir(), "svyaz-backup-"));
const line = newKeyLine();
const strange = 'кавычки " \\ \n строка \u2028 и \t таб, 𝕌, {"json": [1]}';

const openVault = async (database: Database) => {
  const keyring = await createKeyring([{ name: "test", load: async () => [readKey(line, "test")] }]);
  return createVault({ database, keyring, environment: {}, note: async () => {}, now });
};
const searchIn = (database: Database, text: string) =>
  createDocumentIndex({ database, log: quiet }).search({
    text,
    person: { id: "anna", name: "Анна", language: "ru", timeZone: "Europe/Moscow", roles: ["sales"], principals: [] },
    limit: 3,
    readable: async () => [],
  });

async function fill(database: Database): Promise<void> {
  await database.query("insert into people (id, name, email, roles) values ('anna', $1, 'anna@example.com', '{sales,manager}')", [strange]);
  await database.query("insert into accounts (channel, sender, person, how) values ('telegram', '900', 'anna', 'code')");
  await database.query(
    `insert into exchanges (person, chat, room, trace, asked, calls, answered, at)
     values ('anna', 'c', 'r', 't', $1, $2, 'ok', '2026-11-20T09:00:00.123456Z')`,
    [strange, JSON.stringify([{ big: "x".repeat(100_000), deep: { none: null } }])],
  );
  await database.query(
    `insert into client_decisions (one, other, verdict, decided_by, decided_at)
     values ('amocrm:company:1', 'onec-erp:client:2', 'different', 'anna', '2026-11-20T09:00:00Z')`,
  );
  await database.query(
    `insert into schedules (approval, owner, title, cron, what, language, address, created_at, next_at)
     values ('a', 'anna', $1, '0 9 * * 1', '{"tool":"sales"}', 'ru', '{}', '2026-11-20T09:00:00Z', '2026-11-23T06:00:00Z')`,
    [strange],
  );
  await database.query(
    `insert into webhook_deliveries (system, delivery, refs, received_at)
     values ('amocrm', 'sha256:1', '[{"system":"amocrm","kind":"deal","id":"1"}]', '2026-11-20T09:00:00Z')`,
  );
  await database.query("insert into chats (chat) values ('with a lease at minus infinity')");
  await openVault(database).then((vault) => vault.of({ system: "amocrm" }).update("TOKEN", async () => createSecret("canary-token-4711")));
  const audit = createAuditLog({ database, now, log: quiet });
  for (let number = 0; number < 30; number++)
    await audit.note({ name: "lead.created", actor: "anna", trace: `t${number}`, payload: { note: strange } });
  await audit.erase("3", { actor: "admin", trace: "t" });
  await createSealer({ database, log: quiet }).seal();
  const pages = Array.from({ length: 40 }, (_, number) => ({
    kind: "upsert" as const,
    entity: {
      ref: { system: "confluence", kind: "page", id: String(number) },
      title: `Страница ${number}`,
      readers: "everyone" as const,
      relations: [],
      fields: {},
      content: { markdown: number === 7 ? "Товар надлежащего качества принимаем обратно." : `Прочее, часть ${number}` },
    },
  }));
  await database.transaction((tx) => applyChanges(tx, pages, at));
  const index = createDocumentIndex({ database, log: quiet });
  await followIndex({ database, index, read: async () => "", log: quiet, signal: new AbortController().signal });
  await database.query("update passages set model = 'm', embedding = '[0.1,-2.5e-07,3]' where id % 2 = 0");
}

/** Every row of every table, to be compared. */
async function everything(database: Database): Promise<Readonly<Record<string, readonly string[]>>> {
  const { rows } = await database.query<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public' order by 1");
  const tables: Record<string, string[]> = {};
  for (const { name } of rows.filter((row) => row.name !== "schema_migrations")) {
    const found = await database.query<{ line: string }>(`select r::text as line from "${name}" r order by 1`);
    // Which order equal letters come in differs between engines' collations.
    tables[name] = found.rows.map((row) => row.line).toSorted();
  }
  return tables;
}

const embedded = async (migrated: boolean) =>
  createDatabase({ dump: await (migrated ? testDump((await migrationsChecksum()).slice(0, 16), migrate) : testDump()), log: quiet });
const engines = {
  pglite: embedded,
  ...(testDatabaseUrl ? { postgresql: (migrated: boolean) => openTestDatabase({ migrated }) } : {}),
};
const names = Object.keys(engines) as (keyof typeof engines)[];
const opened: Database[] = [];
const open = async (engine: keyof typeof engines, migrated: boolean): Promise<Database> => {
  const database = await engines[engine]?.(migrated);
  if (!database) throw new Error(`no ${engine}`);
  opened.push(database);
  return database;
};

afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()));
  rmSync(folder, { recursive: true, force: true });
});

describe.each(names)("a backup of %s", (engine) => {
  const file = join(folder, `${engine}.jsonl.gz`);
  let source: Database;
  const steps: string[] = [];
  beforeAll(async () => {
    source = await open(engine, true);
    await fill(source);
    const report = await backupDatabase(source, file, { at, onProgress: (table, rows) => steps.push(`${table} ${rows}`) });
    expect(report.bytes).toBe(statSync(file).size);
  }, 60_000);

  it.each(names)(
    "fills an empty %s with every row as it was: the chain holds, secrets open, search finds",
    async (other) => {
      const target = await open(other, false);
      const done: string[] = [];
      const report = await restoreDatabase(target, file, (table, rows, of) => done.push(`${table} ${rows}/${of}`));
      expect(report.at).toEqual(at);
      expect(await everything(target)).toEqual(await everything(source));
      const audit = createAuditLog({ database: target, now, log: quiet });
      expect(await audit.check()).toMatchObject({ checked: 31, broken: undefined });
      expect((await (await openVault(target)).of({ system: "amocrm" }).get("TOKEN"))?.reveal()).toBe("canary-token-4711");
      expect((await searchIn(target, "возврат товара надлежащего качества"))[0]?.ref.id).toBe("7");
      expect(done).toContain("people 1/1");

      // The counters go on where they were, and the log stays insert-only.
      await audit.note({ name: "lead.created", actor: "anna", trace: "after" });
      await createSealer({ database: target, log: quiet })
        .start()
        .then(() => undefined);
      expect(await audit.check()).toMatchObject({ checked: 32, broken: undefined });
      await target.query(
        "insert into exchanges (person, chat, room, trace, asked, answered, at) values ('anna', 'c', 'r', 't', 'a', 'b', now())",
      );
      await expect(target.query("delete from audit_events")).rejects.toThrow("insert-only");

      await expect(restoreDatabase(target, file)).rejects.toThrow(/not empty/);
    },
    60_000,
  );

  it("is for the service's own user alone, tells how far it is, and has neither keys nor secrets in the open", () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(steps).toContain("system_integrations 40");
    const text = gunzipSync(readFileSync(file)).toString("utf8");
    expect(text).not.toContain("canary-token");
    expect(text).not.toContain(line.split(":")[1]);
  });

  it("overwrites no file and leaves no half of one", async () => {
    await expect(backupDatabase(source, file, { at })).rejects.toThrow("exists");
    await expect(backupDatabase(source, join(folder, "none", "x.gz"), { at })).rejects.toThrow("cannot be written");
    expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toEqual([]);
    expect((await source.query("select 1 as one")).rowCount).toBe(1);
  });
});

describe("a restoration", () => {
  const whole = () => readFileSync(join(folder, "pglite.jsonl.gz"));
  const made = (name: string, bytes: Uint8Array | string) => {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };
  const edited = (name: string, edit: (text: string) => string) => made(name, gzipSync(edit(gunzipSync(whole()).toString("utf8"))));

  it("takes nothing from a file that is not whole and as it was, and says what is wrong with it", async () => {
    const cut = made("cut.gz", whole());
    truncateSync(cut, Math.floor(whole().length / 2));
    const bad: readonly (readonly [string, RegExp])[] = [
      [join(folder, "nowhere.gz"), /nowhere\.gz: it cannot be read/],
      [made("text.gz", "svyaz"), /cannot be read/],
      [made("empty.gz", gzipSync("")), /its end is missing/],
      [made("other.gz", gzipSync('{"format":"other"}\n')), /not a backup of Svyaz/],
      [cut, /cut off/],
      [edited("endless.gz", (text) => text.slice(0, text.lastIndexOf('["end"'))), /its end is missing/],
      [edited("changed.gz", (text) => text.replace("anna@example.com", "evil@example.com")), /the table people was changed/],
      [edited("less.gz", (text) => text.replace(/\n\{"channel":.*/, "")), /the table accounts was changed/],
      [edited("more.gz", (text) => `${text}{"id":1}\n`), /behind its end/],
      [edited("newer.gz", (text) => text.replace("001_audit.sql", "999_future.sql")), /newer Svyaz \(999_future\.sql\)/],
      [edited("hostile.gz", (text) => text.replace('["table","people"', '["table","people; drop table people"')), /cannot be read/],
    ];
    const target = await open("pglite", false);
    for (const [file, message] of bad) {
      const restoring = restoreDatabase(target, file);
      await expect(restoring, file).rejects.toThrow(message);
      await expect(restoring, file).rejects.toMatchObject({ code: "request-refused" });
    }
    expect(Object.keys(await everything(target))).toEqual([]);
    await restoreDatabase(target, join(folder, "pglite.jsonl.gz"));
    expect(existsSync(join(folder, "pglite.jsonl.gz"))).toBe(true);
  }, 60_000);

  it("of an older release's backup runs the newer migrations over the rows", async () => {
    const older = edited("older.gz", (text) => {
      const lines = text.split("\n");
      const header = JSON.parse(lines[0] ?? "") as { migrations: { name: string }[] };
      header.migrations = header.migrations.filter(({ name }) => name < "007");
      // What that release had not yet: columns and tables of later migrations.
      const end = JSON.parse(lines.at(-2) ?? "") as ["end", { tables: Record<string, unknown>; sequences: Record<string, string> }];
      const kept = ["people", "accounts"];
      const rows = lines.slice(1, -2);
      const body: string[] = [];
      let table = "";
      for (const row of rows) {
        if (row.startsWith("[")) table = (JSON.parse(row) as string[])[1] ?? "";
        if (kept.includes(table)) body.push(row);
      }
      const tables = Object.fromEntries(Object.entries(end[1].tables).filter(([name]) => kept.includes(name)));
      return `${[JSON.stringify(header), ...body, JSON.stringify(["end", { tables, sequences: {} }])].join("\n")}\n`;
    });
    const target = await open("pglite", false);
    await restoreDatabase(target, older);
    expect((await target.query("select name from people")).rows).toEqual([{ name: strange }]);
    expect((await target.query("select from passage_words")).rowCount).toBe(0);
    expect((await migrate(target)).applied).toEqual([]);
  }, 60_000);
});
