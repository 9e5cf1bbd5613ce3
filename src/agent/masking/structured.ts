import { findPhoneNumbersInText } from "libphonenumber-js/min";
import { isInn, isLuhn, isSnils } from "./checksums.js";

export type PersonalKind = "phone" | "email" | "passport" | "snils" | "inn" | "card" | "person";

/** A piece of a text that tells of a person. `identity`: equal for two spellings of one value. */
export interface Span {
  readonly kind: PersonalKind;
  readonly from: number;
  readonly to: number;
  readonly identity: string;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * The text as the patterns see it, of the same length: escapes of JSON are spaces (material often is quoted JSON, and the "n" of "\n"
 * would hide the number behind it), every digit is ASCII, odd spaces and dashes are plain ones.
 */
export function plainForm(text: string): string {
  return text
    .replaceAll(/\\[nrtbf"\\/]/g, "  ")
    .replaceAll(/[\uFF10-\uFF19]/g, (digit) => String(digit.charCodeAt(0) - 0xff10))
    .replaceAll(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replaceAll(/[\u00A0\u2000-\u200A\u202F\u3000\t]/g, " ")
    .replaceAll(/[\u2010-\u2015\u2212]/g, "-");
}

/** What is never looked into: refs of the connected systems, links, GUIDs, IBANs. `systems` as in a ref ("amocrm"). */
export function protectedRanges(plain: string, systems: readonly string[]): Range[] {
  const names = systems.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const patterns = [
    ...(names ? [new RegExp(`(?<![\\w.-])(?:${names}):[a-z][a-z0-9-]*:[^\\s"'<>,;)\\]]+`, "g")] : []),
    // A messenger's link to a number is a number.
    /https?:\/\/(?!wa\.me|api\.whatsapp\.com|t\.me\/\+)[^\s"'<>)\]]+/g,
    /(?<![\da-f])[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(?![\da-f])/gi,
    /(?<![\p{L}\d])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![\p{L}\d])/gu,
  ];
  return patterns.flatMap((pattern) =>
    [...plain.matchAll(pattern)].map(({ index, 0: { length } }) => ({ from: index, to: index + length })),
  );
}

const space = "[ \\-.]{0,2}";
/** A number that follows one of these words is of a thing and not of a person. */
const thing =
  /(?:№|#|(?<![\p{L}])(?:no|n|номера? (?:заказа|сч[её]та|договора|накладной|заявки|сделки|документа)|заказ\p{L}*|сч[её]т\p{L}*|сделк\p{L}*|договор\p{L}*|накладн\p{L}*|заявк\p{L}*|артикул\p{L}*|арт|код\p{L}*|упд|тикет\p{L}*|обращени\p{L}*|трек\p{L}*|серийн\p{L}* номер\p{L}*|штрих-?код\p{L}*|огрн(?:ип)?|кпп|окпо|бик|р\/с|к\/с|order|invoice|deal|contract|ticket|sku|id|serial|tracking|barcode|item|ref|account|acct|ean|gtin))[\s.:=№#"-]{0,4}$/iu;
const phoneWord =
  /(?<![\p{L}])(?:т|тел|телефон\p{L}*|моб|мобильн\p{L}*|сот|сотов\p{L}*|факс|phone|tel|mobile|cell|fax|whatsapp|ватсап|вотсап|viber|вайбер)[\s.:="-]{0,4}$/iu;
/** Money, quantity or the rest of a decimal. */
const measure = /^(?:\s?(?:₽|\$|€|£|%|руб|р\.|rub|usd|eur|тыс|млн|млрд|шт|кг|тонн|м\b|км\b|pcs)|[.,]\d{1,2}(?!\d))/iu;

/** Everything with a form of its own: e-mails, phones, Russian passports, SNILS, INN, bank cards. Sorted by place, never overlapping. */
export function findStructured(plain: string, closed: readonly Range[]): Span[] {
  const found: Span[] = [];
  const free = ({ from, to }: Range) => ![...closed, ...found].some((one) => from < one.to && one.from < to);
  const add = (kind: PersonalKind, from: number, length: number, identity: string) => {
    const span = { kind, from, to: from + length, identity };
    if (length > 0 && free(span)) found.push(span);
  };
  const each = (pattern: RegExp, kind: PersonalKind, accept: (digits: string, match: RegExpExecArray, before: string) => boolean) => {
    for (const match of plain.matchAll(pattern)) {
      const value = match.groups?.["value"] ?? match[0];
      const from = match.index + match[0].lastIndexOf(value);
      const digits = value.replaceAll(/\D/g, "");
      if (accept(digits, match, plain.slice(Math.max(0, from - 40), from))) add(kind, from, value.length, digits);
    }
  };

  // Links hide no e-mail.
  const emails =
    /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+(?:@|\s?[[(]\s?(?:at|собака)\s?[\])]\s?)(?:[\p{L}\p{N}-]+\.)+\p{L}{2,24}(?![\p{L}\p{N}])/giu;
  for (const { index, 0: value } of plain.matchAll(emails))
    found.push({ kind: "email", from: index, to: index + value.length, identity: value.toLowerCase() });

  each(
    /(?<![\p{L}\d])(?:инн|inn)(?:\s?\/\s?(?:кпп|kpp))?(?:\s(?:физ\p{L}*|клиента|компании|организации|ип))?[\s:=№"-]{0,5}(?<value>\d{12}|\d{10})(?!\d)/giu,
    "inn",
    () => true,
  );
  each(
    new RegExp(`(?<![\\p{L}\\d])(?:снилс|snils)[\\s:=№"-]{0,5}(?<value>\\d{3}${space}\\d{3}${space}\\d{3}${space}\\d{2})(?!\\d)`, "giu"),
    "snils",
    () => true,
  );
  each(
    /(?<![\p{L}\d])(?:паспорт\p{L}*|загранпаспорт\p{L}*|passport)(?:\s(?:рф|гражданина рф|number|no\.?|клиента))?[\s:=№"-]{0,4}(?:серия[\s:]{1,2})?(?<value>\d{2} ?\d{2}[\s,]{0,2}(?:№|n|номер|-)?\s?\d{6}|\d{2}\s?№?\s?\d{7})(?!\d)/giu,
    "passport",
    () => true,
  );
  each(/(?<![\p{L}\d])(?:серия|сер\.)[\s:]{1,2}(?<value>\d{2} ?\d{2}[\s,]{0,2}(?:№|номер)?\s?\d{6})(?!\d)/giu, "passport", () => true);
  each(/(?<![\d-])\d{3}[- ]\d{3}[- ]\d{3}[- ]\d{2}(?![\d-])/g, "snils", isSnils);
  each(/(?<![\d.,])(?:\d[ -]?){14,18}\d(?![\d])/g, "card", (digits, _match, before) => isCard(digits) && !thing.test(before));
  each(
    /(?<![\p{L}\d.,/-])\d{2} \d{2} \d{6}(?![\d.,/-]\d?)/gu,
    "passport",
    (digits, _match, before) => isSeries(digits) && !thing.test(before),
  );
  each(/(?<![\p{L}\d.,/-])\d{4} ?(?:№|N) ?\d{6}(?!\d)/gu, "passport", isSeries);
  each(
    /(?<![\p{L}\d.,/№#-] ?)\d{4} \d{6}(?![\d.,/-]|\s\d)/gu,
    "passport",
    (digits, { index, 0: { length } }, before) =>
      isSeries(digits) && !/^(?:19|20)/.test(digits) && !thing.test(before) && !measure.test(plain.slice(index + length)),
  );
  for (const phone of findPhones(plain)) add("phone", phone.from, phone.to - phone.from, phone.identity);
  each(
    /(?<![\p{L}\d.,/_-])(?:\d{12}|\d{10})(?![\p{L}\d_/-]|[.,]\d)/gu,
    "inn",
    (digits, { index }, before) => isInn(digits) && !thing.test(before) && !measure.test(plain.slice(index + digits.length)),
  );
  each(
    /(?<![\p{L}\d.,/_-])\d{11}(?![\p{L}\d_/-]|[.,]\d)/gu,
    "snils",
    (digits, { index }, before) => isSnils(digits) && !thing.test(before) && !measure.test(plain.slice(index + digits.length)),
  );
  return found.toSorted((a, b) => a.from - b.from);
}

/** The payment systems' ranges, and Luhn's digit. */
function isCard(digits: string): boolean {
  const known =
    (digits.length === 16 && /^(?:4|5[1-5]|2[2-7]|6)/.test(digits)) ||
    (digits.length === 15 && /^3[47]/.test(digits)) ||
    ((digits.length === 18 || digits.length === 19) && /^(?:220[0-4]|4|6)/.test(digits));
  return known && isLuhn(digits);
}

/** A series is a region and the year its form was printed in: 1997 and later. */
function isSeries(digits: string): boolean {
  const [region, year] = [Number(digits.slice(0, 2)), Number(digits.slice(2, 4))];
  return region > 0 && (year >= 97 || year <= 35);
}

/** A Russian number as it is usually written; also one of several in a row, which the library takes for one long number. */
const russian = /(?<![\d+])(?:\+?7|8)[ .-]?\(?[3489]\d{2}\)?[ .-]{0,2}\d{3}[ .-]?\d{2}[ .-]?\d{2}(?!\d)/g;

function findPhones(plain: string): (Range & { readonly identity: string })[] {
  const phones: (Range & { readonly identity: string })[] = [];
  const add = (from: number, to: number, identity: string) => {
    if (!phones.some((one) => from < one.to && one.from < to) && isPhone(plain, { from, to })) phones.push({ from, to, identity });
  };
  for (const { index, 0: value } of plain.matchAll(russian)) add(index, index + value.length, `+7${value.replaceAll(/\D/g, "").slice(1)}`);
  // To the library a comma begins an extension.
  const apart = plain.replaceAll(/,|\n| {2,}/g, (gap) => ";".repeat(gap.length));
  for (const { startsAt, endsAt, number } of findPhoneNumbersInText(apart, { defaultCountry: "RU", extended: true })) {
    // Dates, ranges and account numbers in a row.
    if (/[\d.,]$|\d[ -]$/.test(plain.slice(Math.max(0, startsAt - 2), startsAt)) || /^[ -]\d/.test(plain.slice(endsAt, endsAt + 2)))
      continue;
    add(startsAt, endsAt, number.number);
  }
  // What the library knows no country for, and numbers without a city, when a word says what they are.
  for (const pattern of [/(?<![\d+])\+\d(?:[ ().-]{0,2}\d){9,13}(?!\d)/g, /(?<![\d+])\(?\d(?:[ ().-]{0,2}\d){5,13}(?!\d)/g]) {
    for (const { index, 0: value } of plain.matchAll(pattern)) {
      const known = value.startsWith("+") || phoneWord.test(plain.slice(Math.max(0, index - 20), index));
      const range = { from: index, to: index + value.length, identity: value.replaceAll(/\D/g, "") };
      if (known && !phones.some(({ from, to }) => range.from < to && from < range.to)) phones.push(range);
    }
  }
  return phones;
}

/** Whether what could be dialled is meant as a number: a bare row of digits must look like a Russian one and follow no word like "order". */
function isPhone(plain: string, { from, to }: Range): boolean {
  const written = plain.slice(from, to);
  const before = plain.slice(Math.max(0, from - 40), from);
  const after = plain.slice(to);
  if (/[\p{L}\d_/]$/u.test(before) && !/(?:wa\.me|t\.me)\/\+?$/.test(before)) return false;
  if (/^[\p{L}\d_]/u.test(after)) return false;
  if (written.startsWith("+") || phoneWord.test(before)) return true;
  // "1 250 000 000" and "89 161 234 567" are read as amounts.
  if (/^\d{1,3}(?: \d{3})+$/.test(written) || (measure.test(after) && !/[-()]/.test(written))) return false;
  const bare = /^\d+$/.test(written);
  if (!bare) return /^[78(]/.test(written) || !thing.test(before);
  const mobile = written.length === 10 ? written.startsWith("9") : /^[78][3489]/.test(written);
  return mobile && !thing.test(before);
}
