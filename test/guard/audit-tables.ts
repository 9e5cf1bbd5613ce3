import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../../src/platform/database.js";
import { migrationsFolder } from "../../src/platform/migrate.js";

/** Makes the audit tables anew: they cannot be emptied, and a new database for each test would take a second. */
export async function renewAuditTables(database: Database): Promise<void> {
  await database.query(`drop table if exists elsewhere, audit_payloads, audit_seals, audit_events, audit_sealer cascade;
    drop function if exists audit_refuse, audit_refuse_unless_erasing, audit_erase;
    ${await readFile(join(migrationsFolder, "001_audit.sql"), "utf8")}`);
}

/** What a database administrator can do, triggers or not. */
export async function tamper(database: Database, sql: string): Promise<void> {
  const each = (act: string) =>
    ["audit_events", "audit_payloads", "audit_seals"].map((table) => `alter table ${table} ${act} trigger all;`).join("");
  await database.query(`${each("disable")} ${sql}; ${each("enable")}`);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
