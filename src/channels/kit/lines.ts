import type { Choice, Line as CardLine, Source } from "../../domain/message.js";
import { type LinkRule, plainSpans } from "./addresses.js";
import { oneLine, printable } from "./printable.js";
import type { Span } from "./spans.js";
import type { TextTable } from "./table.js";
import type { ChannelWords } from "./words.js";

/** A line of a card or a list, ready to be drawn in any messenger's way. */
export interface Line {
  readonly spans: readonly Span[];
  /** Stands right under the line before it. */
  readonly tight: boolean;
}

const outsideMark = " ⚠️";

/** The question, what would be written line by line, what the mark means, and until when it may be answered. Never shortened. */
export function cardLines(choice: Choice, words: ChannelWords, allowed: LinkRule): readonly Line[] {
  const lines = choice.lines ?? [];
  const note = (text: string): Line => ({ spans: [{ text, italic: true }], tight: false });
  return [
    { spans: bold(plainSpans(printable(choice.question).trim() || "…", allowed)), tight: false },
    ...lines.map((line, index) => ({ spans: cardSpans(line, allowed), tight: index > 0 })),
    ...(lines.some(({ outside }) => outside) ? [note(`${outsideMark.trim()} ${words.outside}`)] : []),
    ...(choice.expiresAt && choice.options.length > 0 ? [note(words.validUntil(choice.expiresAt))] : []),
  ];
}

/** A table too wide for columns: the first names the row, the others follow as "name: value"; what is empty is left out. */
export function rowLines({ head, rows }: TextTable, allowed: LinkRule): readonly Line[] {
  return rows.flatMap(([first = "", ...others]) => {
    const values = others.map((value, index) => ({ name: head[index + 1] ?? "", value })).filter(({ value }) => value !== "");
    return [
      { spans: bold(plainSpans(first || "—", allowed)), tight: false },
      ...values.map(({ name, value }) => ({ spans: [{ text: `${name}: ` }, ...plainSpans(value, allowed)], tight: true })),
    ];
  });
}

/** Numbered, each a link where its host is allowed. */
export function sourceLines(sources: readonly Source[], words: ChannelWords, allowed: LinkRule): readonly Line[] {
  if (sources.length === 0) return [];
  const lines = sources.map(({ title, url }, index): Line => {
    const text = oneLine(title);
    const linked = url !== undefined && allowed(url);
    return { spans: [{ text: `${index + 1}. ` }, ...(linked ? [{ text, link: url }] : plainSpans(text, allowed))], tight: true };
  });
  return [{ spans: bold([{ text: words.sources }]), tight: false }, ...lines];
}

function cardSpans({ label, value, outside }: CardLine, allowed: LinkRule): readonly Span[] {
  const text = plainSpans(printable(value).trim() || "—", allowed);
  return [{ text: `${oneLine(label)}: `, bold: true }, ...text, ...(outside ? [{ text: outsideMark }] : [])];
}

function bold(spans: readonly Span[]): readonly Span[] {
  return spans.map((span) => ({ ...span, bold: true }));
}
