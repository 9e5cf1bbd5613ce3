import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Log } from "../domain/log.js";
import { type Database, overEngine } from "./database.js";
import { migrate, migrationsChecksum } from "./migrate.js";
import { openPglite } from "./pglite.js";

/**
 * A dump of an embedded database with its extensions and whatever `fill` adds. Opening from it takes a sixth of the time that
 * making a new one takes.
 */
export async function makeDump(
  compression: "gzip" | "none",
  fill?: (database: Database) => Promise<unknown>,
): Promise<Uint8Array<ArrayBuffer>> {
  const engine = await openPglite({});
  const database = overEngine(engine, silent);
  try {
    await database.query("create extension if not exists vector; create extension if not exists pg_trgm");
    await fill?.(database);
    return await engine.dump(compression);
  } finally {
    await database.close();
  }
}

/**
 * Puts the dump that `createDatabase` starts an empty data folder from, every migration applied, to `target`; the build calls it.
 * `cache` is a folder that keeps it from build to build.
 */
export async function prepareDump(target: string, cache: string): Promise<void> {
  const name = `prepared-${await engineVersion()}-${(await migrationsChecksum()).slice(0, 16)}.tar.gz`;
  const bytes = await cachedDump(join(cache, name), () => makeDump("gzip", migrate));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, bytes);
}

/** The bytes kept in `file`, or those `make` makes, kept for the next time. A neighbour sees the whole file or none. */
export async function cachedDump(file: string, make: () => Promise<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  if (!existsSync(file)) {
    await mkdir(dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, await make());
    await rename(draft, file);
  }
  return Uint8Array.from(await readFile(file));
}

/** A dump fits the engine that made it: "0.5.14-0.0.15" for PGlite and its vector extension. */
export async function engineVersion(): Promise<string> {
  const versions = ["@electric-sql/pglite", "@electric-sql/pglite-pgvector"].map(async (name) => {
    // Neither package exports its package.json by name.
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    return (JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { version: string }).version;
  });
  return (await Promise.all(versions)).join("-");
}

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };
