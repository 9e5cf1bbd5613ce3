import type { Block, Reply } from "../../domain/message.js";
import type { ChartSpec, Table } from "../../domain/numbers.js";
import { type LinkRule, plainSpans } from "../kit/addresses.js";
import { languageOf } from "../kit/language.js";
import { cardLines, type Line, rowLines, sourceLines } from "../kit/lines.js";
import { parseMarkdown, type Section } from "../kit/markdown.js";
import { oneLine, printable } from "../kit/printable.js";
import { pack, sizeOf } from "../kit/split.js";
import { aligned, figuresOf, toText, widthOf } from "../kit/table.js";
import type { ChannelWords, Wordings } from "../kit/words.js";
import { type Keyboard, keyboardOf } from "./card.js";
import { boldUnits, captionLimit, join, preUnits, quoteUnits, textLimit, toHtml, type Unit, unitsOf } from "./html.js";

/** One message of Telegram, ready to be sent. `plain` is what is shown should Telegram refuse the markup. */
export type Part =
  | { readonly kind: "text"; readonly html: string; readonly plain: string; readonly keyboard?: Keyboard }
  | {
      readonly kind: "photo" | "document";
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly html: string;
      readonly plain: string;
    };

export interface RenderOptions {
  readonly words: Wordings;
  readonly allowed: LinkRule;
  /** A chart as PNG. */
  readonly drawChart: (chart: ChartSpec, caption: string) => Promise<Uint8Array>;
  /** Told when a chart could not be drawn; its figures are shown as a table instead. */
  readonly onUndrawn: (error: unknown) => void;
}

/** A table this wide still stands in one line on a telephone. */
const narrow = 44;
const mostRows = { aligned: 40, listed: 15 };
/** Telegram turns larger pictures away (10 MB); as a file they pass. */
const photoBytes = 10_000_000;

/**
 * A reply as messages, in reading order: running text is put together up to the limit and cut at block borders, pictures and
 * files are messages of their own, and so is a choice, which is replaced alone when it is settled.
 */
export async function render(reply: Reply, options: RenderOptions): Promise<readonly Part[]> {
  const words = options.words[languageOf(reply)];
  const parts: Part[] = [];
  let running: Unit[] = [];
  const flush = (keyboard?: Keyboard) => {
    const texts = pack(running, textLimit, 2)
      .map(join)
      .filter(({ plain }) => plain.trim() !== "");
    texts.forEach((text, index) => parts.push({ kind: "text", ...text, keyboard: index === texts.length - 1 ? keyboard : undefined }));
    running = [];
  };
  for (const block of reply) {
    if (block.kind === "choice") {
      flush();
      running.push(...lineUnits(cardLines(block, words, options.allowed)));
      flush(keyboardOf(block));
    } else if (block.kind === "image" || block.kind === "file" || block.kind === "chart") {
      const media = await mediaOf(block, options);
      if ("units" in media) running.push(...media.units(words));
      else {
        flush();
        parts.push(...withCaption(media.part, media.caption, options.allowed));
      }
    } else {
      running.push(...unitsOfBlock(block, words, options.allowed));
    }
  }
  flush();
  return parts;
}

function unitsOfBlock(
  block: Extract<Block, { kind: "text" | "table" | "sources" }>,
  words: ChannelWords,
  allowed: LinkRule,
): readonly Unit[] {
  switch (block.kind) {
    case "text":
      return sectionUnits(parseMarkdown(block.markdown, allowed), words, allowed);
    case "table":
      return tableUnits(block.table, words, allowed, block.caption);
    case "sources":
      return lineUnits(sourceLines(block.sources, words, allowed));
  }
}

function sectionUnits(sections: readonly Section[], words: ChannelWords, allowed: LinkRule): readonly Unit[] {
  return sections.flatMap((section, index) => {
    switch (section.kind) {
      case "paragraph":
        return unitsOf(section.spans);
      case "heading":
        return boldUnits(section.spans);
      case "quote":
        return quoteUnits(section.spans);
      case "code":
        return preUnits(section.text);
      case "table":
        return tableUnits(section.table, words, allowed);
      case "item": {
        const before = sections[index - 1]?.kind;
        const indent = "\u00a0".repeat(section.depth * 4);
        return unitsOf([{ text: `${indent}${section.marker} ` }, ...section.spans], before === "item" || before === "paragraph");
      }
    }
  });
}

/** Columns under one another where a telephone shows them so; else a small list for each row. */
function tableUnits(table: Table, words: ChannelWords, allowed: LinkRule, caption?: string): readonly Unit[] {
  const title = caption ? boldUnits(plainSpans(oneLine(caption), allowed)) : [];
  const whole = toText(table, words, mostRows.aligned);
  const fits = widthOf(whole) <= narrow;
  const text = fits ? whole : toText(table, words, mostRows.listed);
  const body = fits ? preUnits(aligned(text).join("\n"), title.length > 0) : lineUnits(rowLines(text, allowed));
  if (text.rows.length === 0) return [...title, ...unitsOf([{ text: text.head.join(" · ") }], title.length > 0)];
  const more = text.more ? unitsOf([{ text: text.more, italic: true }], fits) : [];
  return [...title, ...body, ...more];
}

function lineUnits(lines: readonly Line[]): readonly Unit[] {
  return lines.flatMap(({ spans, tight }) => unitsOf(spans, tight));
}

type Media = Extract<Block, { kind: "image" | "file" | "chart" }>;
type Drawn =
  | { readonly part: Omit<Extract<Part, { kind: "photo" | "document" }>, "html" | "plain">; readonly caption: string }
  | { readonly units: (words: ChannelWords) => readonly Unit[] };

async function mediaOf(block: Media, { drawChart, allowed, onUndrawn }: RenderOptions): Promise<Drawn> {
  switch (block.kind) {
    case "file":
      return { part: { kind: "document", name: fileName(block.name), bytes: block.bytes }, caption: "" };
    case "image": {
      const type = /^image\/(png|jpe?g)$/.exec(block.mediaType)?.[1];
      const kind = type && block.bytes.length <= photoBytes ? "photo" : "document";
      const extension = type ?? block.mediaType.split(/[/+;]/)[1] ?? "bin";
      return { part: { kind, name: fileName(`image.${extension}`), bytes: block.bytes }, caption: block.caption };
    }
    case "chart":
      try {
        return { part: { kind: "photo", name: "chart.png", bytes: await drawChart(block.chart, block.caption) }, caption: block.caption };
      } catch (error) {
        onUndrawn(error);
        return { units: (words) => tableUnits(figuresOf(block.chart), words, allowed, block.caption) };
      }
  }
}

/** A caption longer than Telegram takes stands above its picture. */
function withCaption(
  part: Omit<Extract<Part, { kind: "photo" | "document" }>, "html" | "plain">,
  caption: string,
  allowed: LinkRule,
): Part[] {
  const spans = plainSpans(printable(caption).trim(), allowed);
  const { length, marks } = sizeOf(spans);
  const bare = { ...part, html: "", plain: "" };
  if (length <= captionLimit.length && marks <= captionLimit.marks) return [{ ...bare, html: toHtml(spans), plain: caption }];
  return [...pack(unitsOf(spans), textLimit, 2).map((units): Part => ({ kind: "text", ...join(units) })), bare];
}

/** grammY writes the name into a header without quotes: what would end it there is taken out. */
function fileName(name: string): string {
  return oneLine(name).replace(/[";\\/]/g, "_") || "file";
}
