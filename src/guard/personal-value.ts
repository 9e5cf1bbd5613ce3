import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import { RequestRefused } from "../domain/errors.js";
import { nameForms, sameNameWord } from "../text/person-names.js";

/** What a person is known by, and how to find it however it is written. */
export interface PersonalValue {
  readonly kind: "phone" | "email" | "name";
  /** The same for two spellings of one value; for a digest, never for a log. */
  readonly identity: string;
  /**
   * A condition of SQL that holds for every text the value stands in, and for some others. `text` is an expression, `$n` the
   * parameter `pattern`.
   */
  readonly candidate: (text: string, parameter: string) => string;
  readonly pattern: string;
  /** Its places in a text. */
  find(text: string): readonly { readonly from: number; readonly to: number }[];
  /** The same for the index's list of single words: a pattern of SQL, and whether a word is a part of the value. */
  readonly wordPattern: string;
  isWord(word: string): boolean;
}

/** Put in the place of what was. */
export const erasedMark = "[erased]";

/** Reads "+7 900 000-00-11", "ivan@example.com" or "Иванов Иван Петрович". Throws RequestRefused for what would match half of everything. */
export function personalValue(given: string): PersonalValue {
  const text = given.normalize("NFC").trim();
  if (text.includes("@")) return emailValue(text);
  if (/^[+\d][\d\s().-]{5,}$/.test(text)) return phoneValue(text);
  return nameValue(text);
}

function emailValue(text: string): PersonalValue {
  if (!/^[^\s@<>"',;]+@[^\s@<>"',;]+\.[^\s@<>"',;]+$/.test(text))
    throw new RequestRefused("pii: this is no whole e-mail address", { operation: "pii" });
  const identity = text.toLowerCase();
  const exact = new RegExp(`(?<![\\p{L}\\p{N}._%+-])${escaped(text)}(?![\\p{L}\\p{N}]|[.-][\\p{L}\\p{N}])`, "giu");
  // The domain is everybody's.
  const words = identity.split("@")[0]?.match(/[\p{L}\p{N}]{5,40}/gu) ?? [];
  return {
    kind: "email",
    identity,
    candidate: (column, parameter) => `${column} ~ ${parameter}`,
    pattern: anyCase(text),
    // In quoted JSON the letter of an escape stands before the address and is none of it.
    find: (within) => ranges(exact, within.replaceAll(/\\[nrtbf]/g, "  ")),
    wordPattern: `^(?:${words.map(anyCase).join("|")})$`,
    isWord: (word) => (words as readonly string[]).includes(word.toLowerCase()),
  };
}

function phoneValue(text: string): PersonalValue {
  const parsed = parsePhoneNumberFromString(text, "RU");
  const digits = text.replaceAll(/\D/g, "");
  const national = parsed?.nationalNumber ?? (digits.length > 10 ? digits.slice(-10) : digits);
  if (national.length < 6) throw new RequestRefused("pii: a phone number has at least six digits", { operation: "pii" });
  const country = parsed?.countryCallingCode ?? "7";
  const gap = "[\\s().\\-\\u2010-\\u2015\\u00A0\\u202F/]{0,3}";
  const body = national.split("").join(gap);
  const prefix = `(?:(?:\\+|00)?${country.split("").join(gap)}${gap}${country === "7" ? `|8${gap}` : ""})?\\(?`;
  const exact = new RegExp(`(?<!\\d)${prefix}${body}(?!\\d)`, "g");
  return {
    kind: "phone",
    identity: parsed?.number ?? national,
    candidate: (column, parameter) => `regexp_replace(${column}, '[^0-9]+', '', 'g') ~ ${parameter}`,
    pattern: national,
    find: (within) => ranges(exact, within),
    wordPattern: national,
    isWord: (word) => word.replace(/^(?:7|8)(?=\d{10}$)/, "") === national,
  };
}

function nameValue(text: string): PersonalValue {
  const words = text.match(/\p{L}[\p{L}'’-]*/gu) ?? [];
  const whole = words.filter((word) => word.length > 2);
  const [first] = whole;
  if (!first || words.join("").length < 4)
    throw new RequestRefused("pii: a name has at least one word of three letters", { operation: "pii" });
  // The rarest word decides which rows are looked at: every match holds one of the whole words but the given name may stand alone.
  const stems = whole.map((word) => commonStart(nameForms(word)));
  return {
    kind: "name",
    identity: words.map((word) => word.toLowerCase().replaceAll("ё", "е")).join(" "),
    candidate: (column, parameter) => `${column} ~ ${parameter}`,
    pattern: stems.map(anyCase).join("|"),
    wordPattern: stems.map(anyCase).join("|"),
    find: (within) => namesIn(within, words),
    isWord: (word) => whole.some((each) => each.length > 3 && sameNameWord(each, word)),
  };
}

/** Runs of the name's words beside one another, in any order and case; of a name of several words at least two, initials counting with the surname. */
function namesIn(text: string, name: readonly string[]): { from: number; to: number }[] {
  const plain = text.replaceAll(/\\[nrtbf"\\/]/g, "  ");
  const last = name.at(-1) ?? "";
  const surnames = [name[0] ?? "", /(?:вич|вна|ична)$/iu.test(last) ? "" : last];
  const found: { from: number; to: number }[] = [];
  let run: { from: number; to: number; matched: Set<string>; initials: boolean } | undefined;
  const close = () => {
    if (run) {
      const enough = name.length === 1 ? run.matched.size === 1 : run.matched.size > 1;
      const surname = !run.initials || surnames.some((word) => run?.matched.has(word));
      if (enough && surname) found.push({ from: run.from, to: run.to });
    }
    run = undefined;
  };
  for (const { index, 0: word } of plain.matchAll(/\p{L}[\p{L}'’]*(?:-\p{L}+)*/gu)) {
    const initial = word.length === 1;
    const among = (words: readonly string[]) =>
      words.find((each) => (initial ? each[0]?.toLowerCase() === word.toLowerCase() : sameNameWord(each, word)));
    const beside = run !== undefined && /^[\s._]{0,3}$/.test(plain.slice(run.to, index));
    let match = beside ? among(name.filter((each) => !run?.matched.has(each))) : undefined;
    if (!match) {
      close();
      match = among(name);
    }
    if (!match) continue;
    const to = index + word.length + (initial && plain[index + word.length] === "." ? 1 : 0);
    run = run
      ? { from: run.from, to, matched: run.matched.add(match), initials: run.initials || initial }
      : { from: index, to, matched: new Set([match]), initials: initial };
  }
  close();
  return found;
}

function ranges(pattern: RegExp, text: string): { from: number; to: number }[] {
  return [...text.matchAll(pattern)].map(({ index, 0: { length } }) => ({ from: index, to: index + length }));
}

/** What all cases of a name's word begin with. */
function commonStart(forms: readonly string[]): string {
  return forms.reduce((start, form) => {
    let at = 0;
    while (at < start.length && start[at] === form[at]) at += 1;
    return start.slice(0, at);
  });
}

/** A pattern for any case of the letters. The embedded database's own idea of letters ends with ASCII, so each is spelled out. */
function anyCase(text: string): string {
  return Array.from(text)
    .map((letter) => {
      if (/[еёЕЁ]/.test(letter)) return "[еёЕЁ]";
      const both = [...new Set([letter, letter.toLowerCase(), letter.toUpperCase()])].filter((one) => one.length === 1);
      return /\p{L}/u.test(letter) ? `[${both.join("")}]` : escaped(letter);
    })
    .join("");
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
