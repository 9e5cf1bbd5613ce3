import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Log } from "../../src/domain/log.js";
import { createDatabase, type Database } from "../../src/platform/database.js";
import { migrate, migrationsChecksum } from "../../src/platform/migrate.js";
import { cachedDump, engineVersion, makeDump } from "../../src/platform/prepare-dump.js";

/** A log that says nothing. */
export const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => quiet };

/** A PostgreSQL with pgvector to run the suite on (bin/postgres-for-tests.sh prints one); absent, PGlite in memory is used. */
export const testDatabaseUrl = process.env["TEST_DATABASE_URL"] || undefined;

/**
 * A database of one's own with every migration applied, thrown away by `close()`. It costs a copy of a prepared one:
 * a cached dump for PGlite, a template database for PostgreSQL. `migrated: false` gives it with the extensions alone.
 */
export async function openTestDatabase({ migrated = true }: { readonly migrated?: boolean } = {}): Promise<Database> {
  const state = migrated ? (await migrationsChecksum()).slice(0, 16) : "empty";
  const fill = migrated ? migrate : undefined;
  return testDatabaseUrl ? openOnServer(testDatabaseUrl, state, fill) : openInMemory(state, fill);
}

type Fill = ((database: Database) => Promise<unknown>) | undefined;

const cache = fileURLToPath(new URL("../../node_modules/.cache/svyaz", import.meta.url));

async function openInMemory(state: string, fill: Fill): Promise<Database> {
  return createDatabase({ dump: await testDump(state, fill), log: quiet });
}

/** A dump of an embedded database with the extensions, and with what `fill` adds under the name `state`. */
export async function testDump(state = "empty", fill?: Fill): Promise<Uint8Array<ArrayBuffer>> {
  const file = join(cache, `test-${await engineVersion()}-${state}.tar`);
  return cachedDump(file, () => makeDump("none", fill));
}

async function openOnServer(url: string, state: string, fill: Fill): Promise<Database> {
  const server = await createDatabase({ url, log: quiet });
  const template = `svyaz_template_${state}`;
  const { rowCount } = await server.query("select from pg_database where datname = $1", [template]);
  if (rowCount === 0) await makeTemplate(server, url, template, fill);

  const name = uniqueName();
  await server.query(`create database ${name} template ${template}`);
  const database = await createDatabase({ url: databaseUrl(url, name), log: quiet });
  const drop = async () => {
    await database.close();
    await server.query(`drop database ${name} with (force)`);
    await server.close();
  };
  let dropped: Promise<void> | undefined;
  return { ...database, close: () => (dropped ??= drop()) };
}

async function makeTemplate(server: Database, url: string, template: string, fill: Fill): Promise<void> {
  const draft = uniqueName();
  await server.query(`create database ${draft}`);
  const database = await createDatabase({ url: databaseUrl(url, draft), log: quiet });
  await database.query("create extension if not exists vector; create extension if not exists pg_trgm");
  await fill?.(database);
  await database.close();
  // Another test process may have been quicker; then its template is as good.
  await server.query(`alter database ${draft} rename to ${template}`).catch(() => server.query(`drop database ${draft}`));
}

function uniqueName(): string {
  return `svyaz_test_${randomBytes(8).toString("hex")}`;
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
