import type { Database } from "../src/platform/database.js";
import { createDocumentIndex } from "../src/search/document-index.js";
import { followIndex } from "../src/search/follow.js";
import { applyChanges } from "../src/sync/apply.js";
import { quiet } from "../test/support/database.js";
import { type Corpus, dimensions, makeCorpus } from "./corpus.js";
import { compare, type Contender, timed } from "./measure.js";
import { asDocument, empty, insertPlainly, type Load, pieceOf } from "./passages-table.js";
import { loadPgVectorStore, openPgVectorStore, type PgVectorStore } from "./pgvector-store.js";
import type { Section } from "./section.js";

/** Passages a second into an empty index, all at once and a hundred at a time. */
export const indexLoad: Section = {
  name: "index",
  about: "passages a second into the index, in bulk and by the hundred, against raw SQL and LangChain's PGVectorStore",

  async *run({ quick, engines, warn }) {
    const corpus = await makeCorpus({ passages: quick ? 100 : 5_000, questions: 0 });
    const store = await loadPgVectorStore({ fetch: !quick });
    if (!store) warn("index: LangChain's PGVectorStore is not in the cache; its lines are missing");
    for (const engine of engines) {
      const database = await engine.open();
      try {
        for (const [how, size] of [
          ["in bulk", corpus.entities.length],
          ["100 at a time", quick ? 5 : 20],
        ] as const) {
          const ways: [string, Open][] = [["raw SQL", async () => (load) => insertPlainly(database, corpus, load)]];
          if (store) ways.push(["PGVectorStore", async () => addVectors(await openPgVectorStore(store, database, dimensions), corpus)]);
          ways.push(["Svyaz", async () => syncAndIndex(database, corpus)]);
          yield await compare({
            title: `index, ${engine.name}: ${corpus.passages.length} passages ${how}`,
            note:
              "Documents of 5 passages of about 900 characters, vectors of 256 ready. Raw SQL writes the rows that Svyaz writes (text search and\n" +
              "trigram indexes included); PGVectorStore stores text, metadata and vector only.\nSvyaz: stored as synchronisation does, cut and indexed behind it.",
            contenders: ways.map(([name, open]) => contender(name, open, database, corpus, size)),
            against: ways.map(([name]) => name).filter((name) => name !== "Svyaz"),
            rounds: quick ? 1 : 3,
            warmUp: 0,
          });
        }
      } finally {
        await database.close();
      }
    }
  },
};

/** Prepares what loads one piece after the other into empty tables. */
type Open = () => Promise<(load: Load) => Promise<void>>;

function contender(name: string, open: Open, database: Database, { entities, passages }: Corpus, documentsAtOnce: number): Contender {
  return {
    name,
    async round() {
      await empty(database);
      const load = await open();
      const milliseconds = await timed(async () => {
        for (let from = 0; from < entities.length; from += documentsAtOnce)
          await load({ from, to: Math.min(entities.length, from + documentsAtOnce) });
      });
      const table = name === "PGVectorStore" ? "langchain_passages" : "passages";
      const { rows } = await database.query<{ count: string }>(`select count(*) from ${table}`);
      if (Number(rows[0]?.count) !== passages.length) throw new Error(`${name} stored ${rows[0]?.count} of ${passages.length} passages`);
      return { "passages/s": passages.length / (milliseconds / 1000) };
    },
  };
}

/** The product's own way: one transaction stores the documents, and the follower cuts and indexes what waits. */
export function syncAndIndex(database: Database, { entities, embedder }: Corpus): (load: Load) => Promise<void> {
  const index = createDocumentIndex({ database, embedder, log: quiet });
  return async ({ from, to }) => {
    const changes = entities.slice(from, to).map((entity) => ({ kind: "upsert", entity }) as const);
    await database.transaction((tx) => applyChanges(tx, changes, new Date()));
    const indexed = await followIndex({ database, index, log: quiet, read: async () => "", signal: new AbortController().signal });
    if (indexed !== to - from) throw new Error(`${indexed} of ${to - from} documents were indexed`);
  };
}

export function addVectors(store: PgVectorStore, corpus: Corpus): (load: Load) => Promise<void> {
  return async (load) => {
    const piece = pieceOf(corpus, load);
    await store.addVectors(
      piece.map(({ vector }) => vector),
      piece.map(({ passage }) => asDocument(passage)),
    );
  };
}
