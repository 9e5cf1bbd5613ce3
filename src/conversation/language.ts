import type { Language } from "../domain/people.js";

/** Addresses, references and names of things: they are spelled so in any language. */
const spelledSo = /\S+@\S+|https?:\/\/\S+|\S+:\S+:\S+|[#№]?\S*\d\S*/g;

/** Whether a word is one of the trade or of everyday speech, in either language, and so no name. */
export type KnowsWord = (word: string) => boolean;

/** The language a message is written in, else the person's own. */
export function languageOf(text: string, otherwise: Language, knows?: KnowsWord): Language {
  return spokenIn(text, knows) ?? otherwise;
}

/** The language to answer in: the message's, else that of the newest earlier message that has one, else the person's own. */
export function languageHere(text: string, earlier: readonly string[], own: Language, knows?: KnowsWord): Language {
  for (const said of [text, ...earlier.toReversed()]) {
    const language = spokenIn(said, knows);
    if (language) return language;
  }
  return own;
}

/**
 * The language of a message by its words, names left out: "find Ромашка" is English, «найди Vector Industries» Russian, "Vector" alone
 * is nothing. Russian speech takes in English words, seldom the other way round.
 */
function spokenIn(text: string, knows: KnowsWord = () => false): Language | undefined {
  const words = text.replaceAll(spelledSo, " ").match(/[\p{L}\p{M}'’]+/gu) ?? [];
  const known = words.filter(knows);
  if (known.length > 0) {
    const russian = known.filter(isCyrillic).length;
    const english = known.length - russian;
    if (russian >= english) return "ru";
    return english >= 3 * russian ? "en" : undefined;
  }
  const russian = words.filter(isCyrillic).join("").length;
  const latin = words.filter((word) => /^[a-z'’]+$/i.test(word));
  const english = latin.join("").length;
  // A Latin name alone may be anybody's.
  if (russian === 0 && !latin.some((word) => /^[a-z]{2}/.test(word))) return undefined;
  return russian * 2 >= english ? "ru" : "en";
}

function isCyrillic(word: string): boolean {
  return /[а-яё]/i.test(word);
}
