import type { ChartSpec, Column, Table } from "../../domain/numbers.js";
import { oneLine, shorten } from "./printable.js";
import type { ChannelWords } from "./words.js";

/** A table whose cells are the texts people read. */
export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Which columns hold numbers: they stand at the right edge. */
  readonly right: readonly boolean[];
  /** Said under the table when rows were left out. */
  readonly more?: string;
}

const numeric: ReadonlySet<Column["type"]> = new Set(["number", "decimal", "money"]);
const longestCell = 300;

/** At most `rows` rows; the rest is counted in `more`. A unit is named in the head, unless the cells name it (money). */
export function toText(table: Table, words: ChannelWords, rows: number): TextTable {
  const shown = table.rows.slice(0, rows);
  const hidden = table.rows.length - shown.length;
  return {
    head: table.columns.map(({ name, unit, type }) => oneLine(unit && type !== "money" ? `${name}, ${unit}` : name)),
    rows: shown.map((row) => table.columns.map((column, index) => shorten(oneLine(words.cell(row[index] ?? null, column)), longestCell))),
    right: table.columns.map(({ type }) => numeric.has(type)),
    more: hidden > 0 || table.truncated ? words.more(table.truncated ? undefined : hidden) : undefined,
  };
}

/** What a chart would have shown, for where it cannot be drawn. */
export function figuresOf(chart: ChartSpec): Table {
  return {
    columns: [{ name: "", type: "text" }, ...chart.series.map(({ name }) => ({ name, type: "decimal" as const, unit: chart.unit }))],
    rows: chart.labels.map((label, index) => [label.replaceAll("\n", ", "), ...chart.series.map(({ values }) => values[index] ?? null)]),
  };
}

/** How wide the table is when its columns stand under one another. */
export function widthOf(table: TextTable): number {
  return widthsOf(table).reduce((sum, width) => sum + width + gap.length, -gap.length);
}

/** Lines of fixed-width text: head, a rule, rows. */
export function aligned(table: TextTable): readonly string[] {
  const widths = widthsOf(table);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => {
        const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(cell)));
        return table.right[index] ? space + cell : cell + space;
      })
      .join(gap)
      .trimEnd();
  return [line(table.head), widths.map((width) => "─".repeat(width)).join(gap), ...table.rows.map(line)];
}

const gap = "  ";

function widthsOf(table: TextTable): readonly number[] {
  return table.head.map((name, index) => Math.max(displayWidth(name), ...table.rows.map((row) => displayWidth(row[index] ?? ""))));
}

/** Columns a text takes in a fixed-width font: emoji and Chinese signs take two, marks and joiners none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/[\p{M}\p{Cf}\ufe0f]/u.test(character)) continue;
    width += /[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character) ? 2 : 1;
  }
  return width;
}
