import type { Database, Queryable } from "./database.js";

/** The role that row-level security holds: see migration 011. */
const role = "svyaz_reader";
const available = new WeakMap<Database, Promise<boolean>>();

/**
 * Reads in a transaction as somebody with these principals: the database itself shows no stored thing and no passage whose readers
 * they are not among, whatever the query says. Where the role could not be made, the query's own filter stands alone.
 */
export async function readAs<T>(database: Database, principals: readonly string[], act: (tx: Queryable) => Promise<T>): Promise<T> {
  const walled = await hasReaderRole(database);
  return database.transaction(async (tx) => {
    if (walled)
      await tx.query(`select set_config('svyaz.principals', $1, true), set_config('role', '${role}', true)`, [JSON.stringify(principals)]);
    return act(tx);
  });
}

/** Whether the second wall stands: found out once. */
export function hasReaderRole(database: Database): Promise<boolean> {
  const known = available.get(database) ?? look(database);
  available.set(database, known);
  known.catch(() => available.delete(database));
  return known;
}

async function look(database: Database): Promise<boolean> {
  const { rows } = await database.query<{ member: boolean }>(
    "select pg_has_role(current_user, oid, 'member') as member from pg_roles where rolname = $1",
    [role],
  );
  return rows[0]?.member ?? false;
}
