import { stripVTControlCharacters } from "node:util";
import Table from "cli-table3";
import type { Block, Reply } from "../../domain/message.js";
import type { Table as Answer } from "../../domain/numbers.js";
import type { LinkRule } from "../kit/addresses.js";
import { languageOf } from "../kit/language.js";
import { cardLines, type Line, rowLines, sourceLines } from "../kit/lines.js";
import { parseMarkdown, type Section } from "../kit/markdown.js";
import { oneLine, printable } from "../kit/printable.js";
import { type Span, textOf } from "../kit/spans.js";
import { displayWidth, toText } from "../kit/table.js";
import type { ChannelWords, Wordings } from "../kit/words.js";

export interface TerminalStyle {
  readonly width: number;
  readonly colour: boolean;
  /** Which addresses may be spelled so that a terminal makes them clickable. */
  readonly allowed: LinkRule;
}

/** Pictures and files have no place in a terminal: they are saved, and their paths shown. */
export interface Saved {
  readonly path: (block: Block) => string | undefined;
}

const mostRows = 40;
/** A column narrower than this shows no value whole. */
const narrowest = 12;

/** A reply as text for a terminal: tables drawn, links spelled out, saved files by their paths, cards with their keys. */
export function renderReply(reply: Reply, style: TerminalStyle, saved: Saved, wordings: Wordings): string {
  const words = wordings[languageOf(reply)];
  const shown = reply
    .map((block) => renderBlock(block, style, saved, words))
    .filter((text) => text !== "")
    .join("\n\n");
  return withoutLinks(shown, style.allowed);
}

function renderBlock(block: Block, style: TerminalStyle, saved: Saved, words: ChannelWords): string {
  const bold = (text: string) => paint("1", text, style);
  switch (block.kind) {
    case "text":
      return parseMarkdown(block.markdown, style.allowed)
        .map((section) =>
          section.kind === "table" ? drawTable(section.table, style, words) : wrap(renderSection(section, style), style.width),
        )
        .join("\n");
    case "table":
      return [block.caption && bold(printable(block.caption)), drawTable(block.table, style, words)].filter(Boolean).join("\n");
    case "chart":
      return `📈 ${printable(block.caption)}\n   ${saved.path(block) ?? ""}`;
    case "image":
      return `🖼  ${printable(block.caption)}\n   ${saved.path(block) ?? ""}`;
    case "file":
      return `📎 ${printable(block.name)}\n   ${saved.path(block) ?? ""}`;
    case "sources":
      return listed(sourceLines(block.sources, words, style.allowed), style);
    case "choice": {
      const options = block.options.map(({ label }, index) => `[${index + 1}] ${oneLine(label)}`).join("   ");
      const [question = "", ...lines] = listed(cardLines(block, words, style.allowed), style).split("\n");
      return [`┌ ${question}`, ...lines.map((line) => `│ ${line}`), `└ ${paint("36", options, style)}`].join("\n");
    }
  }
}

function renderSection(section: Exclude<Section, { kind: "table" }>, style: TerminalStyle): string {
  switch (section.kind) {
    case "paragraph":
      return spans(section.spans, style);
    case "heading":
      return paint("1", textOf(section.spans), style);
    case "quote":
      return spans(section.spans, style)
        .split("\n")
        .map((line) => `  ▏${line}`)
        .join("\n");
    case "item":
      return `${"  ".repeat(section.depth)}${section.marker} ${spans(section.spans, style)}`;
    case "code":
      return section.text.replaceAll(/^/gm, "    ");
  }
}

/** Breaks lines between words; what hangs below the first line stands under it. */
function wrap(text: string, width: number): string {
  return text
    .split("\n")
    .flatMap((line) => {
      const indent = /^\s*(?:▏|• |\d+\. )?/.exec(line)?.[0] ?? "";
      const hanging = indent.includes("▏") ? indent : " ".repeat(displayWidth(indent));
      const lines: string[] = [];
      let current = "";
      for (const word of line.split(" ")) {
        const longer = current === "" ? word : `${current} ${word}`;
        if (displayWidth(stripVTControlCharacters(longer)) > width && current.trim() !== "") {
          lines.push(current);
          current = hanging + word;
        } else current = longer;
      }
      return [...lines, current];
    })
    .join("\n");
}

function spans(parts: readonly Span[], style: TerminalStyle): string {
  return parts
    .map(({ text, bold, link, inert }) => {
      const plain = inert ? parted(text) : text;
      const shown = bold ? paint("1", plain, style) : plain;
      return link && link !== text ? `${shown} — ${paint("4", link, style)}` : shown;
    })
    .join("");
}

const joiner = "\u2060";

/** An address that leads nowhere allowed is shown, but so that no terminal makes a link of it. */
function parted(text: string): string {
  return text.replaceAll("://", `:${joiner}//`);
}

/** A terminal makes links of addresses wherever they stand: in code, in tables, in headings. */
function withoutLinks(text: string, allowed: LinkRule): string {
  return text.replaceAll(colourOrAddress, (found, address: string | undefined) =>
    address === undefined || allowed(address) ? found : parted(address),
  );
}

// The colour before an address is no part of it: "[4mhttps://…".
// oxlint-disable-next-line no-control-regex -- colours begin with it
const colourOrAddress = /\u001B\[[0-9;]*m|([a-z][a-z0-9+.-]*:\/\/[^\s\u001B]+)/gi;

function listed(lines: readonly Line[], style: TerminalStyle): string {
  return lines.map((line) => spans(line.spans, style)).join("\n");
}

function drawTable(answer: Answer, style: TerminalStyle, words: ChannelWords): string {
  const table = toText(answer, words, mostRows);
  const widths = table.head.map((name, column) =>
    Math.max(displayWidth(name), ...table.rows.map((row) => displayWidth(row[column] ?? ""))),
  );
  const fitted = fit(widths, style.width);
  const narrow = fitted.some((width, column) => width < Math.min(narrowest, (widths[column] ?? 0) + 2));
  if (narrow) return [listed(rowLines(table, style.allowed), style), table.more].filter(Boolean).join("\n");
  const drawn = new Table({
    head: [...table.head],
    colAligns: table.right.map((right) => (right ? "right" : "left")),
    colWidths: fitted,
    wordWrap: true,
    style: { head: style.colour ? ["bold"] : [], border: style.colour ? ["grey"] : [] },
  });
  drawn.push(...table.rows.map((row) => [...row]));
  return [drawn.toString(), table.more].filter(Boolean).join("\n");
}

/** Takes from the widest columns until the table fits; every column keeps room for a word. */
function fit(widths: readonly number[], width: number): number[] {
  const fitted = widths.map((column) => column + 2);
  const room = width - widths.length - 1;
  for (let over = fitted.reduce((a, b) => a + b, 0) - room; over > 0; over--) {
    const widest = fitted.indexOf(Math.max(...fitted));
    if ((fitted[widest] ?? 0) <= 8) break;
    fitted[widest] = (fitted[widest] ?? 0) - 1;
  }
  return fitted;
}

function paint(code: string, text: string, style: TerminalStyle): string {
  return style.colour ? `\u001B[${code}m${text}\u001B[0m` : text;
}
