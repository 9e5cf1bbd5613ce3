/** The case a name stands in, as far as the words around it tell. */
export type Case = "genitive" | "dative" | "accusative" | "instrumental" | "unknown";

const governs: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(["у", "от", "для", "из", "без", "до", "около", "после", "насчет"].map((one) => [one, "genitive" as const])),
  ...Object.fromEntries(["к", "ко", "по"].map((one) => [one, "dative" as const])),
  ...Object.fromEntries(["с", "со", "перед", "над", "между"].map((one) => [one, "instrumental" as const])),
  ...Object.fromEntries(["на", "про"].map((one) => [one, "accusative" as const])),
};

export function caseAfter(preposition: string): Case {
  return governs[preposition] ?? "unknown";
}

/** Without a vowel before it, "ой" belongs to the noun itself: «Альфа-Строй», «Бой». */
const itself = /(?:^|-)[^аеиоуыэюя-]*ой$/i;

type Rule = readonly [ending: RegExp, nominative: string];

const rules: Readonly<Record<Exclude<Case, "unknown">, readonly Rule[]>> = {
  instrumental: [
    [/(?<=[аеиоуыэюя])ем$/, "й"],
    [/ией$/, "ия"],
    [/ом$/, ""],
    [/(?<=[жшчщц])ей$/, "а"],
    [/(?<=[бвгдзклмнпрстфх])ой$/, "а"],
  ],
  genitive: [
    [/ы$/, "а"],
    [/(?<=[кгхжшчщ])и$/, "а"],
    [/(?<=[аеиоуыэю])я$/, "й"],
    [/ии$/, "ия"],
    [/(?<=[аеиоуыэюя][бвгджзклмнпрстфхцчшщ])а$/, ""],
  ],
  dative: [
    [/(?<=[бвгджзклмнпрстфхчшщ])е$/, "а"],
    [/(?<=[аеиоуыэю])ю$/, "й"],
    [/ии$/, "ия"],
    [/(?<=[бвгджзклмнпрстфхцчшщ])у$/, ""],
  ],
  accusative: [
    [/ию$/, "ия"],
    [/(?<=[бвгджзклмнпрстфхчшщ])у$/, "а"],
  ],
};

const feminine: readonly Rule[] = [[/(?:ой|ую)$/, "ая"]];
const masculine: readonly Rule[] = [
  [/(?<=[кгхжшчщ])(?:им|ого|ому|ом)$/, "ий"],
  [/(?:ым|ого|ому)$/, "ый"],
];

/**
 * The likely nominative of a Russian name written in a case: «с Ромашкой» → Ромашка, «у Альфа-Строя» → Альфа-Строй.
 * A name that gives no certain answer stays as written; searches go by stems anyway.
 */
export function toNominative(name: string, said: Case): string {
  if (said === "unknown" || !/^[А-ЯЁа-яё\s-]+$/.test(name)) return name;
  const words = name.split(" ");
  const last = words.at(-1) ?? "";
  if (last.length < 4 || last === last.toUpperCase() || itself.test(last)) return name;
  const changed = apply(last, rules[said]);
  if (changed === last) return name;
  if (words.length === 1) return changed;
  // In "Северным ветром" the noun may have lost a vowel: then nothing is certain.
  if (/[бвгджзклмнпрстфхцчшщ]{2}$/.test(changed)) return name;
  return [...words.slice(0, -1).map((word) => (word.length > 4 ? adjectiveOrNoun(word, said, /[ая]$/.test(changed)) : word)), changed].join(
    " ",
  );
}

function adjectiveOrNoun(word: string, said: Exclude<Case, "unknown">, besideFeminine: boolean): string {
  const adjective = apply(word, besideFeminine ? feminine : masculine);
  return adjective === word ? apply(word, rules[said]) : adjective;
}

function apply(word: string, list: readonly Rule[]): string {
  for (const [ending, nominative] of list) if (ending.test(word)) return word.replace(ending, nominative);
  return word;
}
