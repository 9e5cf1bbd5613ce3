import { RequestRefused } from "../domain/errors.js";
import { quoted } from "./backup.js";
import { readBackup } from "./backup-format.js";
import type { Database, Queryable } from "./database.js";
import { migrate, migrationsFolder, readMigrations } from "./migrate.js";

const rowsAtOnce = 500;
const charactersAtOnce = 4_000_000;

/**
 * Fills an empty database from a backup of either engine. The whole file is checked before the first row; then the schema is made
 * as it was at the backup, the rows come in one transaction, and newer migrations run over them. Throws RequestRefused when there
 * are tables already, and for a backup of a newer Svyaz.
 */
export async function restoreDatabase(
  database: Database,
  file: string,
  onProgress?: (table: string, rows: number, of: number) => void,
): Promise<{ readonly tables: number; readonly rows: number; readonly at: Date }> {
  let at = new Date(Number.NaN);
  let wanted: ReadonlySet<string> = new Set();
  const known = new Map((await readMigrations()).map(({ name, checksum }) => [name, checksum]));
  const { tables } = await readBackup(file, {
    header({ at: moment, migrations }) {
      at = new Date(moment);
      wanted = new Set(migrations.map(({ name }) => name));
      const strange = migrations.find(({ name, checksum }) => known.get(name) !== checksum);
      if (strange)
        throw new RequestRefused(`restore: the backup was made by another, newer Svyaz (${strange.name}); install that one first`, {
          operation: "restore",
        });
    },
  });
  await refuseUnlessEmpty(database);
  await migrate(database, migrationsFolder, wanted);
  await database.transaction((tx) => fill(tx, file, (table, rows) => onProgress?.(table, rows, tables[table]?.rows ?? rows)));
  await migrate(database);
  await database.query("analyze");
  return { tables: Object.keys(tables).length, rows: Object.values(tables).reduce((sum, { rows }) => sum + rows, 0), at };
}

async function refuseUnlessEmpty(database: Database): Promise<void> {
  const { rows } = await database.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1",
  );
  if (rows.length > 0)
    throw new RequestRefused(`restore: the database is not empty, it has ${rows.length} tables (${rows[0]?.name}, …); create a new one`, {
      operation: "restore",
    });
}

async function fill(tx: Queryable, file: string, onProgress: (table: string, rows: number) => void): Promise<void> {
  let insert = "";
  let table = "";
  let done = 0;
  let size = 0;
  let waiting: string[] = [];
  const flush = async () => {
    if (waiting.length > 0) await tx.query(insert, [`[${waiting.join(",")}]`]);
    done += waiting.length;
    if (waiting.length > 0) onProgress(table, done);
    waiting = [];
    size = 0;
  };
  await readBackup(file, {
    async table({ name, columns }) {
      await flush();
      table = name;
      done = 0;
      const into = columns.map(quoted).join(", ");
      // The cast of a row to the table's type reads vectors, numbers and moments as exactly as they were written.
      insert = `insert into ${quoted(name)} (${into}) overriding system value
        select ${into} from json_populate_recordset(null::${quoted(name)}, $1::json)`;
      // A migration may have put a row there.
      await tx.query(`delete from ${quoted(name)}`);
    },
    async row(line) {
      waiting.push(line);
      size += line.length;
      if (waiting.length >= rowsAtOnce || size >= charactersAtOnce) await flush();
    },
    async end({ sequences }) {
      await flush();
      for (const [name, last] of Object.entries(sequences)) await tx.query("select setval($1::regclass, $2)", [quoted(name), last]);
    },
  });
}
