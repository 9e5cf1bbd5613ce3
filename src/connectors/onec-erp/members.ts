import type { Member } from "../../domain/erp.js";
import { anyOf, type OData, quoted } from "../kit/odata.js";
import { textRow } from "./catalogs.js";
import type { Mapping, Split } from "./mapping.js";

const MOST = 50;
/** A catalog up to this size is read whole when the base's own search finds nothing. */
const SMALL = 5000;
/** How much alike two names must be to be offered as "did you mean". */
const LIKE = 0.3;

/**
 * The values of a split that answer to a text, nearest first. With `suggest`, when none does, up to five that resemble it,
 * so the caller compares names before taking one for certain. A key, an item's code or article and a customer's INN find theirs alone.
 */
export async function findMembers(
  odata: OData,
  mapping: Mapping,
  { split, text, suggest = false }: { readonly split: string; readonly text: string; readonly suggest?: boolean },
): Promise<readonly Member[]> {
  const definition = mapping.splits[split];
  const asked = text.trim();
  if (!definition || asked === "") return [];
  const read = (filter: string) => readMembers(odata, definition, split, filter);
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(asked)) return read(anyOf("Ref_Key", [asked.toLowerCase()]));
  const byKey = await findByKey(odata, mapping, split, asked, read);
  if (byKey.length > 0) return byKey;

  const found = (await read(nameFilter(asked))).filter(({ name }) => answersTo(asked, name));
  if (found.length > 0) return found.toSorted((a, b) => distance(asked, a.name) - distance(asked, b.name)).slice(0, MOST);
  const { total = Infinity } = await odata.page(definition.catalog, query(definition), textRow(["Ref_Key", "Description"]), {
    top: 1,
    skip: 0,
  });
  if (total > SMALL) return [];
  const all = await read("");
  const matching = all.filter(({ name }) => answersTo(asked, name));
  if (matching.length > 0) return matching.toSorted((a, b) => distance(asked, a.name) - distance(asked, b.name)).slice(0, MOST);
  // A number that is not found is not nearly another number.
  if (!suggest || /\d/.test(asked)) return [];
  return all
    .map((member) => ({ member, likeness: likeness(asked, member.name) }))
    .filter((one) => one.likeness >= LIKE)
    .toSorted((a, b) => b.likeness - a.likeness)
    .slice(0, 5)
    .map(({ member }) => member);
}

async function findByKey(
  odata: OData,
  mapping: Mapping,
  split: string,
  asked: string,
  read: (filter: string) => Promise<readonly Member[]>,
): Promise<readonly Member[]> {
  const codes = mapping.splits[split]?.codes ?? [];
  if (codes.length > 0 && /\d/.test(asked) && !/\s/.test(asked))
    return read(`(${codes.map((code) => `${code} eq ${quoted(asked)}`).join(" or ")})`);
  if (split !== "customer" || !mapping.account || !/^(\d{10}|\d{12})$/.test(asked)) return [];
  const partners = await customersOfInn(odata, mapping.account.counterparties, asked);
  return partners.length > 0 ? read(anyOf("Ref_Key", partners)) : [];
}

/** An INN belongs to legal entities; figures are kept by the partner they stand for. */
export async function customersOfInn(
  odata: OData,
  { catalog, inn, customer }: NonNullable<Mapping["account"]>["counterparties"],
  asked: string,
): Promise<readonly string[]> {
  const select = ["Ref_Key", customer];
  const filter = `${inn} eq ${quoted(asked)} and DeletionMark eq false`;
  const found = new Set<string>();
  for await (const row of odata.all(catalog, { filter, select, orderBy: "Ref_Key" }, textRow(select))) found.add(row[customer] ?? "");
  found.delete("");
  return [...found];
}

async function readMembers(odata: OData, definition: Split, split: string, filter: string): Promise<readonly Member[]> {
  const members: Member[] = [];
  for await (const row of odata.all(definition.catalog, query(definition, filter), textRow(["Ref_Key", "Description"]))) {
    members.push({ id: row["Ref_Key"] ?? "", name: row["Description"] ?? "", split });
  }
  return members;
}

function query({ only }: Split, filter = ""): { filter: string; select: string[]; orderBy: string } {
  const clauses = ["DeletionMark eq false", only && `IsFolder eq ${only === "folders"}`, filter];
  return { filter: clauses.filter(Boolean).join(" and "), select: ["Ref_Key", "Description"], orderBy: "Ref_Key" };
}

/** Whether a base's comparison minds the case depends on its database, so each form is asked for. */
function nameFilter(asked: string): string {
  const longest = words(asked).toSorted((a, b) => b.length - a.length)[0] ?? asked;
  const stem = longest.slice(0, Math.max(3, Math.ceil(longest.length * 0.7)));
  const forms = new Set([asked, stem, stem.toUpperCase(), `${stem.slice(0, 1).toUpperCase()}${stem.slice(1)}`]);
  return `(${[...forms].map((form) => `substringof(${quoted(form)},Description) eq true`).join(" or ")})`;
}

const legalForms = new Set(["ооо", "оао", "зао", "пао", "ао", "ип", "тд", "llc", "ltd", "inc"]);

function words(text: string): string[] {
  const all =
    text
      .toLowerCase()
      .replaceAll("ё", "е")
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const kept = all.filter((word) => !legalForms.has(word));
  return kept.length > 0 ? kept : all;
}

/** Every asked word stands in the name, endings aside: «насосы» answers to «Насос дренажный». */
function answersTo(asked: string, name: string): boolean {
  const have = words(name);
  return words(asked).every((word) => have.some((other) => sameWord(word, other)));
}

function sameWord(a: string, b: string): boolean {
  if (/\d/.test(a) || /\d/.test(b)) return a === b;
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared++;
  return shared >= Math.max(3, Math.ceil(Math.max(a.length, b.length) * 0.7)) || (a.length >= 3 && b.includes(a)) || a === b;
}

/** 0: the same words; then names with more words besides. */
function distance(asked: string, name: string): number {
  const want = words(asked).join(" ");
  const have = words(name).join(" ");
  return want === have ? 0 : 1 + Math.abs(have.length - want.length) + (have.startsWith(want) ? 0 : 1);
}

/** Shared letter triples over all of them (Jaccard), as PostgreSQL's pg_trgm counts. */
function likeness(a: string, b: string): number {
  const first = triples(a);
  const second = triples(b);
  const shared = [...first].filter((triple) => second.has(triple)).length;
  return shared / Math.max(1, first.size + second.size - shared);
}

function triples(text: string): Set<string> {
  return new Set(words(text).flatMap((word) => Array.from({ length: word.length + 1 }, (_, at) => `  ${word} `.slice(at, at + 3))));
}
