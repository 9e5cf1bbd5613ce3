import snowball from "snowball-stemmers";

const stemmers = { ru: snowball.newStemmer("russian"), en: snowball.newStemmer("english") };

const legalForms = new Set(
  "ооо оао зао пао ао ип тд тк гк нко чп тоо llc inc ltd limited gmbh corp corporation co company компания фирма общество".split(" "),
);

/** The stem of a word by its script; ё counts as е. "Ромашкой" and "ромашка" have one stem. */
export function stem(word: string): string {
  const plain = word.toLowerCase().replaceAll("ё", "е");
  return /[а-я]/.test(plain) ? stemmers.ru.stem(plain) : stemmers.en.stem(plain);
}

/** The words of a name without quotes and legal form: «ООО "Альфа-Строй"» → альфа, строй. */
export function nameWords(name: string): string[] {
  const words =
    name
      .toLowerCase()
      .replaceAll("ё", "е")
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const kept = words.filter((word) => !legalForms.has(word));
  return kept.length > 0 ? kept : words;
}

// What people write for a Russian name in Latin letters; longer groups first.
const latin: readonly (readonly [RegExp, string])[] = [
  [/shch|sch/g, "щ"],
  [/zh/g, "ж"],
  [/kh/g, "х"],
  [/ts|tz/g, "ц"],
  [/ch/g, "ч"],
  [/sh/g, "ш"],
  [/yu|ju/g, "ю"],
  [/ya|ja/g, "я"],
  [/yo|jo|ye|je/g, "е"],
  [/iy|yy/g, "ий"],
  [/([aeou])[yj]/g, "$1й"],
  [/x/g, "кс"],
  [/ck|c|q/g, "к"],
  [/ph/g, "ф"],
];
const letters: Readonly<Record<string, string>> = {
  a: "а",
  b: "б",
  d: "д",
  e: "е",
  f: "ф",
  g: "г",
  h: "х",
  i: "и",
  j: "й",
  k: "к",
  l: "л",
  m: "м",
  n: "н",
  o: "о",
  p: "п",
  r: "р",
  s: "с",
  t: "т",
  u: "у",
  v: "в",
  w: "в",
  y: "ы",
  z: "з",
};

/** "Romashka" → "ромашка", "Vector" → "вектор": as a Russian name written in Latin letters would be meant. Cyrillic stays. */
export function inCyrillic(text: string): string {
  const grouped = latin.reduce((word, [group, letter]) => word.replaceAll(group, letter), text.toLowerCase());
  return grouped.replaceAll(/[a-z]/g, (letter) => letters[letter] ?? letter);
}

/**
 * What to type into a system's search for a name in any case: as written, then without the endings,
 * because the systems look for substrings and know no declension.
 */
export function searchForms(text: string): string[] {
  const words = nameWords(text);
  const forms = [text.trim(), words.join(" "), words.map(stem).join(" "), ...words.toSorted((a, b) => b.length - a.length).map(stem)];
  if (/[a-z]/i.test(text)) forms.push(...searchForms(inCyrillic(text)));
  return [...new Set(forms.filter((form) => form.length >= 3))];
}

/**
 * How well a name answers to what was asked, 0 to 1: 1 is the same words in any case, 0.8 all asked words and others besides;
 * a name in the other alphabet counts a little less.
 */
export function nameScore(asked: string, name: string): number {
  const plain = scoreWords(nameWords(asked).map(stem), nameWords(name).map(stem));
  if (plain >= 0.7 || !/[a-z]/i.test(asked)) return plain;
  const bare = (text: string) => nameWords(text).map((word) => stem(unmarked(word)));
  return Math.max(plain, 0.95 * scoreWords(bare(inCyrillic(asked)), bare(name)));
}

// Full given names and what people say for them.
const short: Readonly<Record<string, string>> = {
  александр: "саша шура",
  александра: "саша шура",
  алексей: "леша",
  анастасия: "настя",
  анатолий: "толя",
  анна: "аня",
  борис: "боря",
  валентина: "валя",
  валерий: "валера",
  василий: "вася",
  виктор: "витя",
  виктория: "вика",
  владимир: "вова володя",
  вячеслав: "слава",
  галина: "галя",
  геннадий: "гена",
  григорий: "гриша",
  дарья: "даша",
  дмитрий: "дима митя",
  евгений: "женя",
  евгения: "женя",
  екатерина: "катя",
  елена: "лена",
  елизавета: "лиза",
  иван: "ваня",
  ирина: "ира",
  константин: "костя",
  ксения: "ксюша",
  любовь: "люба",
  людмила: "люда",
  маргарита: "рита",
  мария: "маша",
  михаил: "миша",
  надежда: "надя",
  наталья: "наташа",
  николай: "коля",
  ольга: "оля",
  павел: "паша",
  петр: "петя",
  роман: "рома",
  светлана: "света",
  семен: "сеня",
  сергей: "сережа",
  станислав: "стас",
  степан: "степа",
  татьяна: "таня",
  федор: "федя",
  юлия: "юля",
  юрий: "юра",
  яков: "яша",
};
const fullNames = new Map<string, string[]>();
for (const [full, list] of Object.entries(short))
  for (const one of list.split(" ")) fullNames.set(stem(one), [...(fullNames.get(stem(one)) ?? []), full]);

/** A surname without its case: the stemmer takes «Громов» for a plural, and «Громову» not. */
function plainSurname(name: string): string {
  return name.replaceAll(/(?<=\p{L}{2}(?:ов|ев|ёв|ин|ын))(?:а|у|ым|ой|е)(?!\p{L})/giu, "");
}

/** How well a colleague's name answers to what was asked: as `nameScore`, and "Лене" is also Елена, "Маша" Мария. */
export function personScore(asked: string, name: string): number {
  const words = asked.split(/\s+/);
  const spelled = words.flatMap((word, at) => (fullNames.get(stem(word)) ?? []).map((full) => words.with(at, full).join(" ")));
  return Math.max(...[asked, ...spelled].map((one) => nameScore(plainSurname(one), plainSurname(name))));
}

/** Without what Latin letters do not tell apart. */
function unmarked(word: string): string {
  return word.replaceAll(/[ьъ]/g, "").replaceAll("э", "е").replaceAll("ы", "и").replaceAll("й", "и");
}

function scoreWords(want: readonly string[], have: readonly string[]): number {
  if (want.length === 0 || have.length === 0) return 0;
  const found = want.filter((word) => have.some((other) => other === word || close(word, other))).length;
  const exact = want.filter((word) => have.includes(word)).length;
  if (exact === want.length && have.length === want.length) return 1;
  if (exact === want.length) return 0.8;
  if (found === want.length) return have.length === want.length ? 0.7 : 0.5;
  return (0.4 * found) / want.length;
}

/** One slip of the finger apart, in words long enough for it to be one. */
function close(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < 4 || Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  const restA = a.slice(at);
  const restB = b.slice(at);
  const swapped = restA.length > 1 && restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
  return swapped || restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1);
}
