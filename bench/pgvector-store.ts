import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Database } from "../src/platform/database.js";

/** As much of LangChain's PGVectorStore as is measured. */
export interface PgVectorStore {
  addVectors(
    vectors: readonly (readonly number[])[],
    documents: readonly { readonly pageContent: string; readonly metadata: Readonly<Record<string, unknown>> }[],
  ): Promise<void>;
  similaritySearchVectorWithScore(
    query: readonly number[],
    k: number,
    filter: Readonly<Record<string, unknown>>,
  ): Promise<readonly (readonly [{ readonly pageContent: string }, number])[]>;
  createHnswIndex(config: { readonly dimensions: number }): Promise<void>;
}

interface PgVectorStoreClass {
  initialize(embeddings: unknown, config: Readonly<Record<string, unknown>>): Promise<PgVectorStore>;
}

const version = "1.1.29";
// Inside node_modules it finds the project's own @langchain/core and pg.
const cache = fileURLToPath(new URL("../node_modules/.cache/svyaz/", import.meta.url));
const folder = join(cache, `langchain-community-${version}`);

/**
 * LangChain's PGVectorStore, or nothing where it cannot be had. Its package (@langchain/community) brings 139 others and 196 MB
 * when it is installed, so it is no dependency: the one archive (2.4 MB) is fetched once by npm and unpacked into the cache.
 */
export async function loadPgVectorStore({ fetch }: { readonly fetch: boolean }): Promise<PgVectorStoreClass | undefined> {
  const file = join(folder, "dist/vectorstores/pgvector.js");
  if (!existsSync(file) && fetch) await unpack().catch(() => undefined);
  if (!existsSync(file)) return undefined;
  const { PGVectorStore } = (await import(pathToFileURL(file).href)) as { PGVectorStore: PgVectorStoreClass };
  return PGVectorStore;
}

async function unpack(): Promise<void> {
  const run = promisify(execFile);
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await run("npm", ["pack", `@langchain/community@${version}`, "--silent", "--pack-destination", draft], { timeout: 60_000 });
  await run("tar", ["-xzf", join(draft, `langchain-community-${version}.tgz`), "-C", draft]);
  await rename(join(draft, "package"), folder);
  await rm(draft, { recursive: true, force: true });
}

/** A store in a table of its own. Its pool is our database, so that both go the same way to either engine. */
export function openPgVectorStore(store: PgVectorStoreClass, database: Database, dimensions: number): Promise<PgVectorStore> {
  const pool = {
    query: (text: string, values?: readonly unknown[]) => database.query(text, values),
    connect: async () => ({ ...pool, release() {} }),
  };
  const embeddings = { embedDocuments: async () => [], embedQuery: async () => [] };
  return store.initialize(embeddings, { pool, tableName: "langchain_passages", dimensions });
}
