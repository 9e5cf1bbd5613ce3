import { calendar, currencies, dayParts, months, numbers } from "./calendar.js";
import type { Clause } from "./clause.js";
import { type Intent, score } from "./intent.js";
import * as grammars from "./intents/index.js";
import type { Reading } from "./split.js";
import { plain, trade } from "./vocabulary.js";
import { keyOf, Lexicon, type Vocabulary } from "./words.js";

const intents: readonly Intent[] = Object.values(grammars);

/** A request needs so many points to be one. */
export const enough = 4;

let lexicon: Lexicon | undefined;

/** Made when first asked for, because half a thousand stems are not free. */
export function knownWords(): Lexicon {
  lexicon ??= new Lexicon(
    [...intents.map(({ vocabulary }) => vocabulary), trade, calendar, longOf(months)],
    [months, numbers, currencies, dayParts, plain],
  );
  return lexicon;
}

/** Only a long word is sure enough to be guessed where names stand one slip away. */
function longOf(vocabulary: Vocabulary): Vocabulary {
  const long = (list: string) => list.split(", ").filter((word) => word.length >= 7);
  return Object.fromEntries(Object.entries(vocabulary).map(([concept, list]) => [concept, long(list).join(", ")]));
}

/** Is this a word of the trade or of everyday speech, as it stands, and so no name? */
export function knowsWord(word: string): boolean {
  return knownWords().means(keyOf(word)).size > 0;
}

/** What a piece of a message asks for; what no tool does is none, for it may be half of what one does. */
export function reading(clause: Clause): Reading {
  const best = ranked(clause).find(({ intent }) => intent !== grammars.unsupported);
  return { name: best?.intent.name ?? "", points: best?.points ?? 0 };
}

/** All grammars, the one that fits best first. */
export function ranked(clause: Clause): readonly { readonly intent: Intent; readonly points: number }[] {
  return intents.map((intent) => ({ intent, points: score(intent, clause) })).toSorted((a, b) => b.points - a.points);
}

export function byName(name: string): Intent | undefined {
  return intents.find((intent) => intent.name === name);
}

const orders = ["show", "find", "create", "move", "remind", "write-down", "read", "destroy", "open"];
const questions = ["asks-what", "asks-how-many", "asks-which"];
const asking = [...orders.filter((one) => one !== "open"), ...questions];

/** A message that asks for something by itself, and so answers no question. */
export function isNewRequest(clause: Clause): boolean {
  const best = ranked(clause)[0];
  if (!best) return false;
  return best.points >= 10 || (best.points >= 6 && begins(clause, asking));
}

/**
 * A message that can be no text for a note or a task: an order for another tool, or for what is refused. «перенести встречу» is what
 * a task says of itself, «перенеси сделку 1841 на договор» is not; in English both look alike, so there the order must be a clear one.
 */
export function isOrder(clause: Clause, besides: string): boolean {
  const [best] = ranked(clause);
  if (!best || best.intent.name === besides || best.points < enough) return false;
  if (asksForList(clause, besides)) return true;
  const first = firstKey(clause);
  if (best.points < 6 || /(?:ть|ти|чь|ться)$/.test(first)) return false;
  if (begins(clause, questions) && !begins(clause, orders)) return true;
  return begins(clause, orders) && (best.points >= 10 || /[а-я]/.test(first));
}

/** "мои сделки", "integration status", "help": a request without a verb, from which a text or a name would look different. */
export function asksForList(clause: Clause, besides: string): boolean {
  const [best] = ranked(clause);
  if (!best || best.intent.name === besides) return false;
  if (best.intent === grammars.help) return clause.words.length <= 2;
  const lists = best.intent.kind === "read" && !/-documents?$/.test(best.intent.name);
  return lists && best.points >= 7 && clause.words.every(({ key }) => !doing.test(key));
}

const doing = /(?:ть|ти|чь|ться|[аияуеы]л[аио]?|[ыаиуею]т|ли)$/;

function begins(clause: Clause, concepts: readonly string[]): boolean {
  return concepts.some((concept) => clause.has(`first:${concept}`));
}

function firstKey(clause: Clause): string {
  return clause.words.find(({ kind }) => kind !== "mark")?.key ?? "";
}

/** "а за прошлый год?", "and by region?", "теперь по месяцам" */
export function startsElliptic(clause: Clause): boolean {
  const [first, second] = clause.words.filter(({ kind }) => kind !== "mark").map(({ key }) => key);
  return (
    /^(а|и|ну|and|теперь|еще|также|тоже|now|also|only|только|но|тогда|same|то)$/.test(first ?? "") ||
    (/^(what|how)$/.test(first ?? "") && second === "about")
  );
}
