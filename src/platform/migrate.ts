import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Database, Queryable } from "./database.js";

/** The product's own migrations; they run on both engines. */
export const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));

const fileName = /^\d{3}_[a-z0-9-]+\.sql$/;

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/**
 * Brings the database to the newest migration: numbered files in order, each once, in a transaction of its own.
 * Two processes that start together take turns, and the second finds the work done.
 * `only` leaves out those that are not in it. Throws, naming the file, when an applied file was changed or is no longer there (the database is newer than the program).
 */
export async function migrate(
  database: Database,
  folder = migrationsFolder,
  only?: ReadonlySet<string>,
): Promise<{ readonly applied: readonly string[] }> {
  const migrations = await readMigrations(folder);
  await createTable(database);
  const known = await appliedChecksums(database);
  compare(migrations, known, folder);

  const applied: string[] = [];
  for (const migration of migrations) {
    if (known.has(migration.name) || only?.has(migration.name) === false) continue;
    const mine = await database.transaction(async (tx) => {
      // One writer at a time; freed by the commit, unlike an advisory lock, which needs a session of its own.
      await tx.query("lock table schema_migrations in share row exclusive mode");
      if ((await appliedChecksums(tx)).has(migration.name)) return false;
      await tx.query(migration.sql);
      await tx.query("insert into schema_migrations (name, checksum) values ($1, $2)", [migration.name, migration.checksum]);
      return true;
    });
    if (mine) applied.push(migration.name);
  }
  return { applied };
}

/** Changes whenever a migration does: a key for caches of a migrated database. */
export async function migrationsChecksum(folder = migrationsFolder): Promise<string> {
  const migrations = await readMigrations(folder);
  return checksum(migrations.map((migration) => `${migration.name} ${migration.checksum}`).join("\n"));
}

/** The migrations of the folder, in order. Throws for a file whose name has no number, and for two with one number. */
export async function readMigrations(folder = migrationsFolder): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).toSorted();
  const odd = names.find((name) => !fileName.test(name));
  if (odd) throw new Error(`migrations: ${join(folder, odd)} is not called like 001_audit.sql`);
  const twice = names.find((name, index) => index > 0 && names[index - 1]?.slice(0, 3) === name.slice(0, 3));
  if (twice) throw new Error(`migrations: two files in ${folder} have the number of ${twice}`);
  return Promise.all(
    names.map(async (name) => {
      // A checkout on Windows must not count as a change.
      const sql = (await readFile(join(folder, name), "utf8")).replaceAll("\r\n", "\n");
      return { name, sql, checksum: checksum(sql) };
    }),
  );
}

async function createTable(database: Database): Promise<void> {
  try {
    await database.query(
      "create table if not exists schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())",
    );
  } catch (error) {
    // "if not exists" is no protection against a neighbour creating it in the same instant.
    const { rows } = await database.query<{ there: string | null }>("select to_regclass('schema_migrations')::text as there");
    if (!rows[0]?.there) throw error;
  }
}

/** What the database's schema is made of, in order. */
export async function appliedMigrations(queryable: Queryable): Promise<readonly Pick<Migration, "name" | "checksum">[]> {
  return [...(await appliedChecksums(queryable))]
    .map(([name, sum]) => ({ name, checksum: sum }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function appliedChecksums(queryable: Queryable): Promise<ReadonlyMap<string, string>> {
  const { rows } = await queryable.query<{ name: string; checksum: string }>("select name, checksum from schema_migrations");
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

function compare(migrations: readonly Migration[], known: ReadonlyMap<string, string>, folder: string): void {
  for (const [name, applied] of known) {
    const file = migrations.find((migration) => migration.name === name);
    if (!file) throw new Error(`migrations: the database has ${name}, which is not in ${folder}; it was made by a newer Svyaz`);
    if (file.checksum !== applied)
      throw new Error(`migrations: ${name} was changed after it was applied; undo the change and add a new file`);
  }
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
