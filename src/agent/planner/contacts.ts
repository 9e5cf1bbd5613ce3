import { findPhoneNumbersInText } from "libphonenumber-js/min";

/** Something a client or a thing is known by exactly. Places are in the text. */
export interface Contact {
  readonly kind: "ref" | "email" | "phone" | "inn" | "deal";
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

const refs = /(?<![\w:])[a-z0-9][a-z0-9.-]*:[a-z][a-z0-9-]*:[\w./-]*\w/gi;
const emails = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
const inns = /(?<![\d+])(?:\d{12}|\d{10})(?!\d)/g;
const numbers = /(?<![\d.,:+])\d{1,12}(?![\d.,:]*\d|\s\d{3}(?!\d)|\s*(?:к|k|тыс|млн|руб|%|\p{L}*й))/giu;
const dealBefore = /(?:сделк\p{L}{0,3}|deals?|лид\p{L}{0,2}|leads?)\s*(?:№|#|номер\p{L}{0,2}|number|no\.?|id)?\s*$|[#№]\s*$/iu;

/** "создай сделку 75000": a deal that is to be made has no number yet, this is its sum. */
const creating =
  /(?:созда|завед|завес|оформ|добав|сдела|нов)\p{L}*\s+(?:\p{L}+\s+){0,3}сделк[ую]\s*$|(?:create|open|make|new|add)\s+(?:an?\s+|new\s+)*deal\s*$/iu;

/** Refs, e-mails, INNs, phones and numbers of deals, each once, in order of their places. */
export function findContacts(text: string): Contact[] {
  const found: Contact[] = [];
  const add = (kind: Contact["kind"], value: string, from: number, to: number) => {
    if (!found.some((other) => from < other.to && to > other.from)) found.push({ kind, value, from, to });
  };
  for (const { 0: value, index } of text.matchAll(refs)) add("ref", value, index, index + value.length);
  for (const { 0: value, index } of text.matchAll(emails)) add("email", value, index, index + value.length);
  for (const { 0: value, index } of text.matchAll(inns)) {
    const said = /(?:инн|inn|tin)\P{L}{0,4}$/iu.test(text.slice(0, index));
    if (said || isInn(value)) add("inn", value, index, index + value.length);
  }
  if (/\d{2}\D*\d{2}\D*\d{2}/.test(text))
    for (const { number, startsAt, endsAt } of findPhoneNumbersInText(text, "RU")) {
      const written = text.slice(startsAt, endsAt);
      // Ten digits in a row that no Russian number begins like are an INN with a slip in it.
      if (/^[012567]\d{9}$/.test(written)) add("inn", written, startsAt, endsAt);
      else add("phone", number.number, startsAt, endsAt);
    }
  for (const { 0: value, index } of text.matchAll(numbers)) {
    const before = text.slice(Math.max(0, index - 60), index);
    if (dealBefore.test(before) && !creating.test(before)) add("deal", value, index, index + value.length);
  }
  return found.toSorted((a, b) => a.from - b.from);
}

const weights = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];

/** The check digits of a Russian taxpayer number, by the order of the Federal Tax Service (10 digits: companies, 12: people). */
export function isInn(text: string): boolean {
  const digits = Array.from(text, Number);
  const check = (length: number) =>
    (weights.slice(11 - length).reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0) % 11) % 10;
  if (text.length === 10) return check(9) === digits[9];
  return text.length === 12 && check(10) === digits[10] && check(11) === digits[11];
}
