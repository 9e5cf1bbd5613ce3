import type { Entity } from "../src/domain/entity.js";
import { createCompany } from "../src/sandbox/company.js";
import { createLibrary } from "../src/sandbox/library.js";
import { createRandom, type Random } from "../src/sandbox/random.js";
import { createEmbedder, type Embedder } from "../src/search/embed.js";
import { cutPassages } from "../src/search/passages.js";
import { startOpenAi } from "../test/fakes/openai.js";

export const dimensions = 256;
/** Of so many groups each document lets in one: a person of one group may read a twentieth. */
export const groups = 20;
const sectionsOfOne = 5;
const sectionCharacters = 900;

/** A passage as every contender stores it. */
export interface BenchPassage {
  readonly document: number;
  readonly position: number;
  readonly heading: string;
  readonly text: string;
  readonly group: string;
}

/** Something asked of the corpus: the words, where they are from, and the same under a name that no text holds. */
export interface Question {
  readonly text: string;
  /** The passage whose words they are. */
  readonly source: BenchPassage;
  readonly vector: readonly number[];
  /** Text that finds nothing by words or letters and has the same vector. */
  readonly wordless: string;
}

export interface Corpus {
  readonly entities: readonly Entity[];
  readonly passages: readonly BenchPassage[];
  /** Of `passages`, in their order. */
  readonly vectors: readonly (readonly number[])[];
  readonly questions: readonly Question[];
  /** Answers from memory, so that the endpoint's own time is in nobody's figures. */
  readonly embedder: Embedder;
  /** Whose documents the questions are about. */
  readonly group: string;
}

/** Made-up documents with headings, the vectors from the fake embedding endpoint. The same sizes give the same corpus. */
export async function makeCorpus(size: { readonly passages: number; readonly questions: number }): Promise<Corpus> {
  const random = createRandom("bench");
  const words = language(random);
  const entities = Array.from({ length: Math.ceil(size.passages / sectionsOfOne) }, (_, at) => entity(at, words, random));
  const passages = entities.flatMap(toPassages);
  const group = groupOf(7);
  const readable = passages.filter((passage) => passage.group === group);
  const asked = Array.from({ length: size.questions }, () => {
    const source = random.pick(readable);
    return { text: questionFrom(source.text, random), source };
  });
  const embed = await vectorsFromEndpoint([...passages.map(({ text }) => text), ...asked.map(({ text }) => text)]);
  const questions = asked.map((one, at) => ({ ...one, vector: embed(one.text), wordless: `q${at}x` }));
  for (const { wordless, vector } of questions) embed.remember(wordless, vector);
  return {
    entities,
    passages,
    vectors: passages.map(({ text }) => embed(text)),
    questions,
    embedder: { model: "bench", embed: async (texts) => texts.map((text) => embed(text)) },
    group,
  };
}

export function groupOf(number: number): string {
  return `bench:group:${number}`;
}

function entity(at: number, words: ReturnType<typeof language>, random: Random): Entity {
  const title = sentence(words.rare, 3);
  const topic = Array.from({ length: 40 }, words.rare);
  // A third of a document's words are its own, as a document's are.
  const word = () => (random.chance(0.35) ? random.pick(topic) : words.common());
  const parts = Array.from({ length: sectionsOfOne }, () => {
    const sentences: string[] = [];
    while (sentences.join(" ").length < sectionCharacters) sentences.push(`${sentence(word, random.integer(8, 15))}.`);
    return `## ${sentence(word, 2)}\n\n${sentences.join(" ")}`;
  });
  const readers = [[groupOf(at % groups)]];
  return {
    ref: { system: "bench", kind: "page", id: String(at) },
    title,
    readers,
    relations: [],
    fields: {},
    content: { markdown: parts.join("\n\n") },
  };
}

function toPassages({ content, title, readers }: Entity, document: number): BenchPassage[] {
  if (typeof content !== "object" || typeof readers !== "object") return [];
  const group = readers[0]?.[0] ?? "";
  return cutPassages(content.markdown, { title }).map(({ headings, text, position }) => ({
    document,
    position,
    heading: [title, ...headings].join(" › "),
    text,
    group,
  }));
}

/** Eight words of the passage in another order, one of them with a slip of the finger. */
function questionFrom(text: string, random: Random): string {
  const words = text.toLowerCase().replaceAll(".", "").split(" ");
  const [first = "", ...rest] = Array.from({ length: 8 }, () => random.pick(words));
  return [first.slice(0, 2) + first.slice(3), ...rest].join(" ");
}

/** Running Russian words as often as the sandbox's documents use them, and rare ones made of halves of them: names, goods, jargon. */
function language(random: Random): { readonly common: () => string; readonly rare: () => string } {
  const { pages } = createLibrary(createCompany({ anchor: "2026-11-20" }));
  const running = pages.flatMap(
    ({ body }) =>
      body
        .toLowerCase()
        .replaceAll(/<[^>]+>/g, " ")
        .match(/[а-яё]+/g) ?? [],
  );
  const long = [...new Set(running.filter((word) => word.length >= 6))];
  const blend = () => {
    const [head, tail] = [random.pick(long), random.pick(long)];
    return head.slice(0, Math.ceil(head.length / 2)) + tail.slice(Math.ceil(tail.length / 2));
  };
  const blends = Array.from({ length: 6_000 }, blend);
  return { common: () => random.pick(running), rare: () => random.pick(blends) };
}

function sentence(word: () => string, length: number): string {
  const text = Array.from({ length }, word).join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

async function vectorsFromEndpoint(texts: readonly string[]) {
  const server = await startOpenAi(() => ({ text: "" }), { dimensions });
  try {
    const vectors = await createEmbedder({ apiKey: "test-key", baseUrl: server.url, model: "bench" }).embed(texts);
    const known = new Map(texts.map((text, at) => [text, vectors[at] ?? []]));
    const embed = (text: string) => {
      const vector = known.get(text);
      if (!vector) throw new Error(`no vector was made of "${text.slice(0, 40)}"`);
      return vector;
    };
    return Object.assign(embed, { remember: (text: string, vector: readonly number[]) => known.set(text, [...vector]) });
  } finally {
    await server.close();
  }
}
