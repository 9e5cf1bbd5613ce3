import { toSql } from "pgvector";
import type { Database, Queryable } from "../src/platform/database.js";
import type { BenchPassage, Corpus } from "./corpus.js";

/** A piece of the corpus, document by document. */
export interface Load {
  readonly from: number;
  readonly to: number;
}

/** Its passages, each with its vector. */
export function pieceOf({ passages, vectors }: Corpus, { from, to }: Load) {
  return passages
    .map((passage, at) => ({ passage, vector: vectors[at] ?? [] }))
    .filter(({ passage: { document } }) => document >= from && document < to);
}

/** The rows that the index makes, written as plainly as SQL can: one statement a table, in one transaction, vectors ready. */
export async function insertPlainly(database: Database, corpus: Corpus, { from, to }: Load): Promise<void> {
  const documents = corpus.entities.slice(from, to);
  const chosen = pieceOf(corpus, { from, to });
  await database.transaction(async (tx) => {
    const acls = await aclsOf(tx, [...new Set(chosen.map(({ passage }) => passage.group))]);
    const { rows } = await tx.query<{ id: string }>(
      `insert into system_integrations (system_name, entity_type, external_id, last_sync, title, digest, indexed_digest, content, acl_id)
       select 'bench', 'page', i, now(), t, i, i, 'here', a from unnest($1::text[], $2::text[], $3::bigint[]) as x (i, t, a) returning id`,
      [
        documents.map(({ ref }) => ref.id),
        documents.map(({ title }) => title),
        documents.map((_, at) => acls.get(chosen.find(({ passage }) => passage.document === from + at)?.passage.group ?? "")),
      ],
    );
    await tx.query(
      `insert into passages (entity, position, heading, text, acl_id, system_name, words, model, embedding)
       select e, p, h, t, a, 'bench', setweight(to_tsvector('russian', h), 'A') || to_tsvector('russian', t), 'bench', v::vector
       from unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::bigint[], $6::text[]) as x (e, p, h, t, a, v)`,
      [
        chosen.map(({ passage }) => rows[passage.document - from]?.id),
        chosen.map(({ passage }) => passage.position),
        chosen.map(({ passage }) => passage.heading),
        chosen.map(({ passage }) => passage.text),
        chosen.map(({ passage }) => acls.get(passage.group)),
        chosen.map(({ vector }) => toSql([...vector]) as string),
      ],
    );
  });
}

/** The five nearest that these groups may read, every row looked at: what a recall is measured by. */
export async function searchPlainly(database: Queryable, vector: readonly number[], groups: readonly string[]): Promise<readonly string[]> {
  const { rows } = await database.query<{ text: string }>(
    `select p.text from passages p join acls a on a.id = p.acl_id where a.clauses = any($2::jsonb[]) order by p.embedding <=> $1::vector limit 5`,
    [toSql([...vector]), groups.map((group) => JSON.stringify([[group]]))],
  );
  return rows.map(({ text }) => text);
}

export async function empty(database: Database): Promise<void> {
  await database.query("truncate passages, system_integrations, acls; drop table if exists langchain_passages");
}

/** What LangChain's store is given of a passage. */
export function asDocument({ text, heading, group }: BenchPassage) {
  return { pageContent: text, metadata: { heading, group } };
}

async function aclsOf(tx: Queryable, groups: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await tx.query<{ id: string; digest: string }>(
    `insert into acls (digest, kind, clauses) select d, 'clauses', jsonb_build_array(jsonb_build_array(d)) from unnest($1::text[]) as x (d)
     on conflict (digest) do update set kind = excluded.kind returning id, digest`,
    [groups],
  );
  return new Map(rows.map(({ id, digest }) => [digest, id]));
}
