/**
 * Text as the index and the model may see it: NFC; every odd space a plain one; soft hyphens, control, zero-width, bidi and tag
 * characters gone (they hide words from people and show them to models); lone surrogates replaced; at most one blank line in a row.
 */
export function cleanText(text: string): string {
  return text
    .normalize("NFC")
    .replace(/\r\n?|\u2028|\u2029|\u0085|\v|\f/g, "\n")
    .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, " ")
    .replace(invisible, "")
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

// Cf holds soft hyphen, zero-width and bidi marks, BOM, tag characters; Cc the controls, of which tab and new line stay.
const invisible = /(?![\t\n])[\p{Cc}\p{Cf}\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

/** How many letters there are: pages of scans and of pictures have almost none. */
export function lettersIn(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}
