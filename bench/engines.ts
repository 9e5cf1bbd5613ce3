import { createDatabase, type Database } from "../src/platform/database.js";
import { migrate, migrationsChecksum } from "../src/platform/migrate.js";
import { openTestDatabase, quiet, testDatabaseUrl, testDump } from "../test/support/database.js";

/** A database engine that the figures depend on. */
export interface Engine {
  readonly name: "PGlite" | "PostgreSQL";
  /** An empty database with every migration, in memory or thrown away by `close`. */
  open(): Promise<Database>;
}

/** PGlite always; PostgreSQL too when TEST_DATABASE_URL names one (bin/postgres-for-tests.sh prints one). */
export function engines(): readonly Engine[] {
  const pglite: Engine = {
    name: "PGlite",
    open: async () => createDatabase({ dump: await testDump((await migrationsChecksum()).slice(0, 16), migrate), log: quiet }),
  };
  return testDatabaseUrl ? [pglite, { name: "PostgreSQL", open: () => openTestDatabase() }] : [pglite];
}
