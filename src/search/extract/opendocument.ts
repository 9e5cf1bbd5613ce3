import type { Archive } from "./archive.js";
import { cleanText } from "./clean.js";
import { elementTexts } from "./office.js";
import { type Block, bounds, type Reading, Unreadable } from "./result.js";
import { readXml } from "./xml.js";

/** Subtrees that are no text of the document: deleted text, remarks, style sheets, forms. */
const dropped = new Set([
  "text:tracked-changes",
  "text:note-citation",
  "office:annotation",
  "office:automatic-styles",
  "office:forms",
  "office:settings",
  "table:tracked-changes",
  "svg:title",
  "svg:desc",
]);

/** ODT, ODS and ODP to blocks: one XML part, whose elements are the same in all three. */
export async function readOpenDocument(archive: Archive): Promise<Reading> {
  const content = await archive.xml("content.xml");
  if (!content) throw new Unreadable("corrupt", "no content.xml");
  const manifest = await archive.xml("META-INF/manifest.xml");
  if (manifest?.includes("encryption-data")) throw new Unreadable("password", "META-INF/manifest.xml");
  const reader = new OpenDocumentReader();
  readXml(content, reader);
  const meta = await archive.xml("meta.xml");
  const values = meta ? elementTexts(meta, ["dc:title", "dc:creator"]) : {};
  const title = cleanText(values["dc:title"] ?? "");
  const author = cleanText(values["dc:creator"] ?? "");
  return {
    blocks: reader.blocks,
    meta: { ...(title ? { title } : {}), ...(author ? { author } : {}), ...(reader.sheets.length > 0 ? { sheets: reader.sheets } : {}) },
    warnings: reader.cut ? ["rows-cut"] : [],
  };
}

interface TableInHand {
  readonly rows: string[][];
  row: string[];
  cell: string | undefined;
  repeatCell: number;
  repeatRow: number;
}

class OpenDocumentReader {
  readonly blocks: Block[] = [];
  readonly sheets: string[] = [];
  cut = false;
  private readonly tables: TableInHand[] = [];
  private readonly outer: string[] = [];
  private spreadsheet = false;
  private silent = 0;
  private line = "";
  private lists = 0;
  private notes = 0;
  private level = 1;

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.silent > 0 || dropped.has(name)) {
      this.silent += 1;
      return;
    }
    const table = this.tables.at(-1);
    if (name === "office:spreadsheet") this.spreadsheet = true;
    else if (name === "text:list") this.lists += 1;
    else if (name === "text:p" || name === "text:h") {
      // A frame's paragraph inside a paragraph: what was begun waits.
      this.outer.push(this.line);
      this.line = "";
      this.level = Number(attributes["text:outline-level"]) || 1;
    } else if (name === "text:s") this.line += " ".repeat(Math.min(100, Number(attributes["text:c"]) || 1));
    else if (name === "text:tab") this.line += "\t";
    else if (name === "text:line-break") this.line += "\n";
    else if (name === "text:note") this.notes += 1;
    else if (name === "draw:page") {
      // "page1" is what the program calls it; a title of its own is given by a person.
      const title = attributes["draw:name"];
      if (title && !/^(?:page|Слайд|Slide|Страница)\s?\d+$/i.test(title)) this.blocks.push({ kind: "heading", level: 2, text: title });
    } else if (name === "table:table") {
      const title = attributes["table:name"];
      if (this.spreadsheet && title) {
        this.sheets.push(title);
        this.blocks.push({ kind: "heading", level: 2, text: title });
      }
      this.tables.push({ rows: [], row: [], cell: undefined, repeatCell: 1, repeatRow: 1 });
    } else if (table && name === "table:table-row") {
      table.row = [];
      table.repeatRow = repeated(attributes["table:number-rows-repeated"]);
    } else if (table && (name === "table:table-cell" || name === "table:covered-table-cell")) {
      table.cell = "";
      table.repeatCell = repeated(attributes["table:number-columns-repeated"]);
    }
  }

  text(text: string): void {
    if (this.silent === 0 && this.outer.length > 0) this.line += text.replace(/\s+/g, " ");
  }

  close(name: string): void {
    if (this.silent > 0) {
      this.silent -= 1;
      return;
    }
    const table = this.tables.at(-1);
    if (name === "text:list") this.lists -= 1;
    else if (name === "text:note") this.notes -= 1;
    else if (name === "text:p" || name === "text:h") this.endParagraph(name);
    else if (table && (name === "table:table-cell" || name === "table:covered-table-cell")) {
      const text = table.cell?.trim() ?? "";
      table.cell = undefined;
      for (let times = Math.min(table.repeatCell, bounds.columns); times > 0 && table.row.length < bounds.columns; times -= 1)
        table.row.push(text);
    } else if (table && name === "table:table-row") {
      const row = table.row.slice(0, table.row.findLastIndex((cell) => cell !== "") + 1);
      if (row.length === 0) return;
      for (let times = table.repeatRow; times > 0; times -= 1) {
        if (table.rows.length >= bounds.rowsPerSheet) {
          this.cut = true;
          break;
        }
        table.rows.push(row);
      }
    } else if (table && name === "table:table") {
      this.tables.pop();
      const around = this.tables.at(-1);
      if (around) around.cell = `${around.cell ?? ""} ${table.rows.map((row) => row.join(" ")).join(" ")}`;
      else if (table.rows.length > 0) this.blocks.push({ kind: "table", rows: table.rows });
    }
  }

  private endParagraph(name: string): void {
    const text = this.line.replace(/ {2,}/g, " ").trim();
    this.line = this.outer.pop() ?? "";
    if (text === "") return;
    const table = this.tables.at(-1);
    if (this.notes > 0 && this.outer.length > 0) this.line += ` [${text}] `;
    else if (table?.cell !== undefined) table.cell += ` ${text}`;
    else if (name === "text:h") this.blocks.push({ kind: "heading", level: this.level, text });
    else if (this.lists > 0) this.blocks.push({ kind: "item", depth: this.lists - 1, text });
    else this.blocks.push({ kind: "paragraph", text });
  }
}

function repeated(count: string | undefined): number {
  return Math.max(1, Number(count) || 1);
}
