import type { KnownNames } from "./names.js";
import { findNames, samePerson } from "./names.js";
import { findStructured, type PersonalKind, plainForm, protectedRanges } from "./structured.js";

const words: Readonly<Record<PersonalKind, string>> = {
  phone: "PHONE",
  email: "EMAIL",
  passport: "PASSPORT",
  snils: "SNILS",
  inn: "INN",
  card: "CARD",
  person: "PERSON",
};

const mark = `(?:${Object.values(words).join("|")})\\\\?_\\d{1,5}[a-z]{0,2}`;
/** As models write it: escaped for Markdown, in small letters, with a Russian ending of their own. */
const markInAnswer = new RegExp(`(?<=\\\\[nrt]|^|[^\\p{L}\\d_])${mark}(?![\\d_a-z])(?:['’-]?[а-яё]{1,3}(?![а-яё]))?`, "giu");
const markInText = new RegExp(`(?<![\\p{L}\\d_])${mark}(?![\\p{L}\\d_])`, "giu");

/** One turn's dictionary between real values and what stands for them before the model: "PHONE_1", and "PHONE_1b" for another spelling of it. */
export interface Placeholders {
  /** The text with every personal value replaced; the same value always by the same word. */
  readonly conceal: (text: string) => string;
  /** The text with the real values back in their places; words that stand for nothing stay. */
  readonly reveal: (text: string) => string;
  readonly count: number;
}

export function createPlaceholders(known: KnownNames, systems: readonly string[]): Placeholders {
  const concealed = new Map<string, string>();
  const byValue = new Map<string, string>();
  const byMark = new Map<string, string>();
  const identities: { readonly kind: PersonalKind | "text"; readonly identity: string; readonly number: number; forms: number }[] = [];
  const numbers = new Map<string, number>();

  const placeholderFor = (kind: PersonalKind, identity: string, value: string, literal: boolean): string => {
    const key = `${kind}\0${value}`;
    const given = byValue.get(key);
    if (given) return given;
    const same = identities.find(
      (one) => !literal && one.kind === kind && (one.identity === identity || (kind === "person" && samePerson(one.identity, identity))),
    );
    const entry = same ?? { kind: literal ? ("text" as const) : kind, identity, number: (numbers.get(kind) ?? 0) + 1, forms: 0 };
    if (!same) {
      identities.push(entry);
      numbers.set(kind, entry.number);
    }
    const placeholder = `${words[kind]}_${entry.number}${formLetters(entry.forms++)}`;
    byValue.set(key, placeholder);
    byMark.set(placeholder.toLowerCase(), value);
    return placeholder;
  };

  return {
    get count() {
      return byValue.size;
    },

    conceal(text) {
      const done = concealed.get(text);
      if (done !== undefined) return done;
      const plain = plainForm(text);
      const closed = protectedRanges(plain, systems);
      const structured = findStructured(plain, closed);
      // Somebody who writes "PHONE_1" must not be shown what that stands for.
      const literal = [...plain.matchAll(markInText)].map(({ index, 0: value }) => ({
        kind: kindOf(value),
        from: index,
        to: index + value.length,
        identity: value,
        literal: true,
      }));
      const blocked = [...closed, ...structured, ...literal];
      const names = findNames(plain, known).filter(({ from, to }) => !blocked.some((one) => from < one.to && one.from < to));
      const spans = [...structured.filter(({ from, to }) => !literal.some((one) => from < one.to && one.from < to)), ...names]
        .map((span) => ({ ...span, literal: false }))
        .concat(literal)
        .toSorted((a, b) => a.from - b.from);
      let result = "";
      let at = 0;
      for (const { kind, from, to, identity, literal: isLiteral } of spans) {
        result += text.slice(at, from) + placeholderFor(kind, identity, text.slice(from, to), isLiteral);
        at = to;
      }
      result += text.slice(at);
      concealed.set(text, result);
      return result;
    },

    reveal: (text) =>
      text.replaceAll(markInAnswer, (written) => {
        const plain = written.replaceAll("\\", "").toLowerCase();
        // The ending that a model added belongs to the word's case, not to the value.
        const [exact = ""] = /^[a-z]+_\d+[a-z]{0,2}/.exec(plain) ?? [];
        return byMark.get(exact) ?? written;
      }),
  };
}

function kindOf(placeholder: string): PersonalKind {
  const word = placeholder.replace(/[\\_].*$/s, "").toUpperCase();
  return (Object.keys(words) as PersonalKind[]).find((kind) => words[kind] === word) ?? "person";
}

/** "", "b", "c", … "z", "ba": the first spelling needs no letter. */
function formLetters(form: number): string {
  if (form === 0) return "";
  const letter = (at: number) => String.fromCharCode(97 + at);
  return form < 26 ? letter(form) : letter(Math.min(25, Math.floor(form / 26))) + letter(form % 26);
}
