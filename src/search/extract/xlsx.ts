import readXlsxFile from "read-excel-file/node";
import { type Archive, repack } from "./archive.js";
import { coreProperties } from "./office.js";
import { type Block, bounds, type Reading, Unreadable } from "./result.js";
import { readXml } from "./xml.js";

/** XLSX to blocks: a heading and a table for each visible sheet; cached results of formulas, dates as ISO days. */
export async function readXlsx(archive: Archive): Promise<Reading> {
  const workbook = await archive.xml("xl/workbook.xml");
  if (!workbook) throw new Unreadable("corrupt", "no xl/workbook.xml");
  const hidden = hiddenSheets(workbook);
  const buffer = await repack(archive, (name) =>
    /^(?:\[Content_Types\]\.xml|_rels\/.*|xl\/(?:(?:workbook|sharedStrings|styles)\.xml|_rels\/.*|worksheets\/.*\.(?:xml|rels)))$/i.test(
      name,
    ),
  );
  const sheets = await readXlsxFile(buffer).catch((error: unknown) => {
    throw new Unreadable("corrupt", error instanceof Error ? error.message : "read-excel-file failed");
  });
  const shown = sheets.filter((sheet) => !hidden.has(sheet.sheet));
  const warnings: string[] = [];
  if (hidden.size > 0) warnings.push(`hidden-sheets: ${hidden.size}`);
  if (shown.length > bounds.sheets) warnings.push(`sheets-cut: ${bounds.sheets} of ${shown.length}`);
  const blocks: Block[] = [];
  for (const { sheet, data } of shown.slice(0, bounds.sheets)) {
    if (data.length > bounds.rowsPerSheet) warnings.push(`rows-cut: ${sheet}, ${bounds.rowsPerSheet} of ${data.length}`);
    const rows = data.slice(0, bounds.rowsPerSheet).map((row) => trimmed(row.slice(0, bounds.columns).map(cellText)));
    blocks.push({ kind: "heading", level: 2, text: sheet }, { kind: "table", rows: rows.filter((row) => row.length > 0) });
  }
  return { blocks, meta: { ...(await coreProperties(archive)), sheets: shown.map((sheet) => sheet.sheet) }, warnings };
}

function hiddenSheets(workbook: string): Set<string> {
  const names = new Set<string>();
  readXml(workbook, {
    open: (tag, attributes) => {
      const { name, state } = attributes;
      if (/(?:^|:)sheet$/.test(tag) && name && state && state !== "visible") names.add(name);
    },
  });
  return names;
}

function cellText(value: unknown): string {
  if (value instanceof Date) {
    const text = value.toISOString();
    return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
  }
  // 0.1 + 0.2 in a cell is shown by spreadsheets with 15 digits.
  if (typeof value === "number") return String(Number(value.toPrecision(15)));
  return typeof value === "string" || typeof value === "boolean" ? String(value) : "";
}

function trimmed(row: readonly string[]): readonly string[] {
  return row.slice(0, row.findLastIndex((cell) => cell !== "") + 1);
}
