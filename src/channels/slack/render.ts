import type { AnyBlock } from "@slack/types";
import type { Block, Reply } from "../../domain/message.js";
import type { ChartSpec, Table } from "../../domain/numbers.js";
import { type LinkRule, plainSpans } from "../kit/addresses.js";
import { languageOf } from "../kit/language.js";
import { cardLines, type Line, rowLines, sourceLines } from "../kit/lines.js";
import { parseMarkdown, type Section } from "../kit/markdown.js";
import { oneLine, printable, shorten } from "../kit/printable.js";
import type { Span } from "../kit/spans.js";
import { pack } from "../kit/split.js";
import { aligned, figuresOf, toText, widthOf } from "../kit/table.js";
import type { ChannelWords, Wordings } from "../kit/words.js";
import { actionsOf, feedbackBlock } from "./card.js";
import { chartBlock } from "./chart.js";
import { codeUnits, textLimit, toPlain, toRichText, type Unit, unitsOf } from "./rich-text.js";
import { tableBlock } from "./table.js";

/** A message of blocks. `plain` is what notifications say, and all that is shown should Slack refuse every block. */
export interface MessagePart {
  readonly kind: "message";
  readonly blocks: readonly AnyBlock[];
  readonly plain: string;
  /** The same without the blocks that a workspace may not know yet. */
  readonly simpler?: () => Promise<Simpler>;
}

export interface Simpler {
  readonly blocks: readonly AnyBlock[];
  readonly plain: string;
  /** Sent after it. */
  readonly file?: FilePart;
}

export interface FilePart {
  readonly kind: "file";
  readonly name: string;
  readonly title: string;
  readonly bytes: Uint8Array;
  /** Read aloud in the place of a picture. */
  readonly alt?: string;
}

/** One message of Slack, ready to be sent. */
export type Part = MessagePart | FilePart;

export interface RenderOptions {
  readonly words: Wordings;
  readonly allowed: LinkRule;
  /** A chart as PNG. */
  readonly drawChart: (chart: ChartSpec, caption: string) => Promise<Uint8Array>;
  /** Told when a chart could not be drawn; its figures are shown as a table instead. */
  readonly onUndrawn: (error: unknown) => void;
}

/** Fixed-width lines this wide still stand in one line. */
const narrow = 60;
const mostRows = { aligned: 40, listed: 15 };
const longestTitle = 250;

/** What closes a message: blocks that may stand in it once, at its end. */
interface Ending {
  /** Stands right above the blocks. */
  readonly lead?: readonly Unit[];
  readonly blocks: readonly AnyBlock[];
  readonly plain: string;
  readonly simpler?: () => Promise<{ readonly units: readonly Unit[]; readonly file?: FilePart }>;
}

/**
 * A reply as messages, in reading order: running text is put together up to the limit and cut at block borders. A native table
 * or chart closes its message, since Slack draws tables at the bottom and one in a message. Files are messages of their own,
 * and so is a choice, which is replaced alone when it is settled.
 */
export async function render(reply: Reply, options: RenderOptions): Promise<readonly Part[]> {
  const words = options.words[languageOf(reply)];
  const parts: Part[] = [];
  let running: Unit[] = [];
  const flush = (ending?: Ending) => {
    const messages = pack(running, textLimit, 2).filter((units) => toPlain(units).trim() !== "");
    if (messages.length === 0 && ending) messages.push([]);
    messages.forEach((units, index) => parts.push(messageOf(units, index === messages.length - 1 ? ending : undefined)));
    running = [];
  };
  const add = (pieces: readonly Piece[]) => {
    for (const piece of pieces) {
      if ("blocks" in piece) flush(piece);
      else running.push(piece);
    }
  };
  for (const block of reply) {
    if (block.kind === "choice") {
      flush();
      running.push(...lineUnits(cardLines(block, words, options.allowed)));
      flush({ blocks: actionsOf(block), plain: "" });
    } else if (block.kind === "text") {
      add(sectionPieces(parseMarkdown(block.markdown, options.allowed), words, options.allowed));
    } else if (block.kind === "table") {
      add(tablePieces(block.table, words, options.allowed, block.caption));
    } else if (block.kind === "sources") {
      running.push(...lineUnits(sourceLines(block.sources, words, options.allowed)));
    } else {
      const media = await mediaOf(block, words, options);
      if ("kind" in media) {
        flush();
        parts.push(media);
      } else add(media.pieces);
    }
  }
  flush();
  return parts;
}

/** Under an answer in a private chat; not where buttons already ask something. */
export function withFeedback(parts: readonly Part[]): readonly Part[] {
  const last = parts.at(-1);
  if (last?.kind !== "message" || parts.some((part) => part.kind === "message" && part.blocks.some(({ type }) => type === "actions")))
    return parts;
  const { blocks, plain } = last;
  const simpler = last.simpler ?? (async () => ({ blocks, plain }));
  return [...parts.slice(0, -1), { ...last, blocks: [...blocks, feedbackBlock], simpler }];
}

type Piece = Unit | Ending;

function messageOf(units: readonly Unit[], ending: Ending = { blocks: [], plain: "" }): MessagePart {
  const { lead = [], blocks, plain, simpler } = ending;
  const all = [...units, ...lead];
  const text = all.length > 0 ? [toRichText(all)] : [];
  return {
    kind: "message",
    blocks: [...text, ...blocks],
    plain: [toPlain(all), plain].filter((one) => one !== "").join("\n"),
    simpler:
      simpler &&
      (async () => {
        const { units: more, file } = await simpler();
        const simple = [...units, ...more];
        return { blocks: [toRichText(simple)], plain: toPlain(simple), file };
      }),
  };
}

function sectionPieces(sections: readonly Section[], words: ChannelWords, allowed: LinkRule): readonly Piece[] {
  return sections.flatMap((section): readonly Piece[] => {
    switch (section.kind) {
      case "paragraph":
        return unitsOf(section.spans);
      case "heading":
        return unitsOf(bold(section.spans));
      case "quote":
        return unitsOf(section.spans, { kind: "quote" });
      case "code":
        return codeUnits(section.text);
      case "table":
        return tablePieces(section.table, words, allowed);
      case "item": {
        const { marker, depth, spans } = section;
        const number = /^\d+/.exec(marker)?.[0];
        if (number !== undefined) return unitsOf(spans, { kind: "ordered", depth, number: Number(number) });
        return unitsOf(marker === "•" ? spans : [{ text: `${marker} ` }, ...spans], { kind: "bullet", depth });
      }
    }
  });
}

/** Slack's own table where it takes one, else columns under one another, else a small list for each row. */
function tablePieces(table: Table, words: ChannelWords, allowed: LinkRule, caption?: string): readonly Piece[] {
  const drawn = tableBlock(table, caption, words);
  if (!drawn) return tableUnits(table, words, allowed, caption);
  const { block, shown } = drawn;
  const title = caption ? unitsOf(bold(plainSpans(shorten(oneLine(caption), longestTitle), allowed))) : [];
  const more = shown.more ? unitsOf([{ text: shown.more, italic: true }], { tight: title.length > 0 }) : [];
  return [
    {
      lead: [...title, ...more],
      blocks: [block],
      plain: aligned(shown).join("\n"),
      simpler: async () => ({ units: tableUnits(table, words, allowed, caption) }),
    },
  ];
}

function tableUnits(table: Table, words: ChannelWords, allowed: LinkRule, caption?: string): readonly Unit[] {
  const title = caption ? unitsOf(bold(plainSpans(oneLine(caption), allowed))) : [];
  const whole = toText(table, words, mostRows.aligned);
  const fits = widthOf(whole) <= narrow;
  const text = fits ? whole : toText(table, words, mostRows.listed);
  if (text.rows.length === 0) return [...title, ...unitsOf([{ text: text.head.join(" · ") }], { tight: title.length > 0 })];
  const body = fits ? codeUnits(aligned(text).join("\n"), title.length > 0) : lineUnits(rowLines(text, allowed));
  const more = text.more ? unitsOf([{ text: text.more, italic: true }], { tight: fits }) : [];
  return [...title, ...body, ...more];
}

function lineUnits(lines: readonly Line[]): readonly Unit[] {
  return lines.flatMap(({ spans, tight }) => unitsOf(spans, { tight }));
}

function bold(spans: readonly Span[]): readonly Span[] {
  return spans.map((span) => ({ ...span, bold: true }));
}

type Media = Extract<Block, { kind: "image" | "file" | "chart" }>;

async function mediaOf(
  block: Media,
  words: ChannelWords,
  options: RenderOptions,
): Promise<FilePart | { readonly pieces: readonly Piece[] }> {
  switch (block.kind) {
    case "file":
      return fileOf(oneLine(block.name) || "file", block.bytes);
    case "image": {
      const extension = block.mediaType.split(/[/+;]/)[1] ?? "bin";
      return fileOf(`image.${extension}`, block.bytes, block.caption);
    }
    case "chart": {
      const { chart, caption } = block;
      const native = chartBlock(chart, caption);
      if (!native) return drawn(chart, caption, words, options);
      const whole = printable(caption).trim();
      const lead = whole === native.title ? [] : unitsOf(bold(plainSpans(shorten(whole, 1000), options.allowed)));
      const simpler = async () => {
        const other = await drawn(chart, caption, words, options);
        if ("kind" in other) return { units: unitsOf(bold(plainSpans(whole, options.allowed))), file: { ...other, title: other.name } };
        return { units: tableUnits(figuresOf(chart), words, options.allowed, caption) };
      };
      return { pieces: [{ lead, blocks: [native], plain: lead.length > 0 ? "" : whole, simpler }] };
    }
  }
}

/** The chart as a picture, or its figures where it could not be drawn. */
async function drawn(
  chart: ChartSpec,
  caption: string,
  words: ChannelWords,
  { allowed, drawChart, onUndrawn }: RenderOptions,
): Promise<FilePart | { readonly pieces: readonly Piece[] }> {
  try {
    return fileOf("chart.png", await drawChart(chart, caption), caption);
  } catch (error) {
    onUndrawn(error);
    return { pieces: tablePieces(figuresOf(chart), words, allowed, caption) };
  }
}

/** A title is shown above the file as it is; nothing in it is read as markup. */
function fileOf(name: string, bytes: Uint8Array, caption?: string): FilePart {
  const title = shorten(oneLine(caption ?? ""), longestTitle);
  return { kind: "file", name, title: title || name, bytes, ...(title === "" ? {} : { alt: title }) };
}
