import { calendar, currencies, dayParts, months, numbers } from "./calendar.js";
import type { Clause } from "./clause.js";
import { type Intent, score } from "./intent.js";
import * as grammars from "./intents/index.js";
import type { Reading } from "./split.js";
import { plain, trade } from "./vocabulary.js";
import { Lexicon } from "./words.js";

const intents: readonly Intent[] = Object.values(grammars);

/** A request needs so many points to be one. */
export const enough = 4;

let lexicon: Lexicon | undefined;

/** Made when first asked for, because half a thousand stems are not free. */
export function knownWords(): Lexicon {
  lexicon ??= new Lexicon(
    [...intents.map(({ vocabulary }) => vocabulary), trade, calendar],
    [months, numbers, currencies, dayParts, plain],
  );
  return lexicon;
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

const asking = ["show", "find", "create", "move", "remind", "write-down", "read", "destroy", "asks-what", "asks-how-many", "asks-which"];

/** A message that asks for something by itself, and so answers no question. */
export function isNewRequest(clause: Clause): boolean {
  const best = ranked(clause)[0];
  if (!best) return false;
  return best.points >= 10 || (best.points >= 6 && asking.some((concept) => clause.has(`first:${concept}`)));
}

/**
 * A message that can be no text for a note or a task: an order for another tool, or for what is refused. «перенести встречу» is what
 * a task says of itself, «перенеси сделку 1841 на договор» is not.
 */
export function isOrder(clause: Clause, besides: string): boolean {
  const [best] = ranked(clause);
  if (!best || best.intent.name === besides || best.points < 10) return false;
  const [first] = clause.words.filter(({ kind }) => kind !== "mark");
  return !/(?:ть|ти|чь|ться)$/.test(first?.key ?? "") && [...asking, "open"].some((concept) => clause.has(`first:${concept}`));
}

/** "а за прошлый год?", "and by region?", "теперь по месяцам" */
export function startsElliptic(clause: Clause): boolean {
  const [first, second] = clause.words.filter(({ kind }) => kind !== "mark").map(({ key }) => key);
  return (
    /^(а|и|ну|and|теперь|еще|также|тоже|now|also|only|только|но|тогда|same|то)$/.test(first ?? "") ||
    (/^(what|how)$/.test(first ?? "") && second === "about")
  );
}
