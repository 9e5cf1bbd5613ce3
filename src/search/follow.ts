import type { DocumentIndex } from "../domain/document-index.js";
import type { EntityRef } from "../domain/entity.js";
import { NotFound } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import type { Database } from "../platform/database.js";

/** A document that fails so often is left alone until it changes. */
const mostAttempts = 3;
const batchSize = 20;

interface Waiting {
  readonly id: string;
  readonly system: string;
  readonly kind: string;
  readonly external: string;
  readonly title: string;
  readonly content: "later" | "here";
  readonly markdown: string | null;
  readonly digest: string;
}

/** A document's text as Markdown; or why it has none: the file is a bomb, broken, locked with a password, a picture. */
export type Readout = string | { readonly unreadable: string };

/**
 * Follows synchronisation: whatever is stored and not yet indexed in its present state gets its text read, cut and put into the index.
 * A slow or broken service delays search and never loses a change. A file without readable text stays out of search, is
 * marked with the reason, and is left alone until it changes.
 * @returns how many were indexed.
 */
export async function followIndex({
  database,
  index,
  read,
  log,
  signal,
  systems,
  onDone,
}: {
  readonly database: Database;
  readonly index: DocumentIndex;
  /** Reads a document with Svyaz's own rights. */
  readonly read: (ref: EntityRef) => Promise<Readout>;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly systems?: readonly string[];
  readonly onDone?: (indexed: number) => void;
}): Promise<number> {
  let indexed = 0;
  for (;;) {
    signal.throwIfAborted();
    const { rows } = await database.query<Waiting>(
      `select id, system_name as system, entity_type as kind, external_id as external, title, content, markdown, digest from system_integrations
       where content is not null and indexed_digest is distinct from digest and index_attempts < ${mostAttempts} and ($1::text[] is null or system_name = any($1))
       order by index_attempts, id limit ${batchSize}`,
      [systems ?? null],
    );
    if (rows.length === 0) return indexed;
    for (const row of rows) {
      signal.throwIfAborted();
      await one(row);
    }
    onDone?.(indexed);
  }

  async function one(row: Waiting): Promise<void> {
    const ref = { system: row.system, kind: row.kind, id: row.external };
    try {
      const readout = row.content === "here" ? (row.markdown ?? "") : await read(ref);
      const [markdown, unreadable] = typeof readout === "string" ? [readout, null] : ["", readout.unreadable];
      if (unreadable !== null)
        log.info("a document has no text to read", { system: row.system, kind: row.kind, id: row.external, unreadable });
      await index.put([{ ref, title: row.title, readers: "nobody", relations: [], fields: {}, content: { markdown } }]);
      // Only if it is still the state that was read: a change that came meanwhile stays waiting.
      await database.query(
        "update system_integrations set indexed_digest = $2, markdown = null, index_error = $3 where id = $1 and digest = $2",
        [row.id, row.digest, unreadable],
      );
      indexed++;
    } catch (error) {
      signal.throwIfAborted();
      const gone = error instanceof NotFound;
      log.warn("a document could not be indexed", { system: row.system, kind: row.kind, id: row.external, error });
      await database.query("update system_integrations set index_attempts = index_attempts + $3, index_error = $2 where id = $1", [
        row.id,
        error instanceof Error ? error.message.slice(0, 500) : "unknown",
        gone ? mostAttempts : 1,
      ]);
    }
  }
}
