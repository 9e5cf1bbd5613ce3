import type { Word } from "./words.js";

/** A number as it stands in a text, in millionths, so that "1.255 млн" stays exact. */
export interface Numeral {
  readonly millionths: bigint;
  /** Index of the first word and of the one behind the last. */
  readonly from: number;
  readonly to: number;
  /** "тысяч", "млн", "k" stood there: it is a sum, not a count. */
  readonly scaled: boolean;
}

const million = 1_000_000n;
const suffixes: Readonly<Record<string, bigint>> = {
  к: 1000n,
  k: 1000n,
  тыс: 1000n,
  тыщ: 1000n,
  т: 1000n,
  тр: 1000n,
  тыр: 1000n,
  тысяч: 1000n,
  m: million,
  м: million,
  mln: million,
  mil: million,
  mio: million,
  млн: million,
  лям: million,
  кк: million,
  kk: million,
  b: 1_000_000_000n,
  млрд: 1_000_000_000n,
  bn: 1_000_000_000n,
};

/** Reads the number that starts at a word: "1 250 000", "75к", "полтора миллиона", "сто пятьдесят тысяч", "half a million". */
export function numeralAt(words: readonly Word[], at: number): Numeral | undefined {
  let total = 0n;
  let current: bigint | undefined;
  let scaled = false;
  let smallest: bigint | undefined;
  let index = at;
  while (index < words.length) {
    const word = words[index];
    if (!word) break;
    const digits = digitsOf(words, index);
    if (digits) {
      if (current !== undefined) break;
      current = digits.millionths;
      index = digits.to;
      if (digits.scale) {
        total += current * digits.scale;
        smallest = digits.scale;
        scaled = true;
        current = undefined;
      }
      continue;
    }
    const spoken = spokenNumber(word);
    if (spoken !== undefined) {
      // "два три" are two numbers; "двести пятьдесят" is one.
      if (current !== undefined && !(current > spoken && current >= 20n * million && spoken < 100n * million)) break;
      current = (current ?? 0n) + spoken;
      if (spoken >= 500_000n * million) scaled = true;
      index++;
      continue;
    }
    const times = timesOf(word);
    if (times !== undefined && !(word.key === "к" && (current === undefined || !endsThere(words[index + 1])))) {
      if (smallest !== undefined && times >= smallest) break;
      total += (current ?? million) * times;
      if (times === 100n) {
        current = total;
        total = 0n;
      } else {
        current = undefined;
        smallest = times;
        scaled = true;
      }
      index++;
      continue;
    }
    // "half a million", "a hundred thousand", "two and a half million"
    if ((word.key === "a" || word.key === "of" || word.key === "and") && index > at && follows(words[index + 1])) {
      index++;
      continue;
    }
    break;
  }
  if (index === at || (current === undefined && smallest === undefined)) return undefined;
  // "миллион двести" leaves the thousands unsaid.
  if (current !== undefined && smallest === million && current < 1000n * million && current >= 100n * million) current *= 1000n;
  return { millionths: total + (current ?? 0n), from: at, to: index, scaled };
}

function endsThere(next: Word | undefined): boolean {
  return next === undefined || next.kind === "mark" || [...next.means].some((concept) => concept.startsWith("currency-"));
}

function follows(next: Word | undefined): boolean {
  return next !== undefined && (timesOf(next) !== undefined || next.key === "a" || next.key === "half");
}

function spokenNumber(word: Word): bigint | undefined {
  const concept = [...word.means].find((one) => one.startsWith("number-"));
  if (concept === undefined) return undefined;
  const [whole = "0", part = ""] = concept.slice("number-".length).split(".");
  return BigInt(whole) * million + BigInt(part.padEnd(6, "0"));
}

function timesOf(word: Word): bigint | undefined {
  const concept = [...word.means].find((one) => one.startsWith("times-"));
  return concept === undefined ? undefined : BigInt(concept.slice("times-".length));
}

/** Digits with their groups: "1 250 000", "5,000", "1.2млн". Dates, times and shares are none. */
function digitsOf(
  words: readonly Word[],
  at: number,
): { readonly millionths: bigint; readonly to: number; readonly scale?: bigint } | undefined {
  const word = words[at];
  const match = word?.kind === "number" ? /^(\d+(?:[.,]\d+)*)-?(\p{L}+)?$/u.exec(word.text) : null;
  if (!match?.[1]) return undefined;
  const scale = match[2] === undefined ? undefined : suffixes[match[2].toLowerCase()];
  if (match[2] !== undefined && scale === undefined) return undefined;
  let written = match[1];
  let to = at + 1;
  if (/^\d{1,3}$/.test(written) && scale === undefined)
    for (let next = words[to]; next && /^\d{3}$/.test(next.text) && next.from === (words[to - 1]?.to ?? 0) + 1; next = words[to]) {
      written += next.text;
      to++;
    }
  const next = words[to];
  const value = plainNumber(written, scale !== undefined || (next !== undefined && timesOf(next) !== undefined));
  return value === undefined ? undefined : { millionths: value, to, scale };
}

/** "5,000" and "1.250.000" are thousands; "1,5", "1.25", and before "млн" also "1,255", have parts. */
function plainNumber(written: string, scaled: boolean): bigint | undefined {
  if (/^\d{1,3}([.,]\d{3}){2,}$/.test(written) || (!scaled && /^[1-9]\d{0,2},\d{3}$/.test(written)))
    return BigInt(written.replaceAll(/[.,]/g, "")) * million;
  const match = /^(\d{1,15})(?:[.,](\d{1,6}))?$/.exec(written);
  return match?.[1] === undefined ? undefined : BigInt(match[1]) * million + BigInt((match[2] ?? "").padEnd(6, "0"));
}
