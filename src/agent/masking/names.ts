import { nameForms, sameNameWord } from "../../text/person-names.js";
import { isGivenName } from "../planner/names.js";
import type { Span } from "./structured.js";

/** Names that Svyaz knows already, by the forms of their words. */
export interface KnownNames {
  /** Words of people's and contacts' full names. */
  readonly words: ReadonlySet<string>;
  /** Those of them that are surnames: one is enough to tell who is meant. */
  readonly surnames: ReadonlySet<string>;
}

interface Word {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly capital: boolean;
  /** Nothing but a space stands between this word and the one before it. */
  readonly joined: boolean;
}

const patronymic =
  /^\p{L}{3,}(?:ович|евич|ьевич|иевич)(?:а|у|ем|е)?$|^\p{L}{3,}(?:овн|евн|ьевн|иевн)(?:а|ы|е|у|ой|ою)$|^(?:ильинич|кузьминич|лукинич|никитич|фоминич|саввич)н(?:а|ы|е|у|ой|ою)$|^(?:ильич|кузьмич|лукич|никитич|фомич|саввич)(?:а|у|ом|е|ем)?$/iu;
const eastern = /^(?:оглы|оглу|кызы|угли|улы)$/iu;
const strongSurname =
  /(?:[оеё]в|[оеё]в(?:а|у|ым|е|ой|ою|ы|ых)|ск(?:ий|ого|ому|им|ом|ая|ой|ую)|цк(?:ий|ого|ому|им|ом|ая|ой|ую)|енк[оау]|швили|дзе)$/iu;
const surname =
  /(?:[оеёыи][вн]|[оеёыи][вн](?:а|у|ым|е|ой|ою|ы|ых)|[сц]к(?:ий|ого|ому|им|ом|ая|ой|ую)|енко|ук|юк|ук[ауе]|юк[ауе]|ян|янц|дзе|швили|ых|их|ко|як|ман|берг|штейн)$/iu;
const latinSurname = /(?:ov|ova|ev|eva|sky|skiy|skaya|enko|chuk|yan|dze|shvili)$/i;
const latinGiven = new Set(
  "aleksandr alexander aleksey alexey andrey anton artem artyom boris denis dmitry dmitriy evgeny igor ilya ivan kirill konstantin maksim maxim mikhail nikita nikolay oleg pavel petr pyotr roman ruslan sergey sergei stanislav timur vadim valery viktor vitaly vladimir vladislav vyacheslav yaroslav yuri yury aleksandra alexandra alina anastasia ekaterina elena galina irina larisa lyudmila marina natalia natalya nadezhda oksana olga polina svetlana tatiana tatyana vera viktoria yulia zoya hans pierre jean marie carlos jose luis ahmed mohammed ali wei li hiroshi amelia ava charlotte chloe claire ella ethan evelyn hazel isabella jackson jacob liam lily logan lucas mason mia noah oscar owen rose ruby theo violet bruce carl craig dennis derek diane elaine emma erik fiona frederick gordon howard isaac janet jeffrey jeremy julie kathleen kimberly leo leonard lewis louis louise martha maurice michelle monica nathan neil nora peter philip phillip ralph ray raymond rosa russell ruth sean shirley sidney stella stuart sylvia teresa theresa travis tracy tyler valerie vera virginia wayne wendy".split(
    " ",
  ),
);
/** Given names that the planner's list, made for its own sandbox, has not. */
const moreGiven = new Set(
  "айгуль акоп алихан амина арам аристарх арман арсен асель ашот бахтияр бэлла вазген гаяне гарик гузель гурам давид дамир динара жасур заур зураб ибрагим ислам карен лейсан лиана магомед мадина малика мурад мухаммад назира наргиза нарине нино нурлан октябрина отар пелагея потап ражаб рамиль расул рашид рифат рустам салават сабрина сурен тагир талгат тамаз тигран фатима фарид фарход хасан шамиль эдгар эльнара эмиль".split(
    " ",
  ),
);
const titles = /^(?:mr|mrs|ms|miss|dr|prof|господин\p{L}{0,2}|госпож\p{L}{1,2}|г-н\p{L}{0,2}|г-ж\p{L}{1,2})$/iu;
/** Who is named behind such a word is a person. */
const role =
  /^(?:клиент|менеджер|директор|бухгалтер|юрист|инженер|руководител|начальник|сотрудник|контакт|заказчик|покупател|поставщик|партн[её]р|коллег|ответственн|исполнител|товарищ|manager|director|client|contact|owner)\p{L}{0,4}$/iu;
/** Nouns that begin a sentence in front of a surname: "Заявка Петрова". */
const matter =
  /^(?:заявк|сч[её]т|договор|сделк|задач|звон|письм|встреч|компани|фирм|лид|заказ|оплат|почт|телефон|адрес|паспорт|отч[её]т|акт|для|при|или|это|наш|ваш|мой|у|от|по|за|на|не|с|и|в|к|о|об)\p{L}{0,3}$/iu;
const strictSurname = /(?:[оеё]в|[оеё]в(?:а|у|ым|е|ой|ою)|енко|ян|янц|дзе|швили)$/iu;
const adjective = /(?:ый|ий|ая|яя|ое|ее|ые|ие|ого|ому|ым|ой|ую)$/iu;
const greeting =
  /^(?:hi|hello|dear|thanks|thank|regards|best|yes|no|ok|please|today|tomorrow|sorry|and|or|so|then|well|monday|tuesday|wednesday|thursday|friday|also)$/i;
/** What follows a given name in the name of a firm, a street or a month, and is nobody's surname. */
const notSurname =
  /^(?:ooo|llc|ltd|inc|corp|group|hotels?|deals?|sales|street|road|city|january|february|march|april|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|crm|erp|group|park|trade|service|ооо|ао|зао|пао|ип|плюс|групп|трейд|сервис|маркет|снаб|строй|проект|отель|crm|москв\p{L}*|россии?|росси\p{L}*|январ\p{L}*|феврал\p{L}*|март\p{L}*|апрел\p{L}*|ма[йея]\p{L}?|июн\p{L}*|июл\p{L}*|август\p{L}*|сентябр\p{L}*|октябр\p{L}*|ноябр\p{L}*|декабр\p{L}*)$/iu;

/** Names of people: by patronymic, by initials, by a given name with a surname beside it, and those that are known. Sorted, not overlapping. */
export function findNames(plain: string, known: KnownNames): Span[] {
  const words = wordsOf(plain);
  const taken = new Set<number>();
  const spans: Span[] = [];
  const take = (first: number, last: number, to = words[last]?.to ?? 0) => {
    const from = words[first]?.from ?? 0;
    for (let at = first; at <= last; at++) taken.add(at);
    spans.push({ kind: "person", from, to, identity: plain.slice(from, to).toLowerCase() });
  };
  const isKnown = (word: Word | undefined) => word !== undefined && nameForms(word.text).some((form) => known.words.has(form));
  const isKnownSurname = (word: Word | undefined) => word !== undefined && nameForms(word.text).some((form) => known.surnames.has(form));
  const isGiven = (word: Word | undefined) => word !== undefined && givenName(word.text);
  const beside = (at: number) => {
    const word = words[at];
    return word && word.capital && word.text.length > 1 && !taken.has(at) && !notSurname.test(word.text) ? word : undefined;
  };

  // Surname Given Patronymic, in any order of the surname, and what of it there is.
  for (const [at, word] of words.entries()) {
    const before = words[at - 1];
    if (!before || !word.joined || taken.has(at)) continue;
    if (eastern.test(word.text) && before.capital && before.joined) {
      const left = words[at - 3];
      take(words[at - 2]?.joined && left && (surname.test(left.text) || isKnown(left)) ? at - 3 : at - 2, at);
      continue;
    }
    if (!patronymic.test(word.text)) continue;
    if (taken.has(at - 1) || !(isGiven(before) || (before.capital && word.capital))) continue;
    const [left, right] = [before.joined ? words[at - 2] : undefined, words[at + 1]?.joined ? words[at + 1] : undefined];
    const fits = (one: Word | undefined) =>
      one !== undefined && (one.capital ? surname.test(one.text) || isKnown(one) : strongSurname.test(one.text) && isKnownSurname(one));
    if (fits(left)) take(at - 2, at);
    else if (right && (fits(right) || (right.capital && beside(at + 1)))) take(at - 1, at + 1);
    else if (left && beside(at - 2) && !startsSentence(plain, left)) take(at - 2, at);
    else take(at - 1, at);
  }

  // Иванов И. И.; И. И. Иванов
  const initialed = (pattern: RegExp, accept: (first: Word, value: string) => boolean) => {
    for (const { index, 0: value } of plain.matchAll(pattern)) {
      const first = words.findIndex(({ from }) => from === index);
      const last = lastWithin(words, index + value.length);
      const word = words[first];
      if (word && ![first, last].some((at) => taken.has(at)) && accept(word, value)) take(first, last, index + value.length);
    }
  };
  const surnameFirst = /(?<!\p{L})\p{Lu}[\p{L}'’-]{2,}\s\p{Lu}\.(?:\s?\p{Lu}\.)?/gu;
  initialed(surnameFirst, (word) => surname.test(word.text) || isKnownSurname(word));
  initialed(/(?<![\p{L}.])\p{Lu}\.\s?\p{Lu}\.\s?\p{Lu}[\p{L}'’-]{2,}/gu, () => true);
  initialed(surnameFirst, (_word, value) => /\..*\./.test(value));

  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const next = words[at + 1];
    if (!word || taken.has(at)) continue;
    if (titles.test(word.text) && beside(at + 1) && /^[\s.]{1,2}$/.test(plain.slice(word.to, next?.from))) {
      take(at + 1, words[at + 2]?.joined && beside(at + 2) ? at + 2 : at + 1);
      continue;
    }
    if (!next?.joined || taken.has(at + 1)) continue;
    const pair = word.capital && next.capital;
    const latin = /^[a-z]/i.test(word.text) && /^[a-z]/i.test(next.text);
    const named =
      (pair && isGiven(word) && beside(at + 1) && !isGivenAlone(next)) ||
      (pair && isGiven(next) && (surname.test(word.text) || isKnown(word))) ||
      (pair && isGiven(next) && !startsSentence(plain, word) && beside(at) && !latin && surnameLike(word.text)) ||
      (pair && latin && latinSurname.test(next.text) && word.text.length > 2) ||
      (isGiven(word) && strongSurname.test(next.text) && next.text.length > 4) ||
      (isGiven(next) && strongSurname.test(word.text) && word.text.length > 4) ||
      (pair && isKnown(word) && isKnown(next)) ||
      (pair &&
        strictSurname.test(next.text) &&
        word.text.length > 2 &&
        !adjective.test(word.text) &&
        !matter.test(word.text) &&
        !role.test(word.text));
    if (!named) {
      if (role.test(word.text) && next.capital && strictSurname.test(next.text)) take(at + 1, at + 1);
      continue;
    }
    // Anna Maria Schmidt; a middle name or its letter.
    let last = at + 1;
    const third = words[at + 2];
    if (third?.joined && beside(at + 2) && latin && (isGiven(next) || isKnown(third))) last = at + 2;
    else if (third?.joined && third.capital && isKnown(third) && !taken.has(at + 2)) last = at + 2;
    take(at, last);
  }
  // John F. Kennedy; Smith, John
  initialed(/(?<!\p{L})[A-Z][a-z]+ [A-Z]\. [A-Z][a-z'’-]+/gu, isGiven);
  for (const [at, word] of words.entries()) {
    const next = words[at + 1];
    if (!next || taken.has(at) || taken.has(at + 1) || !/^[A-Z]/.test(word.text) || plain.slice(word.to, next.from) !== ", ") continue;
    if (next.capital && /^[A-Z]/.test(next.text) && isGiven(next) && !isGiven(word) && !greeting.test(word.text)) take(at, at + 1);
  }
  // A surname alone, of somebody known.
  for (const [at, word] of words.entries()) {
    if (taken.has(at) || word.text.length < 4 || !isKnownSurname(word)) continue;
    if (word.capital ? surname.test(word.text) : strongSurname.test(word.text) && word.text.length > 5) take(at, at);
  }
  return spans.toSorted((a, b) => a.from - b.from);
}

/** What full names teach: "Смирнова Анна", as contacts are called. Names of firms and of one word teach nothing. */
export function learnNames(names: Iterable<string>): KnownNames {
  const words = new Set<string>();
  const surnames = new Set<string>();
  for (const name of names) {
    const parts = name.trim().split(/\s+/);
    if (parts.length < 2 || parts.length > 4 || !parts.every((part) => /^\p{Lu}[\p{L}'’-]+$/u.test(part))) continue;
    if (parts.some((part) => notSurname.test(part))) continue;
    const person = parts.some((part) => givenName(part) || patronymic.test(part));
    for (const part of parts) {
      for (const form of nameForms(part)) words.add(form);
      if ((person || surname.test(part)) && part.length > 3 && !givenName(part) && !patronymic.test(part))
        for (const form of nameForms(part)) surnames.add(form);
    }
  }
  return { words, surnames };
}

/** Do the shorter name's words all stand in the longer one, a surname among them? Initials count as the names they begin. */
export function samePerson(one: string, other: string): boolean {
  const [few = [], many = []] = [one, other].map((name) => name.match(/\p{L}[\p{L}'’-]*/gu) ?? []).toSorted((a, b) => a.length - b.length);
  const same = (a: string, b: string) =>
    a.length === 1 || b.length === 1 ? a[0]?.toLowerCase() === b[0]?.toLowerCase() : sameNameWord(a, b);
  return few.every((word) => many.some((each) => same(word, each))) && few.some((word) => word.length > 1 && !givenName(word));
}

/** In any case: "Светлану" is looked for as "светлана", too. */
function givenName(word: string): boolean {
  if (!/^[а-яё]/i.test(word)) return latinGiven.has(word.toLowerCase().replace(/['’]s$/, "")) || isGivenName(word);
  const [whole = "", ...cut] = nameForms(word);
  return [whole, ...cut, ...cut.flatMap((form) => givenEndings.map((ending) => form + ending))].some(
    (one) => moreGiven.has(one) || isGivenName(one),
  );
}

const givenEndings = ["а", "я", "й", "ий", "ь"];

/** Two given names in a row are a name when the second is also a surname, as "Thomas Martin"; "Анна, Борис" are two people. */
function isGivenAlone(word: Word): boolean {
  return /^[а-яё]/i.test(word.text) && givenName(word.text);
}

function surnameLike(word: string): boolean {
  return word.length > 3 && !/(?:ть|те|ите|йте|ешь|ишь|ую|ый|ая|ое|ые|ого|ому)$/iu.test(word);
}

function wordsOf(plain: string): Word[] {
  const words: Word[] = [];
  for (const { index, 0: text } of plain.matchAll(/\p{L}[\p{L}]*(?:['’-]\p{L}+)*/gu)) {
    const before = words.at(-1);
    words.push({
      text,
      from: index,
      to: index + text.length,
      capital: /^\p{Lu}/u.test(text),
      joined: before !== undefined && /^ {1,2}$/.test(plain.slice(before.to, index)),
    });
  }
  return words;
}

function lastWithin(words: readonly Word[], to: number): number {
  return words.findLastIndex((word) => word.to <= to);
}

function startsSentence(plain: string, word: Word): boolean {
  return /(?:^|[.!?\n:;«"(•-])\s*$/.test(plain.slice(Math.max(0, word.from - 4), word.from));
}
