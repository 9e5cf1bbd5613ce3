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
      drawn.numFmt = format(column, options.language);
      if (column.type !== "text") drawn.alignment = { horizontal: "right" };
    }
    sheet.views = [{ state: "frozen", ySplit: header.number }];
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

function format({ type, unit }: Column, language: Language): string {
  switch (type) {
    case "money":
      return unit ? `#,##0.00 "${symbol(unit, language)}"` : "#,##0.00";
    case "decimal":
    case "number":
      return "#,##0.###";
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
