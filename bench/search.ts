import type { Database } from "../src/platform/database.js";
import { createDocumentIndex } from "../src/search/document-index.js";
import { quiet } from "../test/support/database.js";
import { type Corpus, dimensions, groupOf, groups, makeCorpus, type Question } from "./corpus.js";
import type { Engine } from "./engines.js";
import { addVectors, syncAndIndex } from "./index-load.js";
import { type Comparison, compare, type Contender, waits } from "./measure.js";
import { searchPlainly } from "./passages-table.js";
import { loadPgVectorStore, openPgVectorStore, type PgVectorStore } from "./pgvector-store.js";
import type { Section } from "./section.js";

/** Milliseconds a search and what it finds. */
export const search: Section = {
  name: "search",
  about: "rights-filtered search: waits, recall@5 and found@5, against raw SQL and LangChain's PGVectorStore",

  async *run({ quick, engines, warn }) {
    const corpus = await makeCorpus({ passages: quick ? 200 : 5_000, questions: quick ? 5 : 20 });
    const storeClass = await loadPgVectorStore({ fetch: !quick });
    if (!storeClass) warn("search: LangChain's PGVectorStore is not in the cache; its lines are missing");
    for (const engine of engines) {
      const database = await engine.open();
      try {
        const everything = { from: 0, to: corpus.entities.length };
        await syncAndIndex(database, corpus)(everything);
        const store = storeClass && (await openPgVectorStore(storeClass, database, dimensions));
        if (store) await addVectors(store, corpus)(everything);
        const site = { engine, database, corpus, store };
        const twentieth = { name: `a reader of ${100 / groups} %`, groups: [corpus.group] };
        const all = { name: "a reader of everything", groups: Array.from({ length: groups }, (_, at) => groupOf(at)) };
        const rounds = quick ? 1 : 3;
        yield await compared(site, { reader: twentieth, questions: corpus.questions, hnsw: false, rounds });
        yield await compared(site, { reader: all, questions: corpus.questions.slice(0, 3), hnsw: false, rounds });
        yield await compared(site, { reader: twentieth, questions: corpus.questions, hnsw: true, rounds });
      } finally {
        await database.close();
      }
    }
  },
};

interface Site {
  readonly engine: Engine;
  readonly database: Database;
  readonly corpus: Corpus;
  readonly store: PgVectorStore | undefined;
}

interface Task {
  readonly reader: { readonly name: string; readonly groups: readonly string[] };
  readonly questions: readonly Question[];
  /** Whether both tables have an approximate index, which Svyaz makes from 10,000 vectors on, and meaning alone is asked for. */
  readonly hnsw: boolean;
  readonly rounds: number;
}

async function compared({ engine, database, corpus, store }: Site, { reader, questions, hnsw, rounds }: Task): Promise<Comparison> {
  const vectorIndexFrom = hnsw ? 1 : Number.POSITIVE_INFINITY;
  const index = createDocumentIndex({ database, embedder: corpus.embedder, log: quiet, vectorIndexFrom });
  if (hnsw) {
    // Putting a document is when the index looks whether it needs one.
    await index.put(corpus.entities.slice(0, 1));
    await store?.createHnswIndex({ dimensions });
  }
  const plainly = ({ vector }: Question) => searchPlainly(database, vector, reader.groups);
  const exact = new Map<Question, readonly string[]>();
  for (const question of questions) exact.set(question, await plainly(question));

  const person = {
    id: "reader",
    name: "Reader",
    language: "ru",
    timeZone: "Europe/Moscow",
    roles: ["staff"],
    principals: reader.groups,
  } as const;
  const ours = async (text: string) => {
    const passages = await index.search({ text, person, limit: 5, systems: ["bench"], readable: async () => [] });
    const closed = passages.find(({ ref }) => !reader.groups.includes(groupOf(Number(ref.id) % groups)));
    if (closed) throw new Error(`document ${closed.ref.id} was found and the reader may not read it`);
    return passages.map(({ text: found }) => found);
  };
  const contenders = [contender("raw SQL, exact", questions, exact, plainly)];
  if (store) {
    const filter = { group: { in: reader.groups } };
    contenders.push(
      contender("PGVectorStore", questions, exact, async ({ vector }) => {
        const found = await store.similaritySearchVectorWithScore(vector, 5, filter);
        return found.map(([{ pageContent }]) => pageContent);
      }),
    );
  }
  contenders.push(contender("Svyaz, meaning only", questions, exact, ({ wordless }) => ours(wordless)));
  if (!hnsw) contenders.push(contender("Svyaz", questions, exact, ({ text }) => ours(text)));

  return compare({
    title: `search, ${engine.name}: ${corpus.passages.length} passages, ${hnsw ? "HNSW" : "no vector index"}, ${reader.name}`,
    note: hnsw
      ? "As above, with an HNSW index on either table."
      : "Five passages for eight words of one passage in another order, one misspelt. recall@5: share of the exact nearest five; found@5: that passage\n" +
        "is among them. Meaning only: the same vectors, with words that stand nowhere. Svyaz whole joins words, letters and meaning: its five are others.",
    contenders,
    against: contenders.map(({ name }) => name).filter((name) => !name.startsWith("Svyaz")),
    rounds,
    warmUp: 0,
  });
}

function contender(
  name: string,
  questions: readonly Question[],
  exact: ReadonlyMap<Question, readonly string[]>,
  ask: (question: Question) => Promise<readonly string[]>,
): Contender {
  return {
    name,
    async round() {
      const milliseconds: number[] = [];
      let recalled = 0;
      let found = 0;
      for (const question of questions) {
        const began = performance.now();
        const answer = await ask(question);
        milliseconds.push(performance.now() - began);
        const wanted = exact.get(question) ?? [];
        recalled += wanted.filter((text) => answer.includes(text)).length / wanted.length;
        found += answer.includes(question.source.text) ? 1 : 0;
      }
      return { ...waits(milliseconds), "recall@5": recalled / questions.length, "found@5": found / questions.length };
    },
  };
}
