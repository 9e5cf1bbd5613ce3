import { stem } from "../../text/names.js";

/** One word of a message, and what is known about it. `from` and `to` are places in the text. */
export interface Word {
  readonly text: string;
  /** Lower case, ё as е, without a possessive 's. */
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly capital: boolean;
  /** Inside quotation marks. */
  readonly quoted: boolean;
  readonly kind: "word" | "number" | "mark";
  /** What the word may stand for: "deal", "create", "month-3". Empty for a word nobody has told us of: a name, likely. */
  readonly means: ReadonlySet<string>;
}

/** Concept → the words that stand for it, separated by commas; "продаж*" is a beginning, "=called" that form alone, "в работе" a phrase. */
export type Vocabulary = Readonly<Record<string, string>>;

/** The longest message that is understood; the rest of a longer one is left unread. */
const longest = 2000;
/** Nothing longer is a word of any vocabulary, and stemming it takes long. */
const longestWord = 40;
const nothing: ReadonlySet<string> = new Set();

/** Text as people mean it: no control or invisible characters, one kind of space and dash, and not endless. */
export function clean(text: string): string {
  return text
    .slice(0, longest * 4)
    .normalize("NFC")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]+/gu, (found) => (/[\n\r]/.test(found) ? "\n" : found.includes("\t") ? " " : ""))
    .replaceAll(/[^\S\n]+/gu, " ")
    .replaceAll(/[‐‑‒]/g, "-")
    .replaceAll(/(?<!\p{L})(топ|top)-(?=\d)/giu, "$1 ")
    .trim()
    .slice(0, longest);
}

export function keyOf(word: string): string {
  return word.toLowerCase().replaceAll("ё", "е").replaceAll("’", "'").replace(/'s?$/, "");
}

interface Phrase {
  readonly stems: readonly string[];
  readonly concept: string;
}

/** Knows words of the trade in any form, and with a slip of the finger. */
export class Lexicon {
  readonly #keys = new Map<string, Set<string>>();
  readonly #stems = new Map<string, Set<string>>();
  readonly #beginnings: { readonly start: string; readonly concept: string }[] = [];
  readonly #phrases = new Map<string, Phrase[]>();
  /** Words of phrases are spelled right: "remote" is no "remove". */
  readonly #inPhrases = new Set<string>();
  /** Stems long enough to be recognised in spite of a typo, by length. */
  readonly #spelled = new Map<number, { readonly stem: string; readonly letters: number }[]>();

  /** Words of `plain` are never guessed from a typo: they are too many and mean too little. */
  constructor(trade: readonly Vocabulary[], plain: readonly Vocabulary[]) {
    for (const vocabulary of trade) this.#add(vocabulary, true);
    for (const vocabulary of plain) this.#add(vocabulary, false);
  }

  #add(vocabulary: Vocabulary, guessed: boolean): void {
    for (const [concept, list] of Object.entries(vocabulary))
      for (const entry of list.split(",").map((one) => keyOf(one.trim()))) {
        if (entry === "") continue;
        if (entry.startsWith("=")) {
          put(this.#keys, entry.slice(1), concept);
          continue;
        }
        if (entry.endsWith("*")) this.#beginnings.push({ start: entry.slice(0, -1), concept });
        else if (entry.includes(" ")) {
          const stems = entry.split(/\s+/).map(stem);
          const first = stems[0] ?? "";
          this.#phrases.set(first, [...(this.#phrases.get(first) ?? []), { stems, concept }]);
          for (const one of stems) this.#inPhrases.add(one);
        } else {
          put(this.#keys, entry, concept);
          put(this.#stems, stem(entry), concept);
        }
        const spelled = entry.endsWith("*") ? entry.slice(0, -1) : stem(entry);
        if (guessed && !entry.includes(" ") && spelled.length >= 4) {
          const same = this.#spelled.get(spelled.length) ?? [];
          same.push({ stem: spelled, letters: lettersOf(spelled) });
          this.#spelled.set(spelled.length, same);
        }
      }
  }

  /** What a word may stand for: by its form, by its stem, by its beginning. */
  means(key: string): ReadonlySet<string> {
    if (key.length > longestWord) return nothing;
    return this.#keys.get(key) ?? this.#known(stem(key), key) ?? nothing;
  }

  #known(stemmed: string, key: string): ReadonlySet<string> | undefined {
    const exact = this.#stems.get(stemmed);
    if (exact) return exact;
    const begun = this.#beginnings.filter(({ start }) => key.startsWith(start)).map(({ concept }) => concept);
    return begun.length > 0 ? new Set(begun) : undefined;
  }

  /** What a misspelt word was meant to be: one slip, two in long words. */
  guess(key: string): ReadonlySet<string> {
    if (key.length > longestWord) return nothing;
    const stemmed = stem(key);
    if (this.#inPhrases.has(stemmed)) return nothing;
    // With its first vowel left out ("сдлки") a word keeps its ending.
    const written = stemmed === key && key.length >= 5 ? key.replace(/(?<=[бвгджзклмнпрстфхцчшщ])[аеиоуыюя]$/, "") : stemmed;
    if (key.length < 5 || written.length < 4) return nothing;
    const allowed = written.length >= 9 ? 2 : 1;
    const letters = lettersOf(written);
    for (let slips = 1; slips <= allowed; slips++)
      for (let length = written.length - slips; length <= written.length + slips; length++)
        for (const known of this.#spelled.get(length) ?? [])
          if (mayBe(written, known.stem) && bits(known.letters ^ letters) <= 2 * slips && distance(written, known.stem, slips) <= slips)
            return this.#known(known.stem, known.stem) ?? nothing;
    return nothing;
  }

  /** Phrases that start at a word: their concept and how many words they take. */
  phrases(stems: readonly string[], at: number): readonly { readonly concept: string; readonly length: number }[] {
    return (this.#phrases.get(stems[at] ?? "") ?? [])
      .filter((phrase) => phrase.stems.every((one, index) => stems[at + index] === one))
      .map(({ concept, stems: { length } }) => ({ concept, length }));
  }
}

const vowel = /[аоеиэяыую]/;

/** The first letter is rarely wrong but for a vowel that sounds alike ("астатки"); in the shortest words only a letter left out counts. */
function mayBe(written: string, known: string): boolean {
  const [first = "", other = ""] = [written[0], known[0]];
  const alike = first === other || (vowel.test(first) && vowel.test(other));
  if (written.length >= 6) return alike || (written[1] === known[0] && written[0] === known[1]);
  return first === other && (written.length === 5 || known.length === 5);
}

function put(map: Map<string, Set<string>>, key: string, concept: string): void {
  const known = map.get(key);
  if (known) known.add(concept);
  else map.set(key, new Set([concept]));
}

/** Which letters a word has, as bits: tells most pairs of words apart without comparing them. */
function lettersOf(word: string): number {
  let letters = 0;
  for (let index = 0; index < word.length; index++) letters |= 1 << (word.charCodeAt(index) % 31);
  return letters;
}

function bits(value: number): number {
  let left = value;
  let count = 0;
  for (; left !== 0; left &= left - 1) count++;
  return count;
}

/** Damerau–Levenshtein distance (optimal string alignment), given up beyond `limit`. */
export function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      next.push(best);
    }
    if (Math.min(...next) > limit) return limit + 1;
    before = row;
    row = next;
  }
  return row[b.length] ?? limit + 1;
}

const pieces = /\p{N}+(?:[.,:/]\p{N}+)*(?:-?[\p{L}]+|%)?|[\p{L}][\p{L}\p{N}\p{M}]*(?:['’.&+_-][\p{L}\p{N}]+)*|[^\s\p{M}]/gu;
const quotes: Readonly<Record<string, string>> = { "«": "»", "“": "”", "„": "“", '"': '"', "‘": "’" };

/** Cuts a clean text into words and tells what each may mean. */
export function readWords(text: string, lexicon: Lexicon): Word[] {
  const found = [...text.matchAll(pieces)].map((match) => ({ text: match[0], from: match.index, to: match.index + match[0].length }));
  const quoted = quotedSpans(text);
  const keys = found.map((piece) => keyOf(piece.text));
  const stems = keys.map((key) => (key.length <= longestWord && /\p{L}/u.test(key) ? stem(key) : key));
  const meanings = keys.map((key, index) => {
    const piece = found[index];
    if (!piece || !/\p{L}/u.test(key)) return nothing;
    const known = lexicon.means(key);
    if (known.size > 0) return known;
    // A capital inside a sentence is a name, and names are not corrected.
    const capital = /^\p{Lu}/u.test(piece.text) && !startsSentence(found, index);
    const named = capital || goesOnWithName(found, index);
    return named || /\p{N}/u.test(key) || index > 80 ? nothing : lexicon.guess(key);
  });
  for (let at = 0; at < stems.length; at++)
    for (const { concept, length } of lexicon.phrases(stems, at))
      for (let index = at; index < at + length; index++) meanings[index] = new Set([...(meanings[index] ?? nothing), concept]);
  return found.map((piece, index) => ({
    ...piece,
    key: keys[index] ?? "",
    capital: /^\p{Lu}/u.test(piece.text),
    quoted: quoted.some(({ from, to }) => piece.from > from && piece.to <= to),
    kind: /^\p{N}/u.test(piece.text) ? "number" : /^\p{L}/u.test(piece.text) ? "word" : "mark",
    means: meanings[index] ?? nothing,
  }));
}

/** «по Лазурному берегу»: behind an adjective with a capital stands the rest of a name. */
function goesOnWithName(found: readonly { readonly text: string }[], index: number): boolean {
  return (
    /^[А-ЯЁ][а-яё-]+(?:[ыи]й|ая|яя|[ое]е|[ыи]е|[ое]го|[ое]му|[ыи]м|[ое]й|[ое]м|ую|юю)$/.test(found[index - 1]?.text ?? "") &&
    !startsSentence(found, index - 1)
  );
}

function startsSentence(found: readonly { readonly text: string }[], index: number): boolean {
  const before = found[index - 1]?.text;
  return before === undefined || /^[.!?…:;]$/.test(before);
}

/** What stands between quotation marks: `from` at the opening one, `to` at the closing one. */
export function quotedSpans(text: string): { readonly from: number; readonly to: number }[] {
  const spans: { from: number; to: number }[] = [];
  for (let at = 0; at < text.length; at++) {
    const closing = quotes[text[at] ?? ""];
    if (!closing) continue;
    const end = text.indexOf(closing, at + 1);
    if (end <= at + 1 || end - at > 120) continue;
    spans.push({ from: at, to: end });
    at = end;
  }
  return spans;
}
