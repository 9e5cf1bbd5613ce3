import { Clause } from "./clause.js";
import { findContacts } from "./contacts.js";
import { enough, isNewRequest, knownWords, reading } from "./grammar.js";
import { confirmation } from "./intents/small-talk.js";
import { meantText } from "./layouts.js";
import { clean, readWords } from "./words.js";

/** The words with which people begin to correct themselves. */
export const corrects = /^(нет|не|no|nope|not|точнее|вернее|rather|лучше|instead|actually)$/;
/** Something besides, not instead. */
const besides = /^(еще|также|тоже|плюс|заодно|вторую|второй|второе|also|too|another|again|second|besides)$/;
/** A longer message says what it wants by itself. */
const mostWords = 8;

const refusals = new Set(confirmation.vocabulary["no"]?.split(", "));

/** Does a message only take back what was just proposed, or change it? */
export function answersLast(text: string): "corrects" | "refuses" | undefined {
  const said = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}' ]+|\s+(?=спасибо|thanks)/u)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "" && piece !== "спасибо" && piece !== "thanks");
  if (said.length > 0 && said.every((piece) => refusals.has(piece))) return "refuses";
  return correctsLast(text) ? "corrects" : undefined;
}

/** Does a message only change what was just proposed: "make it 25k", «нет, на 300к», «лучше по вторникам»? */
function correctsLast(text: string): boolean {
  const meant = meantText(clean(text), knownWords());
  const words = readWords(meant, knownWords());
  const spoken = words.filter(({ kind }) => kind !== "mark");
  const [first, second] = spoken;
  if (!first || spoken.length > mostWords || /^(и|and)$/.test(first.key) || spoken.some(({ key }) => besides.test(key))) return false;
  if (corrects.test(first.key) || (first.key === "а" && second?.key === "лучше")) return true;
  const clause = new Clause(words, meant, findContacts(meant), { today: "2026-01-01", minutes: 0 });
  return !isNewRequest(clause) && reading(clause).points < enough;
}
