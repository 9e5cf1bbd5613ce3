import { ElementType, parseDocument } from "htmlparser2";
import { cleanText } from "./clean.js";
import { type Block, bounds, type Reading } from "./result.js";

type Node = ReturnType<typeof parseDocument>["children"][number];
interface Element {
  readonly name: string;
  readonly attribs: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}

/**
 * HTML as a person sees it: headings, paragraphs, lists, tables. Scripts, styles and everything hidden is dropped, because
 * hidden words are the usual place for instructions to a model. Tables that only arrange the page are read as plain blocks.
 */
export function readHtml(html: string): Reading {
  const root = parseDocument(html);
  const writer = new BlockWriter();
  const title = findTitle(root.children);
  walk(root.children, writer, { depth: 0, list: -1, preformatted: false });
  writer.flush();
  return { blocks: writer.blocks, meta: title ? { title } : {} };
}

interface Place {
  readonly depth: number;
  /** Nesting of lists; -1 outside. */
  readonly list: number;
  readonly preformatted: boolean;
}

const dropped = new Set(["script", "style", "noscript", "template", "head", "iframe", "object", "svg", "select", "textarea", "canvas"]);
const breaking = new Set(
  "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form header hr html main nav ol p section summary table tbody td tfoot th thead tr ul".split(
    " ",
  ),
);

class BlockWriter {
  readonly blocks: Block[] = [];
  private line = "";
  private itemDepth: number | undefined;

  add(text: string): void {
    this.line += text;
  }

  startItem(depth: number): void {
    this.flush();
    this.itemDepth = depth;
  }

  flush(): void {
    const text = tidy(this.line);
    this.line = "";
    if (text === "") return;
    this.blocks.push(this.itemDepth === undefined ? { kind: "paragraph", text } : { kind: "item", depth: this.itemDepth, text });
    this.itemDepth = undefined;
  }

  push(block: Block): void {
    this.flush();
    this.blocks.push(block);
  }
}

function walk(nodes: readonly Node[], writer: BlockWriter, place: Place): void {
  if (place.depth > bounds.nesting) return;
  const inside = { ...place, depth: place.depth + 1 };
  for (const node of nodes) {
    if (node.type === ElementType.Text) {
      writer.add(node.data.replace(/[ \t\r\n\f]+/g, " "));
      continue;
    }
    const element = asElement(node);
    if (!element || dropped.has(element.name) || isHidden(element)) continue;
    const heading = /^h([1-6])$/.exec(element.name);
    if (heading) {
      const text = tidy(textOf(element.children)).replaceAll("\n", " ");
      if (text) writer.push({ kind: "heading", level: Number(heading[1]), text });
    } else if (element.name === "br") writer.add("\n");
    else if (element.name === "pre") writer.push({ kind: "code", text: rawTextOf(element.children).replace(/^\n|\s+$/g, "") });
    else if (element.name === "table" && !arrangesThePage(element)) writer.push({ kind: "table", rows: rowsOf(element) });
    else if (element.name === "li") {
      writer.startItem(Math.max(0, place.list));
      walk(element.children, writer, inside);
      writer.flush();
    } else if (element.name === "ul" || element.name === "ol") {
      writer.flush();
      walk(element.children, writer, { ...inside, list: place.list + 1 });
      writer.flush();
    } else if (element.name === "p" && place.list >= 0) {
      // Word and Confluence put each item's text in a paragraph; it belongs to the item.
      walk(element.children, writer, inside);
      writer.add("\n");
    } else if (breaking.has(element.name)) {
      writer.flush();
      walk(element.children, writer, inside);
      writer.flush();
    } else walk(element.children, writer, inside);
  }
}

/** A table with headings or other tables in its cells holds a page together and no data. */
function arrangesThePage(table: Element): boolean {
  const waiting = [...table.children];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const element = asElement(node);
    if (!element) continue;
    if (element.name === "table" || /^h[1-6]$/.test(element.name)) return true;
    waiting.push(...element.children);
  }
  return false;
}

function rowsOf(table: Element): string[][] {
  const rows: string[][] = [];
  const visit = (nodes: readonly Node[]) => {
    for (const node of nodes) {
      const element = asElement(node);
      if (!element || isHidden(element)) continue;
      if (element.name !== "tr") {
        visit(element.children);
        continue;
      }
      const cells = element.children.map(asElement).filter((cell) => cell?.name === "td" || cell?.name === "th");
      rows.push(
        cells.flatMap((cell) => {
          if (!cell || isHidden(cell)) return [];
          const span = Math.min(bounds.columns, Math.max(1, Number(cell.attribs["colspan"]) || 1));
          return [tidy(textOf(cell.children)), ...Array.from({ length: span - 1 }, () => "")];
        }),
      );
    }
  };
  visit(table.children);
  return rows.filter((row) => row.some((cell) => cell !== ""));
}

/** Text of everything visible inside, with line breaks where blocks end. */
function textOf(nodes: readonly Node[], depth = 0): string {
  if (depth > bounds.nesting) return "";
  let text = "";
  for (const node of nodes) {
    if (node.type === ElementType.Text) text += node.data.replace(/[ \t\r\n\f]+/g, " ");
    const element = asElement(node);
    if (!element || dropped.has(element.name) || isHidden(element)) continue;
    if (element.name === "br") text += "\n";
    else text += textOf(element.children, depth + 1) + (breaking.has(element.name) || element.name === "li" ? "\n" : "");
  }
  return text;
}

function rawTextOf(nodes: readonly Node[], depth = 0): string {
  if (depth > bounds.nesting) return "";
  return nodes
    .map((node) => {
      if (node.type === ElementType.Text) return node.data;
      const element = asElement(node);
      return element && !isHidden(element) ? (element.name === "br" ? "\n" : rawTextOf(element.children, depth + 1)) : "";
    })
    .join("");
}

function findTitle(nodes: readonly Node[]): string | undefined {
  for (const node of nodes) {
    const element = asElement(node);
    if (element?.name === "title") return cleanText(rawTextOf(element.children)) || undefined;
    if (element && (element.name === "html" || element.name === "head")) {
      const found = findTitle(element.children);
      if (found) return found;
    }
  }
  return undefined;
}

function isHidden({ attribs }: Element): boolean {
  if ("hidden" in attribs) return true;
  const style = attribs["style"]?.toLowerCase().replace(/\s+/g, "");
  return style !== undefined && /display:none|visibility:hidden|font-size:0(?![.\d])|opacity:0(?![.\d])|mso-hide:all/.test(style);
}

function asElement(node: Node): Element | undefined {
  return "attribs" in node ? node : undefined;
}

function tidy(text: string): string {
  return text
    .replace(/[ \t]*\n[ \t]*/g, "\n")
    .replace(/[ \t]{2,}/g, " ")
    .replace(/\n{2,}/g, "\n")
    .trim();
}
