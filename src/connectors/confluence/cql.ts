const mostWords = 8;
/** Endings of Russian nouns, adjectives and verbs, longest first; enough for a search by beginnings, where too long a stem finds nothing and too short a one too much. */
const endings =
  /(?:иями|ями|ами|ого|его|ому|ему|ыми|ими|ием|иям|иях|ется|ются|ить|ать|ять|ет|ют|ут|ят|ов|ев|ей|ий|ый|ой|ая|яя|ое|ее|ые|ие|ую|юю|ам|ям|ах|ях|ом|ем|ою|ею|ия|ии|ию|а|я|о|е|и|ы|у|ю|ь|й)$/;
const stopWords = new Set(
  "и в во на по о об с со к ко у за из от до для не что как где это или а но ли же бы the a an of in on for to and or is are".split(" "),
);

/** The words that carry a question, without endings: Data Center's index may not know Russian, and Lucene finds by beginnings. */
export function wordsOf(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => !stopWords.has(word));
  return [...new Set((telling.length > 0 ? telling : words).map(stemOf))].slice(0, mostWords);
}

function stemOf(word: string): string {
  if (!/^[а-яё]{5,}$/.test(word)) return word;
  const stem = word.replace(endings, "");
  return stem.length >= 4 ? stem : word.slice(0, Math.max(4, word.length - 2));
}

/** All of the words, or any of them, in title or text of what we read. */
export function searchQuery(words: readonly string[], { any, spaces }: { readonly any: boolean; readonly spaces: string }): string {
  const each = words.map((word) => `(title ~ ${quoted(pattern(word))} or text ~ ${quoted(pattern(word))})`);
  return `type in (page, blogpost, attachment)${spaces} and (${each.join(any ? " or " : " and ")})`;
}

/** CQL for what is one of these ids. */
export function anyOf(ids: readonly string[]): string {
  return `id in (${ids.join(", ")})`;
}

/** Changed within so many minutes: relative, because a written time is read in the profile's time zone. */
export function changedWithin(kind: string, minutes: number, spaces: string): string {
  return `type = ${kind}${spaces} and lastmodified >= now("-${minutes}m") order by lastmodified asc`;
}

export function inSpaces(keys: readonly string[]): string {
  return keys.length === 0 ? "" : ` and space in (${keys.map(quoted).join(", ")})`;
}

/** A quoted value: quotes and backslashes escaped as CQL asks. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Words shorter than three letters stand for themselves; Lucene's own signs cannot come through `wordsOf`. */
function pattern(word: string): string {
  return word.length < 3 ? word : `${word}*`;
}
