import type { planner } from "../../text/ru/planner.js";
import type { Clause } from "./clause.js";
import type { Phrase } from "./names.js";
import type { Vocabulary } from "./words.js";

export type Input = Readonly<Record<string, unknown>>;

/** A key of the planner's words that is a plain sentence. */
export type Sentence = { [Key in keyof typeof planner]: (typeof planner)[Key] extends string ? Key : never }[keyof typeof planner];

/** What was spoken of before this message: refs where a tool named one, else the person's own words. */
export interface Memory {
  readonly last?: { readonly tool: string; readonly input: Input };
  readonly client?: string;
  /** The same client as a person would write it: other systems do not know the CRM's refs. */
  readonly clientName?: string;
  readonly deal?: string;
  readonly item?: string;
  readonly documents: readonly string[];
  /** The planner's own question that this message may answer. */
  readonly asked?: Sentence;
}

/** What a grammar makes of a request: a call of its tool, a question back, or a sentence. A `null` in an input is a value the person left open. */
export type Draft =
  | { readonly kind: "call"; readonly input: Input }
  | { readonly kind: "ask"; readonly question: Sentence; readonly input: Input }
  | { readonly kind: "say"; readonly sentence: Sentence };

/** So many points when all these concepts stand in the request; "!deal" wants it absent. */
export type Cue = readonly [points: number, ...concepts: string[]];

/** One kind of request: the words only it knows, what speaks for it, and how its input is read. */
export interface Intent {
  /** The tool's name, or a topic for which there is none. */
  readonly name: string;
  readonly kind: "read" | "write" | "topic";
  readonly vocabulary: Vocabulary;
  readonly cues: readonly Cue[];
  build(clause: Clause, memory: Memory, prior: Input): Draft;
}

/** How strongly a request speaks for a grammar. */
export function score(intent: Intent, clause: Clause): number {
  return intent.cues.reduce((sum, [points, ...concepts]) => {
    const all = concepts.every((concept) => (concept.startsWith("!") ? !clause.has(concept.slice(1)) : clause.has(concept)));
    return all ? sum + points : sum;
  }, 0);
}

const clientWords = /^(с|со|у|для|по|к|ко|от|про|о|об|with|for|to|from|about|of|на|в)$/;

/** The client among the phrases of a request, or nothing. */
export function pickClient(phrases: readonly Phrase[]): Phrase | undefined {
  const rated = phrases
    .filter(
      ({ lead, next }) =>
        !["stage", "pipeline", "warehouse", "region"].some((one) => lead.has(one)) && !next.has("pipeline") && !next.has("stage"),
    )
    .map((phrase) => ({
      phrase,
      points:
        (phrase.legal ? 4 : 0) +
        (phrase.lead.has("client") ? 4 : 0) +
        (clientWords.test(phrase.preposition) ? 2 : 0) +
        (phrase.capital ? 2 : 0) +
        (phrase.quoted ? 1 : 0) +
        (/^(из|от|from|of)$/.test(phrase.preposition) ? 1 : 0) -
        (phrase.person && phrase.to - phrase.from === 1 ? 2 : 0) -
        (/^(в|на|in|at)$/.test(phrase.preposition) && !phrase.capital ? 3 : 0),
    }))
    .toSorted((a, b) => b.points - a.points);
  return rated[0]?.phrase;
}

/** The client a request is about: an exact key, a name, or the one just spoken of when a pronoun points there. */
export function clientOf(
  clause: Clause,
  memory: Memory,
  phrases: readonly Phrase[],
): { readonly client?: string; readonly phrase?: Phrase } {
  const key = clause.contacts.find(
    ({ kind, value }) =>
      kind === "inn" || kind === "phone" || kind === "email" || (kind === "ref" && /:(company|contact|client)/.test(value)),
  )?.value;
  if (key) return { client: key };
  const phrase = pickClient(phrases);
  const spoken = clause.has("him") ? memory.client : undefined;
  // "эээ, а что с ним": beside a pronoun a stray word is no client.
  const stray = phrase && spoken !== undefined && phrase.preposition === "" && !phrase.capital && !phrase.quoted && !phrase.legal;
  if (phrase && !stray) return { client: phrase.nominative, phrase };
  return spoken === undefined ? {} : { client: spoken };
}

/** The system named in a request by one of its usual names. */
export function systemOf(clause: Clause): string | undefined {
  for (const word of clause.words)
    for (const concept of word.means) if (concept.startsWith("system:")) return concept.slice("system:".length);
  return undefined;
}

/** An input without its empty places. */
export function filled(input: Input): Input {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
