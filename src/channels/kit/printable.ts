/**
 * The same text without what no messenger shows and some stores refuse: NUL and other control characters
 * (line breaks and tabs stay), and halves of surrogate pairs. CRLF becomes a line break.
 */
export function printable(text: string): string {
  return (
    text
      .replace(/\r\n?/g, "\n")
      // oxlint-disable-next-line no-control-regex -- these are the ones to be taken out
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "")
      .replace(/\p{Surrogate}/gu, "\ufffd")
  );
}

/** On one line, for a cell, a button or a file name. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, " ").trim();
}

/** At most `length` UTF-16 units, with "…" where something was cut; no emoji is cut in half. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, wholeCharacters(text, length - 1)).trimEnd()}…`;
}

/** The largest place up to `at` that does not cut a surrogate pair or part a character from its joiners and marks. */
export function wholeCharacters(text: string, at: number): number {
  for (let place = at; place > Math.max(0, at - 32); place -= 1) {
    const lowHalf = /^[\udc00-\udfff]/.test(text.slice(place, place + 1));
    const joined = /^[\p{M}\p{Emoji_Modifier}\u200d]/u.test(text.slice(place, place + 2)) || text[place - 1] === "\u200d";
    if (!lowHalf && !joined) return place;
  }
  return at;
}
