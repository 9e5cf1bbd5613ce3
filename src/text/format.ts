import type { Day, Decimal, Money } from "../domain/numbers.js";
import type { Language } from "../domain/people.js";

const locales = { ru: "ru-RU", en: "en-GB" } as const;

/** "1 250 000,50" or "1,250,000.5": exact to `digits` places; a Decimal string never passes through a float. */
export function formatNumber(value: Decimal | number, language: Language, digits = 2): string {
  // ECMA-402 v3 formats a decimal string exactly; the DOM-less typings know only numbers.
  return new Intl.NumberFormat(locales[language], { maximumFractionDigits: digits }).format(value as number);
}

/** "500 000 ₽". Kopecks are shown only where there are any. */
export function formatMoney(money: Money, language: Language): string {
  const whole = !/\.\d*[1-9]/.test(money.amount);
  return new Intl.NumberFormat(locales[language], {
    style: "currency",
    currency: money.currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: whole ? 0 : 2,
    maximumFractionDigits: whole ? 0 : 2,
  }).format(money.amount as unknown as number);
}

/** A sum of money whose currency is not known: no sign, and two digits or none after the comma. */
export function formatSum(amount: string, language: Language): string {
  const digits = /\.\d*[1-9]/.test(amount) ? 2 : 0;
  return new Intl.NumberFormat(locales[language], { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    amount as unknown as number,
  );
}

/** A calendar day as people write it: "22.11.2026" or "22 Nov 2026". */
export function formatDay(day: Day, language: Language): string {
  const at = new Date(`${day}T00:00:00Z`);
  return language === "ru"
    ? new Intl.DateTimeFormat("ru-RU", { timeZone: "UTC", day: "2-digit", month: "2-digit", year: "numeric" }).format(at)
    : new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" }).format(at);
}

/** A moment in the person's time zone: "22.11.2026, 14:05". */
export function formatMoment(at: Date, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(locales[language], {
    timeZone,
    day: "2-digit",
    month: language === "ru" ? "2-digit" : "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  }).format(at);
}

/** The calendar day it is at `at` in `timeZone`. */
export function dayOf(at: Date, timeZone: string): Day {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/** Picks the form of a word by number: `plural(5, "ru", "сделка", "сделки", "сделок")`; English takes the first and the last. */
export function plural(count: number, language: Language, one: string, few: string, many: string): string {
  const rule = new Intl.PluralRules(locales[language]).select(count);
  if (rule === "one") return one;
  return language === "ru" && rule === "few" ? few : many;
}

/** In Russian quotation marks; those within become the inner pair: «Сделка с ООО „Ромашка“». */
export function guillemets(text: string): string {
  return `«${text.replaceAll("«", "„").replaceAll("»", "“")}»`;
}

/** How long ago something was, in the largest unit that still says enough: "4 minutes ago", "3 дня назад". */
export function formatAge(at: Date, now: Date, language: Language): string {
  const minutes = Math.max(0, Math.round((now.getTime() - at.getTime()) / 60_000));
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  if (minutes < 120) return relative.format(-minutes, "minute");
  return minutes < 48 * 60 ? relative.format(-Math.round(minutes / 60), "hour") : relative.format(-Math.round(minutes / 1_440), "day");
}
