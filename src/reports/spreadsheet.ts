import type { Cell, Column, Table } from "../domain/numbers.js";
import type { Language } from "../domain/people.js";

export const spreadsheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export interface Sheet {
  readonly name: string;
  readonly table: Table;
  /** Written above the table: what was asked, and for which days. */
  readonly notes?: readonly string[];
}

const dayFormats = { ru: "dd.mm.yyyy", en: "d mmm yyyy" } as const;
const WIDEST = 60;
/** A table of more columns than this is scrolled sideways. */
const WIDE = 6;

/**
 * An XLSX workbook: real numbers and dates with formats, a frozen header, a filter, columns as wide as their content.
 * Text that a spreadsheet would run as a formula gets an apostrophe before it. A number with more than 15 digits, which
 * a spreadsheet would round, is written as text. Moments are in UTC.
 */
export async function toSpreadsheet(sheets: readonly Sheet[], options: { readonly language: Language }): Promise<Uint8Array> {
  const { default: excel } = await import("exceljs");
  const book = new excel.Workbook();
  const names = new Set<string>();
  for (const { name, table, notes = [] } of sheets) {
    const sheet = book.addWorksheet(sheetName(name, names));
    for (const note of notes) sheet.addRow([safeText(note)]);
    if (notes.length > 0) sheet.addRow([]);
    const header = sheet.addRow(table.columns.map(headerOf));
    header.font = { bold: true };
    header.fill = { type: "pattern", pattern: "solid", fgColor: { argb: "FFE8EEF4" } };
    header.alignment = { vertical: "middle", wrapText: true };
    for (const row of table.rows) sheet.addRow(table.columns.map((column, at) => toCell(row[at] ?? null, column)));
    for (const [at, column] of table.columns.entries()) {
      const drawn = sheet.getColumn(at + 1);
      drawn.width = width(column, table, at);
      drawn.numFmt = format(column, options.language, placesIn(table, at));
      if (column.type !== "text") drawn.alignment = { horizontal: "right" };
    }
    // Of a wide table the names stay in sight too.
    sheet.views = [{ state: "frozen", ySplit: header.number, xSplit: table.columns.length > WIDE ? 1 : 0 }];
    if (table.rows.length > 0) {
      sheet.autoFilter = {
        from: { row: header.number, column: 1 },
        to: { row: header.number + table.rows.length, column: table.columns.length },
      };
    }
    for (let row = 1; row < header.number; row++) sheet.getRow(row).alignment = { horizontal: "left" };
  }
  return new Uint8Array(await book.xlsx.writeBuffer());
}

/** A cell beginning with one of these is a formula to Excel or LibreOffice, whoever typed it (OWASP, CSV injection). */
function safeText(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}

function toCell(cell: Cell, column: Column): string | number | boolean | Date | null {
  if (cell === null || typeof cell === "boolean") return cell;
  if (cell instanceof Date) return cell;
  if (column.type === "day" && typeof cell === "string" && /^\d{4}-\d{2}-\d{2}$/.test(cell)) return new Date(`${cell}T00:00:00Z`);
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : null;
  if ((column.type === "number" || column.type === "decimal" || column.type === "money") && /^-?\d+(\.\d+)?$/.test(cell)) {
    return cell.replaceAll(/\D/g, "").length <= 15 ? Number(cell) : safeText(cell);
  }
  return safeText(cell);
}

/** As many places as the column's longest fraction has, three at most: "#.###" would leave a bare point behind a whole number. */
function placesIn(table: Table, at: number): number {
  const fractions = table.rows.map((row) => /^-?\d+\.(\d+)$/.exec(String(row[at] ?? ""))?.[1]?.length ?? 0);
  return Math.min(3, Math.max(0, ...fractions));
}

/** Money stands as in the chat: "1 250 000,50 ₽", "₽1,250,000.50". */
function format({ type, unit }: Column, language: Language, places: number): string {
  switch (type) {
    case "money":
      if (!unit) return "#,##0.00";
      return language === "ru" ? `#,##0.00 "${symbol(unit, language)}"` : `"${symbol(unit, language)}"#,##0.00`;
    case "decimal":
    case "number":
      return places === 0 ? "#,##0" : `#,##0.${"0".repeat(places)}`;
    case "day":
      return dayFormats[language];
    case "moment":
      return `${dayFormats[language]} hh:mm`;
    case "text":
      return "@";
    case "flag":
      return "General";
  }
}

function symbol(unit: string, language: Language): string {
  if (!/^[A-Z]{3}$/.test(unit)) return unit.replaceAll('"', "");
  const locale = language === "ru" ? "ru-RU" : "en-GB";
  const parts = new Intl.NumberFormat(locale, { style: "currency", currency: unit, currencyDisplay: "narrowSymbol" }).formatToParts(0);
  return parts.find(({ type }) => type === "currency")?.value ?? unit;
}

function headerOf({ name, unit, type }: Column): string {
  return safeText(unit && type !== "money" ? `${name}, ${unit}` : name);
}

function width(column: Column, table: Table, at: number): number {
  const lengths = table.rows.slice(0, 1000).map((row) => String(row[at] ?? "").length + (column.type === "text" ? 0 : 6));
  return Math.min(WIDEST, Math.max(10, headerOf(column).length, ...lengths) + 2);
}

/** Excel allows 31 letters and none of []:*?/\, and no name twice, whatever the case. */
function sheetName(name: string, taken: Set<string>): string {
  const plain =
    name
      .replaceAll(/[[\]:*?/\\]/g, " ")
      .replaceAll(/^'+|'+$/g, "")
      .trim()
      .slice(0, 31) || "1";
  let free = plain;
  for (let count = 2; taken.has(free.toLowerCase()); count++) free = `${plain.slice(0, 31 - ` (${count})`.length)} (${count})`;
  taken.add(free.toLowerCase());
  return free;
}
