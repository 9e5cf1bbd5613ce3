import type { With } from "../../domain/connector.js";
import type { Client } from "../../domain/crm.js";
import type { EntityRef } from "../../domain/entity.js";
import type { ClientAccount } from "../../domain/erp.js";
import { AccessDenied, NotFound, SvyazError, SystemUnavailable } from "../../domain/errors.js";
import type { Decimal, Day, Money, Period } from "../../domain/numbers.js";
import type { Turn } from "../../domain/tool.js";
import type { Passage } from "../../domain/document-index.js";
import { nameWords, stem } from "../../text/names.js";
import type { Missing } from "./resolve.js";

/** How long an answer waits for the books: first calls to a base that was idle take half a minute. */
const patienceMs = 6_000;
/** As many as the books list; when there are so many, there may be more. */
export const booksList = 50;
const mirroredAtMost = 500;
const passagesAsked = 8;

export interface BookedDocument {
  readonly number: string;
  readonly day: Day;
  readonly amount: Decimal;
  readonly status?: string;
}

/** One client's side of one ERP. */
export interface Books {
  readonly title: string;
  /** Absent where the ERP did not answer in time; orders and shipments are then those of the last synchronisation. */
  readonly owed?: { readonly debt: readonly Money[]; readonly overdue: readonly Money[] };
  readonly orders: readonly BookedDocument[];
  readonly shipments: readonly BookedDocument[];
}

/** What the ERPs know of a client in a period. Those that this person may not see all of are passed over without a word. */
export async function readBooks(
  client: Client,
  within: Period,
  turn: Turn,
): Promise<{ readonly books: readonly Books[]; readonly missing: Missing }> {
  const open = await turn.mirror.whole();
  if (open.length === 0) return { books: [], missing: [] };
  const [{ ready, missing }, others] = await Promise.all([turn.systems("erp"), turn.mirror.same(client.ref)]);
  const asked = await Promise.all(
    ready
      .filter(({ system }) => open.includes(system))
      .map((erp) =>
        readOne(
          erp,
          client,
          others.find(({ system }) => system === erp.system),
          within,
          turn,
        ),
      ),
  );
  return {
    books: asked.flatMap(({ found }) => found ?? []),
    missing: [
      ...missing.filter(({ system }) => open.includes(system)),
      ...asked.flatMap(({ error, title }) => (error ? [{ system: title, error }] : [])),
    ],
  };
}

async function readOne(
  erp: With<"erp">,
  client: Client,
  ref: EntityRef | undefined,
  within: Period,
  turn: Turn,
): Promise<{ readonly title: string; readonly found?: Books; readonly error?: SvyazError }> {
  const { system, title } = erp;
  const key = ref ? { id: ref.id } : client.inn ? { inn: client.inn } : undefined;
  if (!key || !erp.erp.account) return { title };
  try {
    const account = await inTime(erp.erp.account(key), system);
    return { title, found: { title, owed: account, ...documentsOf(account, within) } };
  } catch (error) {
    if (!(error instanceof SvyazError)) throw error;
    if (error instanceof AccessDenied || error instanceof NotFound) return { title };
    return { title, error, found: ref && { title, ...(await mirrored(ref, within, turn)) } };
  }
}

async function inTime(account: Promise<ClientAccount>, system: string): Promise<ClientAccount> {
  const late = new SystemUnavailable(`${system} did not answer in ${patienceMs} ms`, { system, operation: "erp.account" });
  let timer: NodeJS.Timeout | undefined;
  // Whoever comes too late has nobody to tell.
  account.catch(() => undefined);
  try {
    return await Promise.race([account, new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(late), patienceMs)))]);
  } finally {
    clearTimeout(timer);
  }
}

function documentsOf({ orders, shipments }: ClientAccount, within: Period): Pick<Books, "orders" | "shipments"> {
  const inside = (rows: ClientAccount["orders"]): readonly BookedDocument[] =>
    rows
      .filter(({ at }) => at >= within.from && at <= within.to)
      .map(({ at, cells }) => ({
        number: text(cells["number"]),
        day: at,
        amount: text(cells["amount"]) || "0",
        status: text(cells["status"]) || undefined,
      }));
  return { orders: inside(orders), shipments: inside(shipments) };
}

/** What synchronisation has stored of the same documents, the newest first. */
async function mirrored(ref: EntityRef, within: Period, turn: Turn): Promise<Pick<Books, "orders" | "shipments">> {
  const read = async (kind: string): Promise<readonly BookedDocument[]> => {
    const found: BookedDocument[] = [];
    for await (const { fields } of turn.mirror.related(ref, kind)) {
      const day = text(fields["day"]);
      if (fields["posted"] === true && day >= within.from && day <= within.to)
        found.push({
          number: text(fields["number"]),
          day,
          amount: text(fields["amount"]) || "0",
          status: text(fields["status"]) || undefined,
        });
      if (found.length >= mirroredAtMost) break;
    }
    return found.toSorted((a, b) => (a.day < b.day ? 1 : -1)).slice(0, booksList);
  };
  const [orders, shipments] = await Promise.all([read("order"), read("shipment")]);
  return { orders, shipments };
}

/** Documents that name the client, of those this person may read; one passage each, the best first. None while search has trouble. */
export async function mentions(client: Client, turn: Turn): Promise<readonly Passage[]> {
  const wanted = nameWords(client.name).map(stem);
  const found = await turn.search({ text: client.name, limit: passagesAsked }).catch((error: unknown): readonly Passage[] => {
    if (error instanceof SvyazError) return [];
    throw error;
  });
  const naming = found.filter(({ title, text: words }) => {
    const there = new Set(nameWords(`${title} ${words}`).map(stem));
    return wanted.every((word) => there.has(word));
  });
  const seen = new Set<string>();
  return naming.filter(({ ref: { system, id } }) => !seen.has(`${system} ${id}`) && seen.add(`${system} ${id}`));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
