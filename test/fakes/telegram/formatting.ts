import { Refusal } from "./refusal.js";

export interface FakeEntity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
}

export interface FormattedText {
  readonly text: string;
  readonly entities: readonly FakeEntity[];
}

const tags: Readonly<Record<string, string>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  s: "strikethrough",
  a: "text_link",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  "tg-spoiler": "spoiler",
};
const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

/** Telegram's HTML: a closed list of tags, all of them closed in order; anything else is a 400. */
export function parseHtml(html: string): FormattedText {
  let text = "";
  const entities: FakeEntity[] = [];
  const open: { tag: string; offset: number; url?: string }[] = [];
  let at = 0;
  const refuse = (what: string): never => {
    throw new Refusal(400, `Bad Request: can't parse entities: ${what} at byte offset ${Buffer.byteLength(html.slice(0, at))}`);
  };
  while (at < html.length) {
    const rest = html.slice(at, at + 5000);
    if (rest.startsWith("<")) {
      const tag = /^<(\/?)([a-z][a-z-]*)((?:\s[^>]*)?)>/i.exec(rest);
      if (!tag) return refuse("Unclosed or unsupported start tag");
      const [whole, slash, name = "", attributes = ""] = tag;
      const type = tags[name.toLowerCase()] ?? refuse(`Unsupported start tag "${name}"`);
      if (slash) {
        const last = open.pop();
        if (last?.tag !== name) return refuse(`Unmatched end tag, expected "</${last?.tag ?? ""}>", found "</${name}>"`);
        if (text.length > last.offset) entities.push({ type, offset: last.offset, length: text.length - last.offset, url: last.url });
      } else {
        const href = /^\s+href="([^"]*)"$/.exec(attributes)?.[1];
        const fits =
          name === "a" ? href !== undefined : attributes === "" || /^\s+(?:expandable|class="language-[\w-]+")$/.test(attributes);
        if (!fits) return refuse(`Unexpected attributes of "${name}"`);
        open.push({ tag: name, offset: text.length, url: href && decode(href) });
      }
      at += whole.length;
    } else {
      const end = html.indexOf("<", at);
      text += decode(html.slice(at, end === -1 ? undefined : end));
      at = end === -1 ? html.length : end;
    }
  }
  const left = open.pop();
  if (left) refuse(`Can't find end tag corresponding to start tag "${left.tag}"`);
  return trim(text, entities);
}

export function trim(text: string, entities: readonly FakeEntity[]): FormattedText {
  const start = text.length - text.trimStart().length;
  const trimmed = text.trim();
  // Only the first hundred are kept.
  return { text: trimmed, entities: entities.slice(0, 100).map((entity) => ({ ...entity, offset: Math.max(0, entity.offset - start) })) };
}

function decode(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name) return named[name] ?? whole;
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex!, 16));
  });
}

/** What a reader could press: links of the markup, and what a client makes pressable by itself outside of code. */
export function clickable({ text, entities }: FormattedText): readonly string[] {
  const masked = entities
    .filter(({ type }) => type === "code" || type === "pre")
    .reduce((rest, { offset, length }) => rest.slice(0, offset) + " ".repeat(length) + rest.slice(offset + length), text);
  const found = masked.match(
    /[a-z][a-z0-9+.-]*:\/\/[^\s]+|(?<![\w@.])@[a-z]\w{3,31}|(?<![\p{L}\p{N}_@-])[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.(?:com|net|org|ru|io|me|info|dev|example|рф)(?![\p{L}\p{N}])[^\s]*/giu,
  );
  return [...entities.flatMap(({ type, url }) => (type === "text_link" && url ? [url] : [])), ...(found ?? [])];
}
