import type { IndexQuery } from "../domain/document-index.js";
import type { Queryable } from "../platform/database.js";

/** A passage and how well it answers, comparable within one leg only. */
export interface Hit {
  readonly id: string;
  readonly score: number;
}

const longestQueryWords = 16;
const nearWords = 3;
/** What a word in the body is worth beside the same word in a heading. */
const bodyWeight = 0.7;
/** A hit worth less than this part of the best one shares a common word with the question, and no more. */
const leastOfBest = 0.6;
/** Part of any question and of no subject: «что можно сделать», "how do I get". Stems, as the index keeps them. */
const askingWords = new Set("скольк можн нужн над дела сдела долж должн пожалуйст подскаж расскаж найд get pleas".split(" "));

interface Term {
  /** The asked word, or its lexeme, that this one stands for. */
  readonly of: string;
  readonly lexeme: string;
  /** The lexeme as PostgreSQL writes a query for it, quoted. */
  readonly query: string;
  readonly passages: number;
  /** Of letters, 0 to 1: what looks little like the asked word counts little. */
  readonly likeness: number;
}

/** Columns of a term in a row with its `lexeme` and `query`; $2 holds the audiences open to the reader. */
const termColumns =
  "lexeme, query::text, (select count(*)::int from passages p where p.words @@ query and p.acl_id = any($2::bigint[])) as passages";
const lexemeQuery = String.raw`lateral cast('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''' as tsquery) as query`;

/**
 * Passages with any of the question's words in any form, best first: each word counts by how rare it is among what the reader may
 * see (ln(1 + N / n), Spärck Jones's inverse document frequency), more in a heading than in the body. `count` is N.
 */
export async function wordHits(tx: Queryable, query: IndexQuery, acls: readonly string[], count: number, most: number): Promise<Hit[]> {
  const terms = await termsOf(tx, plain(query.text.slice(0, 1_000)), acls);
  if (terms.length === 0) return [];
  const all = Math.max(count, ...terms.map(({ passages }) => passages));
  const { rows } = await tx.query<Hit>(
    `select id, score from (
       select p.id, (
         select sum(best) from (
           select max(weight * ts_rank(array[${bodyWeight}, 0, 0, 1]::real[], p.words, term)) as best
           from unnest($1::tsquery[], $2::float8[], $3::text[]) as asked (term, weight, of_word) group by of_word) as each_word) as score
       from passages p
       where p.words @@ $4::tsquery and p.acl_id = any($5::bigint[]) and ($6::text[] is null or p.system_name = any($6))) as scored
     order by score desc, id limit ${most}`,
    [
      terms.map((term) => term.query),
      terms.map(({ passages, likeness }) => likeness * Math.log(1 + all / passages)),
      terms.map(({ of }) => of),
      terms.map((term) => term.query).join(" | "),
      acls,
      query.systems ?? null,
    ],
  );
  const least = (rows[0]?.score ?? 0) * leastOfBest;
  return rows.filter(({ score }) => score >= least);
}

/**
 * The question's words that stand in some passage the reader may see. One that stands in none (a slip of the finger, a name, a
 * declension that no stemmer knows) gives way to those that look most like it. The russian configuration stems Latin words as English.
 */
async function termsOf(tx: Queryable, text: string, acls: readonly string[]): Promise<readonly Term[]> {
  const { rows: asked } = await tx.query<Term>(
    `select lexeme as of, 1 as likeness, ${termColumns} from unnest(to_tsvector('russian', $1)), ${lexemeQuery} limit ${longestQueryWords}`,
    [text, acls],
  );
  const meant = asked.filter(({ lexeme }) => !askingWords.has(lexeme));
  const unknown = meant.filter(({ passages }) => passages === 0).map(({ lexeme }) => lexeme);
  const near = unknown.length > 0 ? await nearTerms(tx, text, unknown, acls) : [];
  const found = [...meant, ...near].filter(({ passages }) => passages > 0);
  return found.length > 0 ? found : asked.filter(({ passages }) => passages > 0);
}

async function nearTerms(tx: Queryable, text: string, unknown: readonly string[], acls: readonly string[]): Promise<readonly Term[]> {
  const { rows } = await tx.query<Term>(
    `select distinct on (asked.word, lexeme) asked.word as of, likeness, ${termColumns}
     from unnest($1::text[]) as asked (word)
     cross join lateral (
       select w.word, similarity(w.word, asked.word)::float8 as likeness from passage_words w where w.word % asked.word
       order by likeness desc, w.word limit ${nearWords}) as near
     cross join lateral unnest(to_tsvector('russian', near.word)) as stem, ${lexemeQuery}
     where tsvector_to_array(to_tsvector('russian', asked.word)) && $3::text[]
     order by asked.word, lexeme, likeness desc`,
    [wordsOf(text).slice(0, longestQueryWords), acls, unknown],
  );
  return rows;
}

/** As the index keeps text: people leave out the dots of ё, and mean the same word. */
export function plain(text: string): string {
  return text.replaceAll("ё", "е").replaceAll("Ё", "Е");
}

/** The words long enough for a slip of the finger to be told from another word. */
export function wordsOf(text: string): string[] {
  return [
    ...new Set(
      plain(text)
        .toLowerCase()
        .match(/[\p{L}\p{N}]{5,40}/gu) ?? [],
    ),
  ];
}
