const endings = /(?:ого|ему|ому|ыми|ими|ами|ями|ой|ою|ей|ею|ий|ый|ая|яя|ую|юю|ом|ем|ым|им|ых|их|ии|ию|ия|ья|ью|ье|ьи|[аяуюеыиоьй])$/;

/**
 * What a word of a person's name may be compared by: itself and its forms without an ending, ё as е. Two words are cases of one name
 * when they share one: "Максим" and "Максиму", "Андрей" and "Андрею", "Полянская" and "Полянской". Rougher than grammar on purpose:
 * "Смирнов" and "Смирнова" share one, too.
 */
export function nameForms(word: string): readonly string[] {
  const plain = word.toLowerCase().replaceAll("ё", "е").replaceAll("’", "'");
  const forms = new Set([plain]);
  if (/^[а-я-]+$/.test(plain)) {
    const [ending = ""] = endings.exec(plain) ?? [];
    for (let cut = ending.length; cut > 0; cut--) if (plain.length - cut >= 3) forms.add(plain.slice(0, plain.length - cut));
    // Павел, Павла; Лев, Льва
    const fleeting = /^(.+[бвгджзклмнпрстфхцчшщ])[ео]([лвнкрц])$/.exec(plain);
    if (fleeting) forms.add(`${fleeting[1]}${fleeting[2]}`);
  } else if (plain.endsWith("'s")) forms.add(plain.slice(0, -2));
  return [...forms];
}

/** Are these two cases of one name? */
export function sameNameWord(one: string, other: string): boolean {
  const forms = new Set(nameForms(one));
  return nameForms(other).some((form) => forms.has(form));
}
