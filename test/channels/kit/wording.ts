import type { Cell, Column } from "../../../src/domain/numbers.js";
import type { Language } from "../../../src/domain/people.js";
import type { ChannelWords, Wordings } from "../../../src/channels/kit/words.js";
import { formatDay, formatMoment, formatMoney, formatNumber } from "../../../src/text/format.js";

/** Words for tests, in the shape that the app builds from src/text. */
export const wording: Wordings = {
  ru: {
    working: "Смотрю…",
    stop: "Остановить",
    sources: "Источники",
    more: (rows) => (rows === undefined ? "Показано не всё." : `…и ещё ${rows}`),
    validUntil: (at) => `Действует до ${formatMoment(at, "ru", "Europe/Moscow")}`,
    outside: "значение взято из документа или записи, а не из ваших слов",
    cell: cellIn("ru"),
  },
  en: {
    working: "Looking…",
    stop: "Stop",
    sources: "Sources",
    more: (rows) => (rows === undefined ? "Not everything is shown." : `…and ${rows} more`),
    validUntil: (at) => `Valid until ${formatMoment(at, "en", "Europe/Moscow")}`,
    outside: "the value comes from a document or a record, not from your words",
    cell: cellIn("en"),
  },
};

function cellIn(language: Language): ChannelWords["cell"] {
  return (value: Cell, { type, unit }: Column) => {
    if (value === null) return "";
    if (typeof value === "boolean") return { ru: ["нет", "да"], en: ["no", "yes"] }[language][Number(value)]!;
    if (value instanceof Date) return formatMoment(value, language, "Europe/Moscow");
    if (type === "money") return formatMoney({ amount: String(value), currency: unit ?? "RUB" }, language);
    if (type === "day") return formatDay(String(value), language);
    if (type === "number" || type === "decimal") return formatNumber(value, language);
    return String(value);
  };
}

/** A real picture of one pixel. */
export const onePixel = new Uint8Array(
  Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"),
);
