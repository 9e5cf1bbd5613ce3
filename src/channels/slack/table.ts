import type { DataTableBlock } from "@slack/types";
import type { Cell, Column, Table } from "../../domain/numbers.js";
import { oneLine } from "../kit/printable.js";
import { type TextTable, toText } from "../kit/table.js";
import type { ChannelWords } from "../kit/words.js";

/** docs.slack.dev, "Data table block": 100 rows and the head, 20 columns. */
const mostRows = 100;
const mostColumns = 20;
/** All cells together may have 10 000 characters; the blocks of one message about 13 000, and text stands beside it. */
const mostCharacters = 8000;
const pageRows = 10;

export interface DrawnTable {
  readonly block: DataTableBlock;
  /** What the block shows, row by row. */
  readonly shown: TextTable;
}

/** Slack's own table, which people can sort and search, or nothing where it takes no such table. */
export function tableBlock(table: Table, caption: string | undefined, words: ChannelWords): DrawnTable | undefined {
  if (table.columns.length === 0 || table.columns.length > mostColumns) return undefined;
  const most = toText(table, words, mostRows);
  const shown = toText(table, words, rowsWithin(most));
  if (shown.rows.length === 0) return undefined;
  const head = shown.head.map((name) => ({ type: "raw_text" as const, text: name || "—" }));
  const rows = shown.rows.map((cells, row) =>
    cells.map((text, column) => cell(text, table.rows[row]?.[column] ?? null, table.columns[column])),
  );
  return {
    shown,
    block: {
      type: "data_table",
      caption: oneLine(caption ?? "") || shown.head.filter((name) => name !== "").join(" · ") || "—",
      page_size: Math.min(pageRows, shown.rows.length),
      rows: [head, ...rows],
    },
  };
}

/** How many rows of the beginning the block has room for. */
function rowsWithin({ head, rows }: TextTable): number {
  let characters = lengthOf(head);
  const tooMany = rows.findIndex((cells) => {
    characters += lengthOf(cells);
    return characters > mostCharacters;
  });
  return tooMany === -1 ? rows.length : tooMany;
}

function lengthOf(cells: readonly string[]): number {
  return cells.reduce((sum, text) => sum + Math.max(1, text.length), 0);
}

/** A number is sorted as one; what people read is the text. */
function cell(text: string, value: Cell, column: Column | undefined): DataTableBlock["rows"][number][number] {
  const numeric = column !== undefined && ["number", "decimal", "money"].includes(column.type) && value !== null && value !== "";
  const number = numeric ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? { type: "raw_number", value: number, text: text || "—" } : { type: "raw_text", text: text || "—" };
}
