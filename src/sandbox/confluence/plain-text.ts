/** Words of a storage body as the site's search index sees them: markup, macro parameters and hidden names are not words. */
export function plainText(storage: string): string {
  return storage
    .replace(/<ac:parameter[^>]*>[\s\S]*?<\/ac:parameter>/g, " ")
    .replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_, inner: string) => ` ${inner.replaceAll("<", "&lt;")} `)
    .replace(/\{\{user:[a-z]+\}\}/g, " ")
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&nbsp;", " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ")
    .trim();
}

/** Lower-case words; nothing is stemmed and ё is a letter of its own. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
