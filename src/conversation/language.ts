import type { Language } from "../domain/people.js";

/** The language a message is written in: by its letters, else the person's own. */
export function languageOf(text: string, otherwise: Language): Language {
  const cyrillic = text.match(/[а-яё]/gi)?.length ?? 0;
  const latin = text.match(/[a-z]/gi)?.length ?? 0;
  if (cyrillic === 0 && latin < 3) return otherwise;
  return cyrillic * 2 >= latin ? "ru" : "en";
}
