import type { RichTextBlock, RichTextBlockElement, RichTextElement, RichTextList } from "@slack/types";
import { type Size, sizeOf, splitLines, splitSpans } from "../kit/split.js";
import { type Span, textOf } from "../kit/spans.js";

/*
 * Slack's rich text, built from typed pieces alone: nothing in it is read as markup again, so what a person or a model wrote
 * pings nobody and links nowhere. Addresses that lead nowhere allowed stand as code all the same, as in the other channels.
 */

/** A piece of a message. */
export interface Unit extends Size {
  readonly kind: "text" | "quote" | "code" | "bullet" | "ordered";
  readonly spans: readonly Span[];
  /** Stands right under the piece before it. */
  readonly tight?: boolean;
  /** Of a list: how deep, and its number. */
  readonly depth?: number;
  readonly number?: number;
}

/**
 * One message: 4000 characters are what an edit takes (`msg_too_long`) and what Slack recommends, some are left for escapes.
 * Stretches are not limited by the documentation; the length of all blocks together is.
 */
export const textLimit: Size = { length: 3500, marks: 200 };

/** Spans as pieces that each fit a message. */
export function unitsOf(
  spans: readonly Span[],
  look: Pick<Unit, "tight" | "depth" | "number"> & { readonly kind?: Unit["kind"] } = {},
): readonly Unit[] {
  return splitSpans(spans, textLimit).map((part, index) => {
    // The rest of an item goes on below it without a mark of its own.
    const rest = index > 0 && isItem(look.kind) ? { kind: "text" as const } : {};
    return { kind: "text", ...look, ...rest, tight: index === 0 && look.tight, spans: part, ...sizeOf(part) };
  });
}

/** Fixed-width lines; what fits no message is cut between lines. */
export function codeUnits(text: string, tight = false): readonly Unit[] {
  return splitLines(text, textLimit.length).map((part, index) => ({
    kind: "code",
    spans: [{ text: part }],
    tight: tight && index === 0,
    length: part.length,
    marks: 1,
  }));
}

export function toRichText(units: readonly Unit[]): RichTextBlock {
  const elements: RichTextBlockElement[] = [];
  let texts: RichTextElement[] | undefined;
  for (const [index, unit] of units.entries()) {
    const inline = inlineOf(unit.spans);
    if (inline.length === 0) continue;
    if (unit.kind === "text") {
      if (texts) texts.push({ type: "text", text: unit.tight ? "\n" : "\n\n" }, ...inline);
      else elements.push({ type: "rich_text_section", elements: (texts = inline) });
      continue;
    }
    // A line break sets a paragraph apart from what stands under it.
    if (texts && !unit.tight) texts.push({ type: "text", text: "\n" });
    texts = undefined;
    const last = elements.at(-1);
    if (unit.kind === "quote") elements.push({ type: "rich_text_quote", elements: inline });
    else if (unit.kind === "code")
      elements.push({ type: "rich_text_preformatted", elements: [{ type: "text", text: textOf(unit.spans) }] });
    else if (last?.type === "rich_text_list" && continues(units[index - 1], unit))
      last.elements.push({ type: "rich_text_section", elements: inline });
    else elements.push(listOf(unit, inline));
  }
  return { type: "rich_text", elements };
}

/** What a notification says, and what is shown where blocks are refused. */
export function toPlain(units: readonly Unit[]): string {
  return units
    .map(({ kind, tight, depth = 0, number, spans }, index) => {
      const between = index === 0 ? "" : tight || (isItem(kind) && isItem(units[index - 1]!.kind)) ? "\n" : "\n\n";
      const marker = kind === "bullet" ? "• " : kind === "ordered" ? `${number}. ` : "";
      return `${between}${isItem(kind) ? "  ".repeat(depth) : ""}${marker}${textOf(spans)}`;
    })
    .join("");
}

function isItem(kind: Unit["kind"] | undefined): boolean {
  return kind === "bullet" || kind === "ordered";
}

/** The next item of the same list. Numbers are as they were written: a list that was cut by a nested one goes on where it was. */
function continues(before: Unit | undefined, unit: Unit): boolean {
  if (before?.kind !== unit.kind || before.depth !== unit.depth) return false;
  return unit.kind === "bullet" || unit.number === (before.number ?? 0) + 1;
}

function listOf({ kind, depth, number = 1 }: Unit, inline: RichTextElement[]): RichTextList {
  const list: RichTextList = {
    type: "rich_text_list",
    style: kind === "ordered" ? "ordered" : "bullet",
    ...(depth ? { indent: depth } : {}),
    elements: [{ type: "rich_text_section", elements: inline }],
  };
  // `offset` is documented (docs.slack.dev, "Rich text block") and missing in the library's types.
  return kind === "ordered" && number > 1 ? Object.assign(list, { offset: number - 1 }) : list;
}

function inlineOf(spans: readonly Span[]): RichTextElement[] {
  return spans
    .filter(({ text }) => text !== "")
    .map(({ text, link, bold, italic, strike, code, inert }) => {
      const looks = Object.entries({ bold, italic, strike, code: code ?? inert }).filter(([, on]) => on);
      const style = looks.length > 0 ? { style: Object.fromEntries(looks) } : {};
      return link === undefined ? { type: "text", text, ...style } : { type: "link", url: link, text, ...style };
    });
}
