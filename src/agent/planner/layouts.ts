import type { Lexicon } from "./words.js";

const latin = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const cyrillic = "йцукенгшщзхъфывапролджэячсмитьбюё";
const sounds: readonly (readonly [string, string])[] = [
  ...Object.entries({ shch: "щ", sch: "щ", yo: "ё", zh: "ж", kh: "х", ts: "ц", ch: "ч", sh: "ш", yu: "ю", ya: "я", ju: "ю", ja: "я" }),
  ...Array.from("abvgdezijklmnoprstufhcyw", (letter, index) => [letter, "абвгдезийклмнопрстуфхцыв"[index] ?? ""] as const),
  ["x", "кс"],
  ["q", "к"],
];

/**
 * The text as it was meant when it was typed with the wrong keyboard layout ("ghjlf;b") or in Latin letters ("prodazhi").
 * Another reading is taken only when far more of its words are known.
 */
export function meantText(text: string, lexicon: Lexicon): string {
  if (/[а-яё]/i.test(text) || text.length > 300 || !/[a-z]/i.test(text)) return text;
  const readings = [text, otherLayout(text), spelledOut(text)];
  const [written = 0, ...others] = readings.map((reading) => knownShare(reading, lexicon));
  const best = others.indexOf(Math.max(...others));
  return written < 0.5 && (others[best] ?? 0) >= Math.max(0.5, written + 0.3) ? (readings[best + 1] ?? text) : text;
}

function knownShare(text: string, lexicon: Lexicon): number {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  return words.length === 0 ? 0 : words.filter((word) => lexicon.means(word).size > 0).length / words.length;
}

function otherLayout(text: string): string {
  return Array.from(text, (letter) => cyrillic[latin.indexOf(letter.toLowerCase())] ?? letter).join("");
}

function spelledOut(text: string): string {
  let rest = text.toLowerCase();
  let result = "";
  while (rest !== "") {
    const [from, to] = sounds.find(([sound]) => rest.startsWith(sound)) ?? [rest[0] ?? "", rest[0] ?? ""];
    result += to;
    rest = rest.slice(from.length);
  }
  return result.replaceAll(/(?<=\p{L})ы(?=[аеоу])/gu, "й");
}
