import type { Day } from "../../domain/numbers.js";
import type { Random } from "../random.js";
import { dayAfter } from "./dates.js";
import { HOSTILE_POSITION } from "./stories.js";
import type { CompanyClient, CompanyContact } from "./types.js";
import { COMPANY_ENDINGS, COMPANY_ROOTS, latin, PEOPLE_WORDS, POSITIONS, REGIONS, SEGMENTS, SPECIAL_COMPANIES } from "./words.js";

const COMBINED_COMPANIES = 270;
const ENTREPRENEURS = 20;
const PERSONS = 16;

/** A client as the stories and word lists know it, before it gets numbers, mailboxes and contacts. */
interface Sketch {
  readonly name: string;
  readonly shortName: string;
  readonly kind: CompanyClient["kind"];
  readonly innDigits?: 10 | 12;
  readonly key?: string;
  readonly segment?: string;
  readonly region?: string;
  readonly managerId?: string;
  readonly since?: Day;
}

/** The clients the company's stories are about; everything else about them is generated like the others'. */
const KNOWN: readonly Sketch[] = [
  known("romashka", "ООО «Ромашка»", "Ромашка", "Розница", "Москва", "anna"),
  known("vektor", "АО «Вектор»", "Вектор", "Производство", "Самара", "anna"),
  known("alfa-stroy", "ООО «Альфа-Строй»", "Альфа-Строй", "Строительство", "Казань", "dmitry"),
  known("meridian", "ООО «Меридиан»", "Меридиан", "Гостиницы и рестораны", "Краснодар", "igor"),
  known("meridian-m", "ООО «Меридиан-М»", "Меридиан-М", "Строительство", "Екатеринбург", "kirill"),
];

function known(key: string, name: string, shortName: string, segment: string, region: string, managerId: string): Sketch {
  return { key, name, shortName, kind: "company", innDigits: 10, segment, region, managerId };
}

/** At least 300 clients; the known ones come first, so their ids in the systems are the smallest. */
export function createClients(random: Random, anchor: Day, salesIds: readonly string[]): CompanyClient[] {
  const phone = phoneBook();
  const people = random.fork("people");
  const traits = random.fork("traits");

  const all = sketches(random.fork("names"));
  const lastCompany = all.findLastIndex(({ kind }) => kind === "company");

  return all.map((sketch, index): CompanyClient => {
    const key = sketch.key ?? `client-${String(index + 1).padStart(3, "0")}`;
    const mailbox = `${latin(sketch.shortName)}-${index + 1}`;
    const isCompany = sketch.kind === "company";
    const contacts = Array.from({ length: isCompany ? people.integer(1, 3) : 0 }, (_, at): CompanyContact => {
      const name = personName(people);
      return {
        key: `${key}/${at + 1}`,
        name: `${name.first} ${name.surname}`,
        phone: phone(),
        email: `${latin(name.first)}.${latin(name.surname)}.${index + 1}@example.com`,
        position: index === lastCompany && at === 0 ? HOSTILE_POSITION : people.pick(POSITIONS),
      };
    });
    return {
      key,
      name: sketch.name,
      shortName: sketch.shortName,
      kind: sketch.kind,
      ...(sketch.innDigits === undefined ? {} : { inn: inn(sketch.innDigits, index + 1) }),
      phones: Array.from({ length: traits.chance(0.2) ? 2 : 1 }, phone),
      emails: isCompany ? [`${sketch.key ?? mailbox}@example.com`] : [`${mailbox}@example.org`],
      region: sketch.region ?? traits.weighted(REGIONS.map((region, rank) => [region, 8 - rank * 0.7])),
      segment: sketch.segment ?? traits.weighted(SEGMENTS.map((segment, rank) => [segment, [5, 5, 4, 3, 2][rank] ?? 1])),
      managerId: sketch.managerId ?? traits.pick(salesIds),
      contacts,
      since: sketch.key ? dayAfter(anchor, -1060 + index) : dayAfter(anchor, -traits.integer(30, 1095)),
    };
  });
}

function sketches(random: Random): Sketch[] {
  const combined = COMPANY_ROOTS.flatMap((root) => COMPANY_ENDINGS.map((ending) => [root, ending] as const));
  const companies = random
    .shuffled(combined)
    .slice(0, COMBINED_COMPANIES)
    .map(([root, ending]): Sketch => {
      const shortName = random.chance(0.4) ? `${root}-${ending}` : `${root}${ending}`;
      return {
        name: `${random.weighted([
          ["ООО", 8],
          ["АО", 2],
        ])} «${shortName}»`,
        shortName,
        kind: "company",
        innDigits: 10,
      };
    });
  const people = distinctPeople(random, ENTREPRENEURS + PERSONS);
  const entrepreneurs = people.slice(0, ENTREPRENEURS).map(({ first, middle, surname }): Sketch => {
    const shortName = `${surname} ${first.charAt(0)}. ${middle.charAt(0)}.`;
    return { name: `ИП ${shortName}`, shortName, kind: "company", innDigits: 12 };
  });
  const persons = people.slice(ENTREPRENEURS).map(({ first, middle, surname }): Sketch => {
    return { name: `${surname} ${first} ${middle}`, shortName: `${first} ${surname}`, kind: "person" };
  });
  const special = SPECIAL_COMPANIES.map((company): Sketch => ({ ...company, kind: "company", innDigits: 10 }));
  return [...KNOWN, ...random.shuffled([...special, ...companies, ...entrepreneurs, ...persons])];
}

function distinctPeople(random: Random, count: number): PersonName[] {
  const found = new Map<string, PersonName>();
  while (found.size < count) {
    const name = personName(random);
    found.set(`${name.surname} ${name.first}`, name);
  }
  return [...found.values()];
}

interface PersonName {
  readonly first: string;
  readonly middle: string;
  readonly surname: string;
}

function personName(random: Random): PersonName {
  const words = random.chance(0.5) ? PEOPLE_WORDS.male : PEOPLE_WORDS.female;
  return { first: random.pick(words.first), middle: random.pick(words.middle), surname: random.pick(words.surnames) };
}

/** +7 900 000-xx-xx in an order without repeats: 7919 has no common divisor with the 10,000 numbers there are. */
function phoneBook(): () => string {
  let handedOut = 0;
  return () => {
    const digits = String((++handedOut * 7919) % 10_000).padStart(4, "0");
    return `+7 900 000-${digits.slice(0, 2)}-${digits.slice(2)}`;
  };
}

const INN_WEIGHTS = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];

/** Check digits as the tax service's order ММВ-7-6/435@ counts them: weighted sum, modulo 11, modulo 10. */
export function inn(length: 10 | 12, serial: number): string {
  const checks = length === 10 ? 1 : 2;
  let digits = String(serial * 6173 + 120_000).padStart(length - checks, "0");
  for (let check = 0; check < checks; check++) {
    const weights = INN_WEIGHTS.slice(INN_WEIGHTS.length - digits.length);
    const sum = weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
    digits += String((sum % 11) % 10);
  }
  return digits;
}
