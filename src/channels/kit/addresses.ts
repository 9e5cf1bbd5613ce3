import type { Span } from "./spans.js";

/** Whether a link may be clickable. */
export type LinkRule = (url: string) => boolean;

/**
 * Lets through http(s) links to the configured hosts alone ("wiki.example.com", "*.example.com"), without credentials in them.
 * What a model writes may hold data that an outsider wants: an address elsewhere must not be one press away.
 */
export function linksTo(hosts: readonly string[]): LinkRule {
  const patterns = hosts.map((host) => host.toLowerCase());
  return (url) => {
    if (!URL.canParse(url)) return false;
    const { protocol, hostname, username, password } = new URL(url);
    if (!/^https?:$/.test(protocol) || username || password) return false;
    return patterns.some((pattern) => (pattern.startsWith("*.") ? hostname.endsWith(pattern.slice(1)) : hostname === pattern));
  };
}

/**
 * Finds what messengers turn into links by themselves (addresses with and without a scheme, mentions) in text that already
 * has its looks, and makes each a link or inert. Works on the joined text, so that "ev**il**.com" is one address.
 */
export function settleAddresses(spans: readonly Span[], allowed: LinkRule): readonly Span[] {
  const text = spans.map((span) => span.text).join("");
  const addresses = findAddresses(text);
  if (addresses.length === 0) return spans;
  const settled: Span[] = [];
  let start = 0;
  let next = 0;
  for (const span of spans) {
    const end = start + span.text.length;
    let from = start;
    while (from < end) {
      while (next < addresses.length && addresses[next]!.end <= from) next += 1;
      const address = addresses[next];
      const inside = address !== undefined && address.start <= from;
      const to = Math.min(end, address === undefined ? end : inside ? address.end : address.start);
      const piece = { ...span, text: text.slice(from, to) };
      settled.push(inside && !span.link && !span.code ? { ...piece, ...settle(address.url, allowed) } : piece);
      from = to;
    }
    start = end;
  }
  return settled;
}

/** Text that is not Markdown (values, titles, captions): as it stands, with its addresses settled. */
export function plainSpans(text: string, allowed: LinkRule): readonly Span[] {
  return text === "" ? [] : settleAddresses([{ text }], allowed);
}

function settle(url: string | undefined, allowed: LinkRule): Partial<Span> {
  return url !== undefined && allowed(url) ? { link: url } : { inert: true };
}

interface Found {
  readonly start: number;
  readonly end: number;
  /** Absent for what may never be a link. */
  readonly url?: string;
}

const word = /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s<>"«»]+|[^\s<>"'«»“”`|,;()[\]{}]+/giu;
const topLevel = /^(?:[a-z]{2,24}|xn--[a-z0-9-]+|рф|рус|москва|дети|онлайн|сайт|орг|ком|бел|укр|қаз|срб)(?=$|[/?#:])/iu;

function findAddresses(text: string): readonly Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(word)) {
    const trimmed = match[0].replace(/[.,:;!?)\]}*_~'"…]{1,200}$/u, "");
    if (!/[.@:]/.test(trimmed)) continue;
    for (const { start, end, url } of addressesOf(trimmed)) found.push({ start: match.index + start, end: match.index + end, url });
  }
  return found;
}

function addressesOf(token: string): readonly Found[] {
  const scheme = /[a-z][a-z0-9+.-]{0,20}:\/\//i.exec(token);
  if (scheme) return [{ start: scheme.index, end: token.length, url: token.slice(scheme.index) }];
  // Mail addresses stay as they are: people need them, and a press sends nothing by itself.
  if (/^[^@/?#:]+@[^@/?#:]+$/.test(token)) return [];
  if (hasHost(token)) return [{ start: 0, end: token.length, url: `https://${token}` }];
  return [...token.matchAll(/(?<![\p{L}\p{N}_])@[a-z]\w{2,64}/giu)].map((mention) => ({
    start: mention.index,
    end: mention.index + mention[0].length,
  }));
}

/** "report.xlsx" counts as well: no list of top-level domains stays true, and inert text is still readable. */
function hasHost(token: string): boolean {
  if (/^\d{1,3}(?:\.\d{1,3}){3}(?=$|[/?#:])/.test(token)) return true;
  const labels = token.split(".");
  return labels.some((label, index) => index > 0 && topLevel.test(label) && /[\p{L}\p{N}]$/u.test(labels[index - 1] ?? ""));
}
