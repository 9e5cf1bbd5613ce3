import type { Decimal } from "../../domain/numbers.js";
import { numeralAt } from "./numerals.js";
import type { Word } from "./words.js";

/** A sum of money in a message. */
export interface Amount {
  readonly value: Decimal;
  /** ISO code, only where it was said. */
  readonly currency?: string;
  readonly from: number;
  readonly to: number;
  /** "тысяч", a currency or a sign stood there; a bare number may as well count pumps. */
  readonly certain: boolean;
  /** "от 100к" is the lower end, "до 500к" the upper one. */
  readonly bound?: "from" | "to";
}

const lower = /^(от|больше|более|свыше|дороже|выше|крупнее|over|above|more|from|exceeding|least|минимум|between|>|с|меньшей)$/;
const upper = /^(до|меньше|менее|дешевле|ниже|under|below|less|up|most|максимум|<|to|по|and|-|–|—)$/;
const softer = new Set(["чем", "than", "на", "at", "сумма", "суммой", "в", "to", "сумму"]);

/** Every sum of money among the words, in order. Words already taken (dates, phones) are left alone. */
export function findAmounts(words: readonly Word[], taken: ReadonlySet<number>): Amount[] {
  const found: Amount[] = [];
  for (let at = 0; at < words.length; at++) {
    if (taken.has(at)) continue;
    const numeral = numeralAt(words, at);
    if (!numeral || spanTaken(taken, numeral.from, numeral.to)) continue;
    const sign = currencyOf(words[at - 1]);
    const behind = currencyOf(words[numeral.to]);
    const currency = behind ?? sign;
    const next = words[numeral.to];
    const counts = next !== undefined && !behind && (next.means.has("percent") || next.key === "%" || isUnit(next));
    if (!counts && numeral.millionths > 0n)
      found.push({
        value: toDecimal(numeral.millionths),
        currency,
        from: sign && !behind ? at - 1 : at,
        to: behind ? numeral.to + 1 : numeral.to,
        certain: numeral.scaled || currency !== undefined,
        bound: boundOf(words, sign && !behind ? at - 1 : at),
      });
    at = numeral.to - 1;
  }
  return shareUnits(found, words);
}

/** "от 100 до 500 тысяч", "100-200k": the first end borrows the unit of the second. */
function shareUnits(found: readonly Amount[], words: readonly Word[]): Amount[] {
  return found.map((amount, index) => {
    const next = found[index + 1];
    if (!next) return amount;
    const between = words.slice(amount.to, next.from).map(({ key }) => key);
    const range =
      between.length <= 1 && between.every((key) => upper.test(key)) && (amount.bound === "from" || /^[-–—]?$/.test(between[0] ?? "x"));
    if (!range) return amount;
    const scale = !amount.certain && next.certain && Number(amount.value) < 1000 ? scaleOf(words, next) : 1n;
    return {
      ...amount,
      value: times(amount.value, scale),
      certain: amount.certain || next.certain,
      bound: "from",
      currency: amount.currency ?? next.currency,
    };
  });
}

function scaleOf(words: readonly Word[], amount: Amount): bigint {
  const text = words
    .slice(amount.from, amount.to)
    .map(({ key }) => key)
    .join(" ");
  if (/млн|миллион|million|m\b|лям/.test(text)) return 1_000_000n;
  return /т|k|к/.test(text) ? 1000n : 1n;
}

function times(value: Decimal, scale: bigint): Decimal {
  return scale === 1n ? value : toDecimal(BigInt(value.replace(".", "")) * scale * 10_000n);
}

function boundOf(words: readonly Word[], at: number): "from" | "to" | undefined {
  let index = at - 1;
  while (index >= 0 && softer.has(words[index]?.key ?? "")) index--;
  const key = words[index]?.key ?? "";
  const before = words[index - 1]?.key ?? "";
  const near = [key, words[at - 1]?.key ?? ""];
  const low = near.some((one) => lower.test(one));
  const high = near.some((one) => upper.test(one));
  if (!low && !high) return undefined;
  // "не больше миллиона" turns the bound round.
  const turned = before === "не" || before === "no";
  return low !== turned ? "from" : "to";
}

function currencyOf(word: Word | undefined): string | undefined {
  const sign = word === undefined ? undefined : { "₽": "RUB", $: "USD", "€": "EUR", "₸": "KZT", р: "RUB" }[word.key];
  return sign ?? [...(word?.means ?? [])].find((concept) => concept.startsWith("currency-"))?.slice("currency-".length);
}

function isUnit(word: Word): boolean {
  return (
    ["day", "week", "month", "quarter", "year", "hour", "minute"].some((unit) => word.means.has(unit)) ||
    word.key === "шт" ||
    word.key === "штук"
  );
}

function spanTaken(taken: ReadonlySet<number>, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (taken.has(index)) return true;
  return false;
}

function toDecimal(millionths: bigint): Decimal {
  const hundredths = (millionths + 5000n) / 10_000n;
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")}`;
}
