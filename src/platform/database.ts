import { AsyncLocalStorage } from "node:async_hooks";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type ClientBase,
  type CustomTypesConfig,
  DatabaseError,
  Pool,
  type PoolClient,
  type QueryResult,
  types as standardTypes,
} from "pg";
import { SystemUnavailable } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import { openPglite, type PgliteEngine } from "./pglite.js";

/** Rows come back as plain objects; `rowCount` is the number of rows touched or returned. */
export interface Result<Row> {
  readonly rows: Row[];
  readonly rowCount: number;
}

/**
 * Something that runs SQL: the pool, or one transaction's client. Inside a transaction use only that client.
 *
 * Values out: timestamptz → Date; bigint, numeric, date and their arrays → text as PostgreSQL prints it, so that nothing is rounded
 * or shifted; json and jsonb → parsed; bytea → Buffer; integer and float → number; text[] → array. Values in: Date, text, number,
 * bigint, boolean, Uint8Array, null; an array is a PostgreSQL array and any other object is JSON, so an array meant as jsonb is
 * stringified by the caller. Without values the text may hold several statements; the rows are then those of all of them.
 *
 * A statement the database refuses rejects with the driver's `DatabaseError` (`code` is the SQLSTATE); a database that cannot be
 * reached rejects with SystemUnavailable.
 */
export interface Queryable {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Result<Row>>;
}

/** One code path for PostgreSQL and for the embedded PGlite. */
export interface Database extends Queryable {
  readonly engine: "postgresql" | "pglite";
  /** Commits when `run` resolves, rolls back when it rejects. No network, model or file inside: the embedded engine has one connection. */
  transaction<T>(run: (tx: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** A PostgreSQL with pgvector. Absent: the embedded engine. */
  readonly url?: string;
  /** Folder of the embedded database; the caller holds its lock. Absent: in memory, gone at `close`. */
  readonly dataDir?: string;
  /** A prepared database to start an empty one from, instead of the dump that a build leaves beside this file; "none" starts with no table. */
  readonly dump?: Uint8Array<ArrayBuffer> | "none";
  readonly log: Log;
}

/** Opens the database. The embedded engine runs in a thread of its own, so that a long query stops nobody's chat. */
export function createDatabase(options: DatabaseOptions): Promise<Database> {
  return options.url ? openPostgresql(options.url, options.log) : openEmbedded(options);
}

const connectionMs = 10_000;

async function openPostgresql(url: string, log: Log): Promise<Database> {
  const pool = new Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: connectionMs,
    types,
    application_name: "svyaz",
    // So that a day or an hour cut out by SQL is the same on both engines.
    verify: (client, done) => void client.query("set time zone 'UTC'").then(() => done(), done),
  });
  const database = overPool("postgresql", pool, log, () => pool.end());
  try {
    await database.query("select 1");
  } catch (error) {
    await pool.end();
    throw error;
  }
  return database;
}

async function openEmbedded({ dataDir, dump = preparedDump() ?? "none", log }: DatabaseOptions): Promise<Database> {
  const start = { dataDir: dataDir && resolve(dataDir), dump: dump === "none" ? undefined : dump };
  // What was in memory only is lost with the thread, and an empty database in its place would be worse than an error.
  return overEngine(await openPglite(start), log, dataDir === undefined ? undefined : () => openPglite(start));
}

/** The database of an engine that is open already; closes it. `reopen` starts it again after its thread has died. */
export function overEngine(opened: PgliteEngine, log: Log, reopen?: () => Promise<PgliteEngine>): Database {
  let engine = opened;
  let reopening: Promise<PgliteEngine> | undefined;
  const pool = new Pool({
    max: 1,
    idleTimeoutMillis: 0,
    user: "postgres",
    database: "postgres",
    types,
    stream: () => engine.connect(),
  });
  const revive = async () => {
    if (engine.alive || !reopen) return;
    log.warn("the embedded database stopped and is opened again");
    reopening ??= reopen().finally(() => (reopening = undefined));
    engine = await reopening;
  };
  const close = async () => {
    await pool.end();
    await engine.close();
  };
  return overPool("pglite", pool, log, close, revive);
}

/** The dump that `prepareDump` left beside the compiled file; a first start without it takes some seconds longer. */
function preparedDump(): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(readFileSync(fileURLToPath(new URL("./prepared.tar.gz", import.meta.url))));
  } catch {
    return undefined;
  }
}

/** Which transaction the running code is in; `open` turns false at its end, since what it started may run on. */
const transactions = new AsyncLocalStorage<{ open: boolean }>();

/** True in code that a transaction runs. For those who write besides it (the audit log) and would wait for its end for ever. */
export function insideTransaction(): boolean {
  return transactions.getStore()?.open === true;
}

function overPool(
  engine: Database["engine"],
  pool: Pool,
  log: Log,
  close: () => Promise<void>,
  revive: () => Promise<void> = async () => undefined,
): Database {
  // A connection that breaks between two queries fails the next one; without a listener it would end the process.
  pool.on("connect", (client) => client.on("error", (error) => log.warn("a database connection broke", { error })));
  pool.on("error", () => undefined);

  let closing: Promise<void> | undefined;
  const outside = (what: string) => {
    if (insideTransaction()) {
      throw new Error(`${what} inside a transaction: use the transaction's own client, the database has but one connection when embedded`);
    }
  };
  const connect = async (operation: string): Promise<PoolClient> => {
    if (closing) throw new SystemUnavailable("database: it is closed", { system: "database", operation });
    await revive();
    return pool.connect();
  };

  return {
    engine,
    async query<Row>(text: string, values?: readonly unknown[]) {
      outside("database.query()");
      return translated("query", async () => {
        const client = await connect("query");
        return run<Row>(client, text, values).then(
          (result) => (client.release(), result),
          (error: unknown) => (client.release(!isRefusal(error)), Promise.reject(error)),
        );
      });
    },
    async transaction<T>(act: (tx: Queryable) => Promise<T>) {
      outside("database.transaction()");
      const client = await translated("transaction", () => connect("transaction"));
      const state = { open: true };
      const tx: Queryable = {
        query: async (text, values) => {
          if (!state.open) throw new Error("a transaction's client was used after the transaction's end");
          return translated("query", () => run(client, text, values));
        },
      };
      try {
        await translated("begin", () => client.query("begin"));
        const result = await transactions.run(state, () => act(tx));
        state.open = false;
        const ended = await translated("commit", () => client.query("commit"));
        // PostgreSQL answers a commit of a failed transaction with a rollback and no error.
        if (ended.command !== "COMMIT")
          throw new Error("the transaction was rolled back: a statement in it had failed and the error was swallowed");
        client.release();
        return result;
      } catch (error) {
        state.open = false;
        // A client that cannot even roll back is thrown away, and the server rolls back by itself.
        await client.query("rollback").then(
          () => client.release(),
          () => client.release(true),
        );
        throw error;
      }
    },
    close: () => (closing ??= close()),
  };
}

async function run<Row>(client: ClientBase, text: string, values?: readonly unknown[]): Promise<Result<Row>> {
  const answer = (await client.query(text, values?.map(storable))) as QueryResult | QueryResult[];
  const all = [answer].flat();
  return { rows: all.flatMap(({ rows }) => (rows ?? []) as Row[]), rowCount: all.at(-1)?.rowCount ?? 0 };
}

/** PostgreSQL holds no NUL in a text, and what people and systems send may have one: it means nothing and goes. */
function storable(value: unknown): unknown {
  if (typeof value === "string") return value.includes("\0") ? value.replaceAll("\0", "") : value;
  return Array.isArray(value) ? value.map(storable) : value;
}

/** JSON that PostgreSQL takes: without NUL and halves of surrogate pairs, both of which jsonb refuses. */
export function storableJson(value: unknown): string {
  const plain = JSON.stringify(value);
  // Escapes of both are all that can be wrong with it, and hardly any value has them.
  if (plain === undefined || !plain.includes("\\u")) return plain;
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "string" ? inner.replaceAll("\0", "").toWellFormed() : inner));
}

/** SQLSTATE classes that speak of the connection or the server and not of the statement. */
const unreachable = /^(08|57P|53300)/;

/** The database understood the statement and said no; the connection is as good as before. */
function isRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && !unreachable.test(error.code ?? "");
}

async function translated<T>(operation: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    // A value that cannot be sent is the caller's mistake.
    if (isRefusal(error) || error instanceof SystemUnavailable || error instanceof TypeError || error instanceof RangeError) throw error;
    const message = `database: ${error instanceof Error ? error.message : String(error)}`;
    throw new SystemUnavailable(message, { system: "database", operation, cause: error });
  }
}

/** The driver's own table; its typings know fewer types than it does. */
const standardParser = standardTypes.getTypeParser as (oid: number, format?: string) => (value: string) => unknown;
const asText = (value: string) => value;
const asTexts = standardParser(1009);
/** bigint, numeric and date stay text, alone and in arrays; the driver would round the arrays and move days to the machine's zone. */
const ownParsers = new Map([
  [20, asText],
  [1700, asText],
  [1082, asText],
  [1016, asTexts],
  [1231, asTexts],
  [1182, asTexts],
]);
const types: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) => (format === "binary" ? undefined : ownParsers.get(oid)) ?? standardParser(oid, format),
};
