/** A stretch of text with one look. What a channel cannot show it leaves out; the text always stays. */
export interface Span {
  readonly text: string;
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly strike?: boolean;
  readonly code?: boolean;
  /** Only ever http(s) to an allowed host. */
  readonly link?: string;
  /** Reads like an address or a mention and leads nowhere allowed: to be shown so that no client makes it clickable. */
  readonly inert?: boolean;
}

export function textOf(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join("");
}

/** Without empty stretches, and with neighbours of one look as one. */
export function joinAlike(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  const lookOf = ({ text: _text, ...look }: Span) => JSON.stringify(look);
  for (const span of spans) {
    const last = joined.at(-1);
    if (span.text === "") continue;
    if (last && lookOf(last) === lookOf(span)) joined[joined.length - 1] = { ...last, text: last.text + span.text };
    else joined.push(span);
  }
  return joined;
}

/** The part of `spans` between two places of their text. */
export function sliceSpans(spans: readonly Span[], from: number, to = Number.POSITIVE_INFINITY): readonly Span[] {
  const slice: Span[] = [];
  let start = 0;
  for (const span of spans) {
    const end = start + span.text.length;
    if (end > from && start < to) slice.push({ ...span, text: span.text.slice(Math.max(0, from - start), to - start) });
    start = end;
    if (start >= to) break;
  }
  return slice;
}
