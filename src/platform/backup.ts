import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { RequestRefused } from "../domain/errors.js";
import { backupFormat, type BackupEnd, type BackupHeader, type Table } from "./backup-format.js";
import type { Database, Queryable } from "./database.js";
import { appliedMigrations } from "./migrate.js";

const rowsAtOnce = 500;

export interface BackupReport {
  readonly tables: number;
  readonly rows: number;
  /** Of the file. */
  readonly bytes: number;
}

/**
 * Writes the whole database to one file, as it is at this moment: gzip of JSON lines, the same for both engines (backup-format.ts).
 * Never overwrites a file; an unfinished one is called "<file>.partial". Secrets are in it as they are in the database: encrypted,
 * without their keys. PostgreSQL goes on working meanwhile; on the embedded engine, which has one connection, others wait.
 */
export async function backupDatabase(
  database: Database,
  file: string,
  options: { readonly at: Date; readonly onProgress?: (table: string, rows: number) => void },
): Promise<BackupReport> {
  if (existsSync(file)) throw new RequestRefused(`backup: ${file} exists; name another file`, { operation: "backup" });
  const draft = `${file}.partial`;
  const output = createWriteStream(draft, { mode: 0o600 });
  const gzip = createGzip({ level: 6 });
  gzip.pipe(output);
  const failed = new Promise<never>((_, reject) => {
    output.once("error", (error) => {
      gzip.destroy();
      reject(new RequestRefused(`backup: ${file} cannot be written: ${error.message}`, { operation: "backup", cause: error }));
    });
  });
  failed.catch(() => undefined);
  const write = async (line: string) => {
    if (!gzip.write(`${line}\n`)) await Promise.race([once(gzip, "drain"), failed]);
  };
  try {
    const end = await database.transaction(async (tx) => {
      // One moment of all tables, whatever is written meanwhile.
      await tx.query("set transaction isolation level repeatable read, read only");
      return writeDatabase(tx, database.engine, write, options);
    });
    gzip.end();
    await Promise.race([finished(output), failed]);
    if (existsSync(file)) throw new RequestRefused(`backup: ${file} exists; name another file`, { operation: "backup" });
    await rename(draft, file);
    const rows = Object.values(end.tables).reduce((sum, table) => sum + table.rows, 0);
    return { tables: Object.keys(end.tables).length, rows, bytes: output.bytesWritten };
  } catch (error) {
    gzip.destroy();
    output.destroy();
    await rm(draft, { force: true });
    throw error;
  }
}

async function writeDatabase(
  tx: Queryable,
  engine: Database["engine"],
  write: (line: string) => Promise<void>,
  { at, onProgress }: { readonly at: Date; readonly onProgress?: (table: string, rows: number) => void },
): Promise<BackupEnd> {
  const header: BackupHeader = { format: backupFormat, at: at.toISOString(), engine, migrations: await appliedMigrations(tx) };
  await write(JSON.stringify(header));
  const tables: Record<string, { rows: number; sha256: string }> = {};
  for (const table of await readTables(tx)) {
    await write(JSON.stringify(["table", table.name, table.columns]));
    const hash = createHash("sha256");
    let rows = 0;
    await tx.query(
      `declare backup_rows no scroll cursor for select row_to_json(r)::text as line from (select ${listed(table)} from ${quoted(table.name)}) r`,
    );
    for (;;) {
      const { rows: found } = await tx.query<{ line: string }>(`fetch ${rowsAtOnce} from backup_rows`);
      for (const { line } of found) {
        hash.update(line).update("\n");
        await write(line);
      }
      rows += found.length;
      if (found.length < rowsAtOnce) break;
      onProgress?.(table.name, rows);
    }
    await tx.query("close backup_rows");
    onProgress?.(table.name, rows);
    tables[table.name] = { rows, sha256: hash.digest("hex") };
  }
  const end: BackupEnd = { tables, sequences: await readSequences(tx) };
  await write(JSON.stringify(["end", end]));
  return end;
}

/** Every table but the list of migrations, those first that others refer to. Generated columns make themselves again. */
async function readTables(tx: Queryable): Promise<readonly Table[]> {
  const { rows } = await tx.query<{ name: string; columns: string[]; above: string[] }>(
    `select c.relname as name,
       array(select a.attname::text from pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
       array(select f.relname::text from pg_constraint k join pg_class f on f.oid = k.confrelid
             where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as above
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'schema_migrations'
     order by c.relname`,
  );
  const ordered: Table[] = [];
  let waiting = rows;
  while (waiting.length > 0) {
    const ready = waiting.filter(({ above }) => above.every((name) => ordered.some((table) => table.name === name)));
    if (ready.length === 0)
      throw new Error(`backup: tables refer to each other in a circle: ${waiting.map(({ name }) => name).join(", ")}`);
    ordered.push(...ready.map(({ name, columns }) => ({ name, columns })));
    waiting = waiting.filter((row) => !ready.includes(row));
  }
  return ordered;
}

async function readSequences(tx: Queryable): Promise<Readonly<Record<string, string>>> {
  const { rows } = await tx.query<{ name: string; last: string }>(
    "select sequencename as name, last_value as last from pg_sequences where schemaname = 'public' and last_value is not null",
  );
  return Object.fromEntries(rows.map(({ name, last }) => [name, last]));
}

function listed({ columns }: Table): string {
  return columns.map(quoted).join(", ");
}

/** A name from the catalogue or a checked backup, for SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
