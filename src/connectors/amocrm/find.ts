import { z } from "zod";
import type { Client } from "../../domain/crm.js";
import type { Listing } from "../../domain/listing.js";
import { asCursor, listing, readCursor } from "../kit/listing.js";
import { Companies, Contacts } from "./answers.js";
import type { Party } from "./answers.js";
import { along, noteParty } from "./deals.js";
import type { Directory } from "./directory.js";
import { toClient } from "./map.js";
import type { PartyPath } from "./map.js";
import type { Place, Reader } from "./reading.js";

export interface FindContext {
  readonly system: string;
  readonly baseUrl: string;
  readonly innField?: string;
  readonly reader: Reader;
  readonly directory: Directory;
}

const paths = ["companies", "contacts"] as const;
const place = z.object({ offset: z.number(), limit: z.number() }).optional();
const Position = z.object({ of: z.literal("clients"), text: z.string(), companies: place, contacts: place });

/**
 * Finds clients by name, telephone, e-mail or INN. The vendor's `query` looks through all filled fields and gives
 * near hits, so every hit is compared here before it is shown.
 */
export function findClients(context: FindContext, text: string): Listing<Client> {
  return listing(async ({ from, size = 20, signal }) => {
    const wanted = recognise(text);
    if (wanted.kind !== "name") return { items: await findExactly(context, wanted, signal) };
    const position =
      from === undefined
        ? undefined
        : readCursor(
            from,
            Position.refine((one) => one.text === text),
            { system: context.system },
          );
    const start = { offset: 0, limit: size };
    const asked = { companies: position ? position.companies : start, contacts: position ? position.contacts : start };
    let found = await searchPage(context, wanted.query, asked, wanted, signal);
    // The vendor looks for the words in a row; who writes "Иванов Пётр" also means "Пётр Иванов".
    const longest = wanted.words.toSorted((a, b) => b.length - a.length)[0];
    if (found.items.length === 0 && !position && longest !== undefined && wanted.words.length > 1) {
      found = await searchPage(
        context,
        longest,
        { companies: { offset: 0, limit: 240 }, contacts: { offset: 0, limit: 240 } },
        wanted,
        signal,
      );
      return { items: found.items };
    }
    const more = found.next.companies ?? found.next.contacts;
    return { items: found.items, next: more && asCursor({ of: "clients", text, ...found.next }) };
  });
}

/** Clients whose telephone, e-mail or INN is exactly this. */
export async function findExactly(context: FindContext, wanted: Wanted, signal?: AbortSignal): Promise<readonly Client[]> {
  for (const query of wanted.forms) {
    const start = { offset: 0, limit: 60 };
    const { items } = await searchPage(context, query, { companies: start, contacts: start }, wanted, signal);
    if (items.length > 0) return items;
  }
  return [];
}

export interface Wanted {
  readonly kind: "phone" | "email" | "inn" | "name";
  /** What the vendor is asked for, the best first. */
  readonly query: string;
  readonly forms: readonly string[];
  readonly words: readonly string[];
  fits(client: Client): boolean;
}

export function recognise(text: string): Wanted {
  const trimmed = text.trim();
  const digits = trimmed.replace(/\D/g, "");
  if (/^[^\s@]+@[^\s@]+$/.test(trimmed)) return byEmail(trimmed.toLowerCase());
  if (/^\d+$/.test(trimmed) && isInn(trimmed)) return byInn(trimmed);
  if (/^\+?[\d\s().-]+$/.test(trimmed) && digits.length >= 7) return byPhone(digits);
  return byName(trimmed);
}

export function byEmail(email: string): Wanted {
  const fits = (client: Client) => client.emails.some((one) => one.toLowerCase() === email);
  return { kind: "email", query: email, forms: [email], words: [], fits };
}

function byInn(inn: string): Wanted {
  // Ten digits may be a telephone after all.
  const fits = (client: Client) => client.inn === inn || client.phones.some((phone) => samePhone(phone, inn));
  return { kind: "inn", query: inn, forms: [inn], words: [], fits };
}

/** Numbers stand in accounts as 7…, 8… and without either; the last ten digits say whether it is the same telephone. */
export function byPhone(digits: string): Wanted {
  const last = digits.slice(-10);
  const forms = digits.length < 10 ? [digits] : [...new Set([last, `7${last}`, `8${last}`, digits])];
  return { kind: "phone", query: last, forms, words: [], fits: (client) => client.phones.some((phone) => samePhone(phone, digits)) };
}

function samePhone(stored: string, digits: string): boolean {
  const own = stored.replace(/\D/g, "");
  return digits.length < 10 ? own.endsWith(digits) : own.length >= 10 && own.slice(-10) === digits.slice(-10);
}

function byName(text: string): Wanted {
  const words = wordsOf(text);
  const query = text
    .replace(/["'«»„“”]/g, " ")
    .replace(legalForm, " ")
    .replace(/\s+/g, " ")
    .trim();
  const fits = (client: Client) => {
    const all = `${plain(client.name)} ${client.emails.join(" ").toLowerCase()} ${client.inn ?? ""}`;
    return words.length > 0 && words.every((word) => all.includes(word));
  };
  return { kind: "name", query: query || text, forms: [query || text], words, fits };
}

const legalForm = /(?<![\p{L}\d])(?:ооо|оао|зао|пао|ао|ип|нко|llc|ltd|inc|gmbh|jsc)(?![\p{L}\d])\.?/giu;

function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll("ё", "е")
    .replace(/[^\p{L}\d]+/gu, " ")
    .trim();
}

/** The words of a name as it is compared: no quotes, no legal form, "е" for "ё". */
export function wordsOf(name: string): readonly string[] {
  return plain(name.replace(legalForm, " ")).split(" ").filter(Boolean);
}

async function searchPage(
  context: FindContext,
  query: string,
  asked: Readonly<Record<PartyPath, Place | undefined>>,
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<{ readonly items: readonly Client[]; readonly next: Partial<Record<PartyPath, Place>> }> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const start = asked[path];
      if (!start) return { path, rows: [] as readonly Party[], next: undefined };
      const answer = path === "companies" ? Companies : Contacts;
      const page = await context.reader.page(`/${path}`, answer, [["query", query], ...along[path]], start, signal);
      for (const party of page.rows) noteParty(context.system, path, party);
      return { path, ...page };
    }),
  );
  const clients = await Promise.all(
    found.flatMap(({ path, rows }) => rows.filter((row) => row.is_deleted !== true).map((row) => asClient(context, path, row))),
  );
  const exact = wanted.words.join(" ");
  const rank = (client: Client) => {
    const name = wordsOf(client.name).join(" ");
    return name === exact ? 0 : name.startsWith(exact) ? 1 : 2;
  };
  return {
    items: clients.filter((client) => wanted.fits(client)).sort((a, b) => rank(a) - rank(b)),
    next: Object.fromEntries(found.flatMap(({ path, next }) => (next ? [[path, next]] : []))),
  };
}

/** A party with its owner's name and groups. */
export async function asClient(context: FindContext, path: PartyPath, party: Party): Promise<Client> {
  return toClient(context, path, party, await context.directory.owner(party.responsible_user_id));
}

/** The checksum tells an INN from a telephone of ten digits; the weights are those of the tax service's order ММВ-7-6/435. */
function isInn(digits: string): boolean {
  const check = (weights: readonly number[]) => (weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0) % 11) % 10;
  if (digits.length === 10) return check([2, 4, 10, 3, 5, 9, 4, 6, 8]) === Number(digits[9]);
  if (digits.length !== 12) return false;
  const eleventh = check([7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === Number(digits[10]);
  return eleventh && check([3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === Number(digits[11]);
}
