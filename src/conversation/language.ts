import type { Language } from "../domain/people.js";

/** Addresses, references and names of things: they are spelled so in any language. */
const spelledSo = /\S+@\S+|https?:\/\/\S+|\S+:\S+:\S+|[#№]?\S*\d\S*/g;

/** The language a message is written in: by its letters, else the person's own. A Latin name alone ("Vector") says nothing. */
export function languageOf(text: string, otherwise: Language): Language {
  const words = text.replaceAll(spelledSo, " ");
  const cyrillic = words.match(/[а-яё]/gi)?.length ?? 0;
  const latin = words.match(/[a-z]/gi)?.length ?? 0;
  if (cyrillic === 0 && (latin < 2 || !/(?<![\p{L}\p{N}])[a-z]{2,}/u.test(words))) return otherwise;
  return cyrillic * 2 >= latin ? "ru" : "en";
}
