import type { Amount } from "./amounts.js";
import { findAmounts } from "./amounts.js";
import type { Contact } from "./contacts.js";
import { findMoment, type LocalNow, type SaidMoment } from "./moments.js";
import { findPhrases, type Phrase } from "./names.js";
import { findPeriod, type SaidPeriod } from "./periods.js";
import { namesTime } from "./recurrence.js";
import type { Word } from "./words.js";

const none: ReadonlySet<number> = new Set();

/** One request of a message: its words, and whatever grammars ask of them, found when asked for. */
export class Clause {
  readonly contacts: readonly Contact[];
  readonly #concepts = new Set<string>();
  readonly #contactPlaces = new Set<number>();
  #period: SaidPeriod | undefined | null = null;
  #moment: SaidMoment | undefined | null = null;

  constructor(
    readonly words: readonly Word[],
    /** The whole message; places of words are places in it. */
    readonly message: string,
    contacts: readonly Contact[],
    readonly now: LocalNow,
  ) {
    const start = words[0]?.from ?? 0;
    const end = words.at(-1)?.to ?? 0;
    this.contacts = contacts.filter(({ from, to }) => from >= start && to <= end);
    words.forEach((word, at) => {
      if (this.contacts.some(({ from, to }) => word.from >= from && word.to <= to)) this.#contactPlaces.add(at);
      else for (const concept of word.means) this.#concepts.add(concept);
    });
    for (const { kind, value } of this.contacts) {
      this.#concepts.add(`#${kind}`);
      if (kind === "ref")
        this.#concepts.add(
          /:(company|contact|client|person):/.test(value) ? "#ref:client" : /:(deal|lead):/.test(value) ? "#ref:deal" : "#ref:document",
        );
    }
    if ([...this.#concepts].some((concept) => concept.startsWith("ordinal-"))) this.#concepts.add("#ordinal");
    if (this.contacts.some(({ kind }) => kind === "inn" || kind === "phone" || kind === "email")) this.#concepts.add("#contact");
    if (this.text.includes("?")) this.#concepts.add("?");
    // «Сделку 1024 в выигранные, можно?» is an order for all its mark.
    if (this.text.includes("?") && /^\P{L}*(?:is|was|has)\s|(?<!\p{L})сделка(?!\p{L})/iu.test(this.text)) this.#concepts.add("#whether");
    const spoken = words.filter(({ kind }) => kind !== "mark");
    const first =
      spoken.find((word) => !["filler", "and", "preposition", "hello", "instead", "we", "me"].some((one) => word.means.has(one))) ??
      spoken[0];
    for (const concept of first?.means ?? []) this.#concepts.add(`first:${concept}`);
    if (/^[#№]?\d{2,12}$/.test(spoken[0]?.text ?? "")) this.#concepts.add("begins:number");
    if ((message.match(/[\p{L}\p{N}]+/gu) ?? []).length <= 3) this.#concepts.add("#brief");
    if (spoken.some(({ key }, at) => isSeveralDeals(key, spoken[at - 1]?.key))) this.#concepts.add("#deals");
    if (spoken.slice(0, 3).some(({ means }) => means.has("in-being"))) this.#concepts.add("begins:in-being");
    if (words.some(({ quoted }) => quoted)) this.#concepts.add("quoted");
    if (isTitle(spoken.slice(1))) this.#concepts.add("#title");
  }

  /** Adds a meaning that only the conversation knows. */
  mark(concept: string): void {
    this.#concepts.add(concept);
  }

  get text(): string {
    return this.message.slice(this.words[0]?.from ?? 0, this.words.at(-1)?.to ?? 0);
  }

  /** Does a word of this meaning stand here? "#amount", "#period", "#name" and "#deal" ask for what was found. */
  has(concept: string): boolean {
    if (concept === "#amount") return this.amounts().some(({ certain }) => certain);
    if (concept === "#sum") return this.amounts().some(({ certain, bound }) => certain && bound === undefined);
    if (concept === "#period") return this.period !== undefined;
    if (concept === "#clock") return namesTime(this.words);
    if (concept === "#name") return this.phrases().length > 0;
    if (concept === "#number")
      return this.words.some(({ text }, at) => /^\d{2,12}$/.test(text) && !this.#contactPlaces.has(at) && !this.period?.words.has(at));
    if (concept === "#party")
      return this.phrases().some(
        ({ capital, quoted, legal, preposition }) => capital || quoted || legal || /^(с|со|у|по|от|про|о|об)$/.test(preposition),
      );
    if (concept === "#capital") return this.phrases().some(({ capital, quoted, legal }) => capital || quoted || legal);
    return this.#concepts.has(concept);
  }

  /** The place of the first word of this meaning, or -1. */
  find(concept: string, from = 0): number {
    return this.words.findIndex((word, at) => at >= from && word.means.has(concept));
  }

  contact(...kinds: Contact["kind"][]): string | undefined {
    return this.contacts.find(({ kind }) => kinds.includes(kind))?.value;
  }

  get contactPlaces(): ReadonlySet<number> {
    return this.#contactPlaces;
  }

  get period(): SaidPeriod | undefined {
    if (this.#period === null) this.#period = findPeriod(this.words, this.now.today, this.#contactPlaces);
    return this.#period;
  }

  get moment(): SaidMoment | undefined {
    if (this.#moment === null) this.#moment = findMoment(this.words, this.now, this.#contactPlaces);
    return this.#moment;
  }

  /** Sums of money; `time` tells whether the words of a period or of a moment are left out. */
  amounts(time: "period" | "moment" = "period"): Amount[] {
    return findAmounts(this.words, union(this.#contactPlaces, this.timePlaces(time)));
  }

  timePlaces(time: "period" | "moment"): ReadonlySet<number> {
    return (time === "period" ? this.period : this.moment)?.words ?? none;
  }

  /** Words that may be names, those that are contacts, times, sums or at `besides` left out. */
  phrases(options: { readonly time?: "period" | "moment"; readonly besides?: Iterable<number> } = {}): Phrase[] {
    const time = options.time ?? "period";
    const taken = union(this.#contactPlaces, this.timePlaces(time), options.besides ?? []);
    for (const amount of this.amounts(time)) if (amount.certain) for (let at = amount.from; at < amount.to; at++) taken.add(at);
    return findPhrases(this.words, taken, this.message, this.has("find") || this.has("show"));
  }

  /** The text between two places, without marks at its ends. */
  slice(from: number, to = this.words.length): string {
    const first = this.words[from];
    const last = this.words[to - 1];
    return first && last && to > from ? trimMarks(this.message.slice(first.from, last.to)) : "";
  }

  /** The text of what is left when the words at these places go. */
  without(places: ReadonlySet<number>, from = 0, to = this.words.length): string {
    let text = "";
    let end: number | undefined;
    for (let at = from; at < to; at++) {
      const word = this.words[at];
      if (!word || places.has(at)) continue;
      text += (end === undefined || word.from === end ? "" : " ") + word.text;
      end = word.to;
    }
    return trimMarks(text);
  }
}

/** «Сделки» is one deal's behind «этап» and «карточку», and several elsewhere. */
function isSeveralDeals(key: string, before = ""): boolean {
  if (key === "сделки") return !/^(этап|стади|карточк|сумм|размер|статус|состояни|детал|номер|у$|по$|от$|из$)/.test(before);
  return /^(сделок|сделкам|сделками|сделках|deals)$/.test(key);
}

const plainMeanings = ["document", "subject", "rule", "paper", "everyday", "preposition", "and", "filler"];

/** "open Returns and refunds for export customers", "open Warranty terms": behind the verb stands a title in its own words, not a name. */
function isTitle([first, ...rest]: readonly Word[]): boolean {
  if (!first?.capital || rest.some(({ kind }) => kind === "number")) return false;
  if (rest.length >= 3) return true;
  const ofTitles = rest.every((word) => !word.capital && [...word.means].every((one) => plainMeanings.includes(one)));
  return ofTitles && rest.some(({ means }) => !means.has("filler"));
}

/** Text without the marks and dashes at its ends; quotation marks around the whole go too. */
export function trimMarks(text: string): string {
  const trimmed = text.replace(/^[\s,;:.!?—–-]+/u, "").replace(/[\s,;:.!?—–-]+$/u, "");
  return /^["«“„][^"«»“”„]*["»”“]$/u.test(trimmed) ? trimmed.slice(1, -1).trim() : trimmed;
}

function union(...sets: Iterable<number>[]): Set<number> {
  const all = new Set<number>();
  for (const set of sets) for (const one of set) all.add(one);
  return all;
}
