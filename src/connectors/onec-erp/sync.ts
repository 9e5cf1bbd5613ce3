import { z } from "zod";
import type { Entity, EntityRef } from "../../domain/entity.js";
import { AnswerUnexpected, RequestRefused } from "../../domain/errors.js";
import type { Cursor } from "../../domain/listing.js";
import type { Change, ChangeBatch, SyncSource } from "../../domain/sync.js";
import { issuesOf } from "../kit/body.js";
import { asCursor, readCursor } from "../kit/listing.js";
import { anyOf, faultOf, type OData } from "../kit/odata.js";
import { contactColumns, contactPart, documentEntity, type LegalSide, partnerEntity, type Row } from "./entities.js";
import type { Mapping } from "./mapping.js";
import { createMarks, type Marks } from "./marks.js";

const pageSize = 1_000;
/** Keeps an address under 2 000 characters. */
const keysInARequest = 25;
/** From here on, reading a set from end to end takes fewer calls than asking for the objects. */
const tooManyToAsk = 1_000;
/** The platform's number for a field that the configuration does not have. */
const unknownField = "6";

const Known = z.object({ Ref_Key: z.guid(), DataVersion: z.string(), DeletionMark: z.boolean().default(false) });
const Loose = z.looseObject({ Ref_Key: z.guid() });
const Position = z.object({
  of: z.literal("onec-sync"),
  kind: z.string(),
  /** Rows read of a full pass that is not at its end yet, and how many there were then. */
  skip: z.number().optional(),
  total: z.number().optional(),
  marks: z.string().max(4_000),
});
type Position = z.infer<typeof Position>;

/** One kind: the set it is read from, the fields it needs, and what becomes of a row. */
interface Kind {
  readonly set: string;
  readonly fields: readonly string[];
  readonly legal: boolean;
  entity(ref: EntityRef, row: Row, legal: LegalSide | undefined): Entity;
}

/**
 * Clients, their orders and shipments. The platform has no list of changes, so a run between two full ones reads every object's
 * `Ref_Key` and `DataVersion` and compares them with what the cursor remembers; `DataVersion` grows with every write. What is marked
 * for deletion is gone; what was removed physically, which 1C hardly ever does, is found by the nightly pass.
 */
export function createSync({
  odata,
  mapping,
  system,
}: {
  readonly odata: OData;
  readonly mapping: Mapping;
  readonly system: string;
}): SyncSource {
  let contacts = true;
  const kinds = kindsOf(mapping, system);

  async function* changes({ kind, mode, from, signal }: Parameters<SyncSource["changes"]>[0]): AsyncIterable<ChangeBatch> {
    const source = kinds.get(kind);
    if (!source) return;
    const shape = Position.refine((one) => one.kind === kind);
    const at = from && readCursor(from, shape, { system, operation: "sync.changes" });
    // It was read to its end, and only the end was not noted.
    if (mode === "full" && at && at.skip === undefined) return;
    const legal = source.legal ? await legalSides(undefined, signal) : new Map<string, LegalSide>();
    if (mode === "since" && at && at.skip === undefined) yield* since(kind, source, legal, at, signal);
    else yield* full(kind, source, legal, at, signal);
  }

  async function* full(
    kind: string,
    source: Kind,
    legal: ReadonlyMap<string, LegalSide>,
    from: Position | undefined,
    signal: AbortSignal,
  ): AsyncIterable<ChangeBatch> {
    const marks = createMarks(from?.marks);
    let skip = from?.skip ?? 0;
    let before = from?.total;
    for (;;) {
      const { items, total } = await read(source, "", { top: pageSize, skip }, signal);
      for (const row of items) marks.add(row.Ref_Key, versionOf(row, legal));
      // Rows that were removed meanwhile have moved those behind them forward.
      skip = Math.max(0, skip + items.length - Math.max(0, (before ?? 0) - (total ?? before ?? 0)));
      before = total;
      const done = items.length === 0 || (total !== undefined && skip >= total);
      yield { changes: items.map((row) => toChange(kind, source, row, legal)), cursor: cursorOf(kind, marks, done ? {} : { skip, total }) };
      if (done) return;
    }
  }

  async function* since(
    kind: string,
    source: Kind,
    legal: ReadonlyMap<string, LegalSide>,
    at: Position,
    signal: AbortSignal,
  ): AsyncIterable<ChangeBatch> {
    const before = createMarks(at.marks);
    const marks = createMarks();
    const ids: string[] = [];
    for await (const row of odata.all(
      source.set,
      { select: ["Ref_Key", "DataVersion", "DeletionMark"], orderBy: "Ref_Key" },
      Known,
      signal,
    )) {
      marks.add(row.Ref_Key, versionOf(row, legal));
      ids.push(row.Ref_Key);
    }
    const changed = ids.filter((id) => marks.differs(id, before));
    const here = cursorOf(kind, before);
    const filters = changed.length > tooManyToAsk ? [""] : parts(changed, keysInARequest).map((some) => anyOf("Ref_Key", some));
    for (const filter of filters) {
      for await (const items of pages(source, filter, signal)) {
        const some = items.filter(({ Ref_Key }) => marks.differs(Ref_Key, before));
        yield { changes: some.map((row) => toChange(kind, source, row, legal)), cursor: here };
      }
    }
    yield { changes: [], cursor: cursorOf(kind, marks) };
  }

  /** Rows with all that their kind needs. A configuration without contact information is read without it. */
  async function read(
    source: Kind,
    filter: string,
    paging: { readonly top: number; readonly skip: number },
    signal?: AbortSignal,
  ): Promise<{ readonly items: readonly (Row & { readonly Ref_Key: string })[]; readonly total: number | undefined }> {
    const withContacts = source.legal && contacts;
    const select = [...source.fields, ...(withContacts ? contactColumns.map((column) => `${contactPart}/${column}`) : [])];
    try {
      return await odata.page(source.set, { filter: filter || undefined, select, orderBy: "Ref_Key" }, Loose, paging, signal);
    } catch (error) {
      if (!withContacts || !(error instanceof RequestRefused) || faultOf(error) !== unknownField) throw error;
      contacts = false;
      return read(source, filter, paging, signal);
    }
  }

  /** All rows that a filter lets through, however short the pages come. */
  async function* pages(
    source: Kind,
    filter: string,
    signal?: AbortSignal,
  ): AsyncIterable<readonly (Row & { readonly Ref_Key: string })[]> {
    for (let skip = 0; ; ) {
      const { items, total } = await read(source, filter, { top: pageSize, skip }, signal);
      yield items;
      skip += items.length;
      if (items.length === 0 || (total !== undefined && skip >= total)) return;
    }
  }

  /** The legal entities behind these partners, or behind all. */
  async function legalSides(partners: readonly string[] | undefined, signal?: AbortSignal): Promise<ReadonlyMap<string, LegalSide>> {
    if (!mapping.account) return new Map();
    const { catalog, inn, customer } = mapping.account.counterparties;
    const row = z.object({ DataVersion: z.string(), DeletionMark: z.boolean(), [inn]: z.string(), [customer]: z.string() });
    const select = ["DataVersion", "DeletionMark", inn, customer];
    const found = new Map<string, { inns: Set<string>; version: string }>();
    const filters = partners === undefined ? [undefined] : parts(partners, keysInARequest).map((some) => anyOf(customer, some));
    for (const filter of filters) {
      for await (const legal of odata.all<Row>(catalog, { filter, select, orderBy: "Ref_Key" }, row, signal)) {
        const partner = legal[customer] as string;
        const side = found.get(partner) ?? { inns: new Set(), version: "" };
        side.version += legal["DataVersion"] as string;
        const number = (legal[inn] as string).trim();
        if (legal["DeletionMark"] === false && number !== "") side.inns.add(number);
        found.set(partner, side);
      }
    }
    return found;
  }

  function toChange(kind: string, source: Kind, row: Row & { readonly Ref_Key: string }, legal: ReadonlyMap<string, LegalSide>): Change {
    const ref = { system, kind, id: row.Ref_Key };
    if (row["DeletionMark"] === true) return { kind: "remove", ref };
    try {
      return { kind: "upsert", entity: source.entity(ref, row, legal.get(row.Ref_Key)) };
    } catch (cause) {
      if (!(cause instanceof z.ZodError)) throw cause;
      const details = { system, operation: `GET ${source.set}` };
      return { kind: "unreadable", ref, error: new AnswerUnexpected(`${system}: ${source.set}: ${ref.id}: ${issuesOf(cause)}`, details) };
    }
  }

  return {
    kinds: [...kinds.keys()],
    changes,

    async fetch(refs) {
      const fetched = [...kinds].map(async ([kind, source]) => {
        const ids = refs.filter((ref) => ref.kind === kind && z.guid().safeParse(ref.id).success).map(({ id }) => id);
        const legal = source.legal && ids.length > 0 ? await legalSides(ids) : new Map<string, LegalSide>();
        const found: Change[] = [];
        for (const some of parts(ids, keysInARequest)) {
          for await (const items of pages(source, anyOf("Ref_Key", some)))
            found.push(...items.map((row) => toChange(kind, source, row, legal)));
        }
        return found;
      });
      const found = (await Promise.all(fetched)).flat();
      const seen = new Set(found.map((change) => keyOf(change.kind === "upsert" ? change.entity.ref : change.ref)));
      const gone = refs.filter((ref) => !seen.has(keyOf(ref)));
      return [...found, ...gone.map((ref) => ({ kind: "remove", ref }) as const)];
    },

    async count(kind) {
      const source = kinds.get(kind);
      if (!source) return 0;
      const query = { filter: "DeletionMark eq false", select: ["Ref_Key"], orderBy: "Ref_Key" };
      const { items, total } = await odata.page(source.set, query, Loose, { top: 1, skip: 0 });
      return total ?? items.length;
    },
  };
}

function kindsOf(mapping: Mapping, system: string): ReadonlyMap<string, Kind> {
  const kinds = new Map<string, Kind>();
  const common = ["Ref_Key", "DataVersion", "DeletionMark"];
  const customers = mapping.splits["customer"];
  if (customers)
    kinds.set("client", {
      set: customers.catalog,
      fields: [...common, "Description"],
      legal: true,
      entity: (_ref, row, legal) => partnerEntity(system, row, legal),
    });
  for (const [kind, name] of [
    ["order", "orders"],
    ["shipment", "shipments"],
  ] as const) {
    const document = mapping.documents[name];
    if (!document) continue;
    const { set, amount, customer, status } = document;
    kinds.set(kind, {
      set,
      fields: [...common, "Number", "Date", "Posted", amount, customer, ...(status ? [status] : [])],
      legal: false,
      entity: (ref, row) => documentEntity(ref, row, document),
    });
  }
  return kinds;
}

/** A partner changes with its legal entities, and they have versions of their own. */
function versionOf(row: Row & { readonly Ref_Key: string }, legal: ReadonlyMap<string, LegalSide>): string {
  return `${String(row["DataVersion"])}${legal.get(row.Ref_Key)?.version ?? ""}`;
}

function cursorOf(kind: string, marks: Marks, at: { readonly skip?: number; readonly total?: number } = {}): Cursor {
  return asCursor({ of: "onec-sync", kind, ...at, marks: marks.print() } satisfies Position) as Cursor;
}

function keyOf({ kind, id }: EntityRef): string {
  return `${kind} ${id}`;
}

function parts<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}
