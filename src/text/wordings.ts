import type { Cell, Column } from "../domain/numbers.js";
import type { Language } from "../domain/people.js";
import { formatDay, formatMoment, formatMoney, formatNumber, formatSum } from "./format.js";
import { texts } from "./texts.js";

/** The few words that channels add to a reply, and how they write a table's cell, for people in `timeZone`. */
export function channelWords(language: Language, timeZone: string) {
  const { channels, conversation } = texts(language);
  return {
    working: conversation.thinking,
    stop: channels.stop,
    sources: channels.sources,
    more: channels.more,
    outside: channels.outside,
    validUntil: (at: Date) => conversation.validUntil(formatMoment(at, language, timeZone)),
    cell: (value: Cell, column: Column) => cell(value, column, language, timeZone),
  };
}

function cell(value: Cell, column: Column, language: Language, timeZone: string): string {
  if (value === null) return "—";
  if (value instanceof Date)
    return column.type === "day" ? formatDay(value.toISOString().slice(0, 10), language) : formatMoment(value, language, timeZone);
  if (typeof value === "boolean") return value ? "✓" : "—";
  switch (column.type) {
    case "money":
      return column.unit && /^[A-Z]{3}$/.test(column.unit)
        ? formatMoney({ amount: String(value), currency: column.unit }, language)
        : formatSum(String(value), language);
    case "number":
    case "decimal":
      return formatNumber(value, language);
    case "day":
      return /^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? formatDay(String(value), language) : String(value);
    case "text":
    case "moment":
    case "flag":
      return String(value);
  }
}
