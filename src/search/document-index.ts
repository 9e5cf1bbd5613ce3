import { toSql } from "pgvector";
import type { DocumentIndex, IndexQuery, Passage } from "../domain/document-index.js";
import type { EntityRef } from "../domain/entity.js";
import type { Log } from "../domain/log.js";
import type { Person } from "../domain/people.js";
import type { Database, Queryable } from "../platform/database.js";
import { readAs } from "../platform/reader.js";
import type { Embedder } from "./embed.js";
import { cutPassages } from "./passages.js";
import { type Hit, plain, wordHits, wordsOf } from "./words.js";

/** How many hits each leg brings to the fusion. */
const legSize = 40;
/** Reciprocal rank fusion's constant (Cormack, Clarke, Büttcher 2009): rank r is worth 1 / (60 + r). */
const fusionConstant = 60;
/** A passage less like the question than this part of the nearest one's likeness is left out. */
const leastLikeness = 0.75;
/** pgvector indexes no longer vectors. */
const longestIndexedVector = 2_000;
const putsBetweenLooks = 200;
const searchesBetweenCounts = 100;

/**
 * Passages over pgvector: words (Russian and English full text, any word, rare ones first, and words
 * that look alike for those misspelt) and, where an embedding endpoint is set, meaning (HNSW). Every leg says `acl_id = any($reader)`: rights are part of the query.
 */
export function createDocumentIndex({
  database,
  embedder,
  log,
  vectorIndexFrom = 10_000,
}: {
  readonly database: Database;
  readonly embedder?: Embedder;
  readonly log: Log;
  /** From so many vectors on an HNSW index is built; below, scanning them all is as fast and misses none. */
  readonly vectorIndexFrom?: number;
}): DocumentIndex {
  /** The vector index of one model's dimension; made when its first vectors come. */
  const indexedDimensions = new Set<number>();
  let putsUntilLook = 0;
  let passageCount = 0;
  let searchesUntilCount = 0;

  return {
    async put(entities) {
      for (const entity of entities) {
        if (!entity.content || entity.content === "later") continue;
        const { markdown } = entity.content;
        const passages = cutPassages(markdown, { title: entity.title });
        const headings = passages.map((passage) => [entity.title, ...passage.headings].join(" › "));
        const vectors = await vectorsOf(passages.map(({ text }) => text));
        if (vectors?.[0]) await ensureVectorIndex(vectors[0].length);
        await database.transaction(async (tx) => {
          const { rows } = await tx.query<{ id: string; acl_id: string }>(
            "select id, acl_id from system_integrations where system_name = $1 and entity_type = $2 and external_id = $3",
            [entity.ref.system, entity.ref.kind, entity.ref.id],
          );
          const row = rows[0];
          if (!row) return;
          await tx.query("delete from passages where entity = $1", [row.id]);
          if (passages.length === 0) return;
          await tx.query("insert into passage_words (word) select unnest($1::text[]) on conflict do nothing", [
            wordsOf([entity.title, ...passages.map(({ text }) => text)].join(" ")),
          ]);
          await tx.query(
            `insert into passages (entity, position, heading, text, acl_id, system_name, words, model, embedding)
             select $1, p, h, t, $2, $3,
               setweight(to_tsvector('russian', plain_h), 'A') || to_tsvector('russian', plain_t),
               $4, v::vector
             from unnest($5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) as x (p, h, t, v, plain_h, plain_t)`,
            [
              row.id,
              row.acl_id,
              entity.ref.system,
              vectors ? (embedder?.model ?? null) : null,
              passages.map((_, at) => at),
              headings,
              passages.map(({ text }) => text),
              passages.map((_, at) => (vectors?.[at] ? (toSql([...vectors[at]]) as string) : null)),
              headings.map(plain),
              passages.map(({ text }) => plain(text)),
            ],
          );
        });
      }
    },

    async remove(refs) {
      await database.query(
        `delete from passages where entity in (select e.id from system_integrations e join unnest($1::text[], $2::text[], $3::text[]) as x (s, k, i)
           on e.system_name = x.s and e.entity_type = x.k and e.external_id = x.i)`,
        [refs.map(({ system }) => system), refs.map(({ kind }) => kind), refs.map(({ id }) => id)],
      );
    },

    async search(query) {
      const acls = await openAcls(query.person);
      if (acls.all.length === 0) return [];
      const vector = embedder ? await queryVector(query.text) : undefined;
      // In one transaction, because the vector leg needs a setting of its own and may leave none behind.
      const legs = await database.transaction(async (tx) => {
        const found = [await wordHits(tx, query, acls.all, await countPassages(tx), legSize)];
        if (vector && embedder) found.push(await meaningLeg(tx, query, acls.all, vector, embedder.model));
        return found;
      });
      const scores = new Map<string, number>();
      for (const leg of legs)
        for (const [rank, { id }] of leg.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (fusionConstant + rank + 1));
      const ranked = [...scores].toSorted((a, b) => b[1] - a[1]).slice(0, legSize);
      const passages = await load(
        query.person,
        ranked.map(([id]) => id),
      );
      const open = await letThrough(passages, acls.ask, query);
      return ranked
        .flatMap(([id, score]) => {
          const passage = open.get(id);
          return passage ? [{ ...passage, score }] : [];
        })
        .slice(0, query.limit);
    },

    async read(ref, person) {
      const acls = await openAcls(person);
      const { rows } = await readAs(database, person.principals, (tx) =>
        tx.query<{ text: string }>(
          `select p.text from passages p join system_integrations e on e.id = p.entity
           where e.system_name = $1 and e.entity_type = $2 and e.external_id = $3 and p.acl_id = any($4::bigint[]) order by p.position`,
          [ref.system, ref.kind, ref.id, acls.open],
        ),
      );
      return rows.length === 0 ? undefined : rows.map(({ text }) => text).join("\n\n");
    },
  };

  /** The audiences that a person's principals open, as of now; those that only the system itself can answer stand apart. */
  async function openAcls(person: Person): Promise<{ all: string[]; open: string[]; ask: ReadonlySet<string> }> {
    const { rows } = await database.query<{ id: string; kind: string }>(
      `select id, kind from acls where kind in ('everyone', 'ask') or (kind = 'clauses' and not exists (
         select 1 from jsonb_array_elements(clauses) clause
         where not exists (select 1 from jsonb_array_elements_text(clause) principal where principal = any($1::text[]))))`,
      [person.principals],
    );
    const open = rows.filter(({ kind }) => kind !== "ask").map(({ id }) => id);
    return { all: rows.map(({ id }) => id), open, ask: new Set(rows.filter(({ kind }) => kind === "ask").map(({ id }) => id)) };
  }

  /** Near in meaning. The index is asked on until enough rows pass the filter, so that narrow rights lose nothing. */
  async function meaningLeg(
    tx: Queryable,
    query: IndexQuery,
    acls: readonly string[],
    vector: readonly number[],
    model: string,
  ): Promise<Hit[]> {
    await tx.query("select set_config('hnsw.iterative_scan', 'strict_order', true)");
    const size = vector.length;
    const { rows } = await tx.query<Hit>(
      `select p.id, 1 - (p.embedding::vector(${size}) <=> $1::vector(${size})) as score from passages p
       where vector_dims(p.embedding) = ${size} and p.model = $4 and p.acl_id = any($2::bigint[]) and ($3::text[] is null or p.system_name = any($3))
       order by p.embedding::vector(${size}) <=> $1::vector(${size}) limit ${legSize}`,
      [toSql([...vector]), acls, query.systems ?? null, model],
    );
    const least = (rows[0]?.score ?? 0) * leastLikeness;
    return rows.filter(({ score }) => score >= least);
  }

  /** How many passages there are, counted now and then: the rarity of words needs no better. */
  async function countPassages(tx: Queryable): Promise<number> {
    if (searchesUntilCount-- > 0) return passageCount;
    searchesUntilCount = searchesBetweenCounts;
    const { rows } = await tx.query<{ count: number }>("select count(*)::int as count from passages");
    return (passageCount = rows[0]?.count ?? 0);
  }

  /** What people are shown is read through the database's own wall besides. */
  async function load(person: Person, ids: readonly string[]): Promise<Map<string, Passage & { readonly acl: string }>> {
    if (ids.length === 0) return new Map();
    const { rows } = await readAs(database, person.principals, (tx) =>
      tx.query<{
        id: string;
        acl_id: string;
        system: string;
        kind: string;
        external: string;
        title: string;
        url: string | null;
        heading: string;
        text: string;
      }>(
        `select p.id, p.acl_id, e.system_name as system, e.entity_type as kind, e.external_id as external, e.title, e.url, p.heading, p.text
         from passages p join system_integrations e on e.id = p.entity where p.id = any($1::bigint[])`,
        [ids],
      ),
    );
    return new Map(
      rows.map((row) => [
        row.id,
        {
          ref: { system: row.system, kind: row.kind, id: row.external },
          title: row.title,
          url: row.url ?? undefined,
          text: row.text,
          score: 0,
          acl: row.acl_id,
        },
      ]),
    );
  }

  /** Hits whose rights only the system knows are shown when it says yes, and leave no trace when it does not. */
  async function letThrough(
    passages: ReadonlyMap<string, Passage & { readonly acl: string }>,
    ask: ReadonlySet<string>,
    query: IndexQuery,
  ): Promise<Map<string, Passage>> {
    const doubtful = [...passages.values()].filter(({ acl }) => ask.has(acl)).map(({ ref }) => ref);
    const readable = new Set(doubtful.length > 0 ? (await query.readable(doubtful)).map(key) : []);
    const open = [...passages].filter(([, { acl, ref }]) => !ask.has(acl) || readable.has(key(ref)));
    return new Map(open.map(([id, { ref, title, url, text, score }]) => [id, { ref, title, url, text, score }]));
  }

  async function vectorsOf(texts: readonly string[]): Promise<readonly (readonly number[])[] | undefined> {
    return embedder && texts.length > 0 ? embedder.embed(texts) : undefined;
  }

  /** Without the endpoint the other legs still answer. */
  async function queryVector(text: string): Promise<readonly number[] | undefined> {
    try {
      return (await embedder?.embed([text.slice(0, 2_000)]))?.[0];
    } catch (error) {
      log.warn("the embedding endpoint did not answer; searching by words alone", { error });
      return undefined;
    }
  }

  /** Looks now and then whether the vectors have become too many for a plain scan. */
  async function ensureVectorIndex(size: number): Promise<void> {
    if (indexedDimensions.has(size) || size > longestIndexedVector || putsUntilLook-- > 0) return;
    putsUntilLook = putsBetweenLooks;
    const { rows } = await database.query<{ count: string }>("select count(*) from passages where vector_dims(embedding) = $1", [size]);
    if (Number(rows[0]?.count ?? 0) < vectorIndexFrom) return;
    await database.query(
      `create index if not exists passages_meaning_${size} on passages using hnsw ((embedding::vector(${size})) vector_cosine_ops) where vector_dims(embedding) = ${size}`,
    );
    indexedDimensions.add(size);
  }
}

function key(ref: EntityRef): string {
  return `${ref.system}\0${ref.kind}\0${ref.id}`;
}
