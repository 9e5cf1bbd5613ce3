import type { Table } from "../../domain/numbers.js";
import type { LinkRule } from "./addresses.js";
import { parseInline } from "./inline.js";
import { oneLine, printable } from "./printable.js";
import { type Span, textOf } from "./spans.js";

/** A block of a Markdown text, in reading order. */
export type Section =
  | { readonly kind: "paragraph" | "heading" | "quote"; readonly spans: readonly Span[] }
  /** `marker` is "•", "3." or a box; `depth` counts from 0. */
  | { readonly kind: "item"; readonly marker: string; readonly depth: number; readonly spans: readonly Span[] }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "table"; readonly table: Table };

const fence = /^\s{0,3}(`{3,}|~{3,})/;
const heading = /^\s{0,3}#{1,6}\s+(.*)$/;
const rule = /^\s{0,3}([-*_])(?:\s*\1){2,}\s*$/;
const item = /^(\s*)([-*+•–]|\d{1,9}[.)])\s+(?:\[([ xX])\]\s+)?(\S.*)$/;
const quote = /^\s{0,3}>\s?(.*)$/;

/**
 * The safe part of Markdown as typed sections: what a model may write, and nothing that reaches outside.
 * Pictures become links or text, HTML stays text, links are kept only where `allowed` says so.
 */
export function parseMarkdown(markdown: string, allowed: LinkRule): readonly Section[] {
  const lines = printable(markdown).split("\n");
  const sections: Section[] = [];
  const inline = (text: string) => parseInline(text, allowed);
  let at = 0;

  const takeWhile = (fits: (line: string) => boolean): string[] => {
    const start = at;
    while (at < lines.length && fits(lines[at]!)) at += 1;
    return lines.slice(start, at);
  };

  while (at < lines.length) {
    const line = lines[at]!;
    const fenced = fence.exec(line)?.[1];
    const listed = item.exec(line);
    if (line.trim() === "" || rule.test(line)) {
      at += 1;
    } else if (fenced) {
      at += 1;
      // An unclosed fence runs to the end, as everywhere.
      const text = takeWhile((inside) => !inside.trimStart().startsWith(fenced)).join("\n");
      at += 1;
      if (text.trim() !== "") sections.push({ kind: "code", text });
    } else if (heading.test(line)) {
      sections.push({ kind: "heading", spans: inline(heading.exec(line)![1]!.replace(/\s#+\s*$/, "")) });
      at += 1;
    } else if (isTable(line, lines[at + 1])) {
      const [head, , ...rows] = takeWhile((inside) => inside.includes("|"));
      sections.push({ kind: "table", table: toTable(head!, rows, inline) });
    } else if (quote.test(line)) {
      const quoted = takeWhile((inside) => quote.test(inside)).map((inside) => quote.exec(inside)![1]!);
      sections.push({ kind: "quote", spans: inline(quoted.join("\n")) });
    } else if (listed) {
      at += 1;
      const [, indent = "", sign = "", box, text = ""] = listed;
      const more = takeWhile((inside) => /^\s+\S/.test(inside) && !startsSection(inside));
      sections.push({
        kind: "item",
        marker: box === undefined ? (/\d/.test(sign) ? sign.replace(")", ".") : "•") : box === " " ? "☐" : "☑",
        depth: Math.min(5, Math.floor(indent.replace(/\t/g, "    ").length / 2)),
        spans: inline([text, ...more.map((inside) => inside.trim())].join(" ")),
      });
    } else {
      at += 1;
      const more = takeWhile((inside) => inside.trim() !== "" && !startsSection(inside) && !isTable(inside, lines[at + 1]));
      sections.push({ kind: "paragraph", spans: inline([line, ...more].join("\n").trim()) });
    }
  }
  return sections.filter((section) => !("spans" in section) || textOf(section.spans).trim() !== "");
}

function startsSection(line: string): boolean {
  return [fence, heading, rule, item, quote].some((pattern) => pattern.test(line));
}

function isTable(line: string, next: string | undefined): boolean {
  if (!line.includes("|") || !next?.includes("-") || !/[|:]/.test(next)) return false;
  return cellsOf(next).every((cell) => /^:?-+:?$/.test(cell));
}

function cellsOf(line: string): readonly string[] {
  return line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.replace(/\\\|/g, "|").trim());
}

function toTable(head: string, rows: readonly string[], inline: (text: string) => readonly Span[]): Table {
  const plain = (line: string) => cellsOf(line).map((cell) => oneLine(textOf(inline(cell))));
  const columns = plain(head).map((name) => ({ name, type: "text" as const }));
  return { columns, rows: rows.map((row) => plain(row)).map((cells) => columns.map((_, index) => cells[index] ?? "")) };
}
