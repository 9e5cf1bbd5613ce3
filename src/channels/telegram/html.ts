import { type Size, sizeOf, splitLines, splitSpans } from "../kit/split.js";
import { type Span, textOf } from "../kit/spans.js";

/*
 * Telegram's HTML dialect, built from typed pieces alone: whatever a person or a model wrote goes through `escapeHtml`.
 * Telegram makes links of bare addresses and mentions by itself, except inside <code>: that is how inert text is shown.
 */

/** A piece of a message with the size Telegram counts: the text after its markup was read. */
export interface Unit extends Size {
  readonly html: string;
  readonly plain: string;
  /** Stands right under the piece before it, as one list item under another. */
  readonly tight?: boolean;
}

/** Telegram keeps the first hundred entities of a message and drops the rest without a word. */
export const textLimit: Size = { length: 4096, marks: 100 };
export const captionLimit: Size = { length: 1024, marks: 100 };

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

export function toHtml(spans: readonly Span[]): string {
  return spans
    .map((span) => {
      const text = escapeHtml(span.text);
      // Code takes no other look beside it.
      if (span.code || span.inert) return `<code>${text}</code>`;
      let html = text;
      if (span.bold) html = `<b>${html}</b>`;
      if (span.italic) html = `<i>${html}</i>`;
      if (span.strike) html = `<s>${html}</s>`;
      return span.link === undefined ? html : `<a href="${escapeHtml(span.link)}">${html}</a>`;
    })
    .join("");
}

/** Spans as pieces that each fit a message. */
export function unitsOf(spans: readonly Span[], tight = false): readonly Unit[] {
  return splitSpans(spans, textLimit).map((part, index) => ({
    html: toHtml(part),
    plain: textOf(part),
    tight: tight && index === 0,
    ...sizeOf(part),
  }));
}

export function boldUnits(text: readonly Span[], tight = false): readonly Unit[] {
  return unitsOf(
    text.map((span) => ({ ...span, bold: true })),
    tight,
  );
}

/** Fixed-width lines; what fits no message is cut between lines. */
export function preUnits(text: string, tight = false): readonly Unit[] {
  return splitLines(text, textLimit.length).map((part, index) => ({
    html: `<pre>${escapeHtml(part)}</pre>`,
    plain: part,
    length: part.length,
    marks: 1,
    tight: tight && index === 0,
  }));
}

export function quoteUnits(spans: readonly Span[]): readonly Unit[] {
  return splitSpans(spans, { ...textLimit, marks: textLimit.marks - 1 }).map((part) => {
    const { length, marks } = sizeOf(part);
    return { html: `<blockquote>${toHtml(part)}</blockquote>`, plain: textOf(part), length, marks: marks + 1 };
  });
}

export function join(units: readonly Unit[]): { readonly html: string; readonly plain: string } {
  const between = (index: number) => (index === 0 ? "" : units[index]!.tight ? "\n" : "\n\n");
  return {
    html: units.map(({ html }, index) => between(index) + html).join(""),
    plain: units.map(({ plain }, index) => between(index) + plain).join(""),
  };
}
