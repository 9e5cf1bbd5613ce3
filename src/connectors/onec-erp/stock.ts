import { z } from "zod";
import type { Member, StockLine } from "../../domain/erp.js";
import { RequestRefused, SettingsInvalid } from "../../domain/errors.js";
import type { Listing } from "../../domain/listing.js";
import type { Log } from "../../domain/log.js";
import { allOf, anyOf, type OData } from "../kit/odata.js";
import { asCursor, listing, readCursor } from "../kit/listing.js";
import { Amount, toQuantity } from "./amounts.js";
import { type Catalogs, nobody } from "./catalogs.js";
import type { Mapping } from "./mapping.js";

const PAGE = 200;
const MOST_IN_CONDITION = 6;

export interface StockParts {
  readonly odata: OData;
  readonly catalogs: Catalogs;
  readonly mapping: Mapping;
  readonly stock: NonNullable<Mapping["stock"]>;
  readonly system: string;
  readonly log: Log;
  /** Those that answer to the text, and no others. */
  members(split: string, text: string): Promise<readonly Member[]>;
}

interface Balance {
  readonly item: string;
  readonly warehouse: string;
  readonly amounts: Readonly<Record<string, bigint>>;
}

/** Stock as it stands now, by item and then warehouse; lines where nothing is left, reserved or expected are left out. */
export function readStock(query: { readonly text?: string; readonly warehouse?: string }, parts: StockParts): Listing<StockLine> {
  // The base answers all at once; a second page of the same list does not ask it again.
  let all: Promise<readonly StockLine[]> | undefined;
  return listing(async ({ from, size = PAGE }) => {
    const skip = from === undefined ? 0 : readCursor(from, z.number().int().min(0), { system: parts.system, operation: "erp.stock" });
    const lines = await (all ??= readAll(query, parts));
    return {
      items: lines.slice(skip, skip + size),
      next: skip + size < lines.length ? asCursor(skip + size) : undefined,
      total: lines.length,
    };
  });
}

async function readAll(query: { readonly text?: string; readonly warehouse?: string }, parts: StockParts): Promise<readonly StockLine[]> {
  const { stock, mapping, catalogs } = parts;
  const [items, warehouses] = await Promise.all([idsOf("item", query.text, parts), idsOf("warehouse", query.warehouse, parts)]);
  if (items?.size === 0 || warehouses?.size === 0) return [];

  const [balances, expected] = await Promise.all([
    readBalance({ ...stock, amounts: [stock.onHand, ...stock.reserved] }, items, warehouses, parts),
    readExpected(items, warehouses, parts),
  ]);
  const cells = new Map<string, { readonly item: string; readonly warehouse: string; amounts: Readonly<Record<string, bigint>> }>();
  for (const { item, warehouse, amounts } of [...balances, ...(expected ?? [])]) {
    const key = `${item} ${warehouse}`;
    cells.set(key, { item, warehouse, amounts: { ...cells.get(key)?.amounts, ...amounts } });
  }
  const found = [...cells.values()];
  const [itemRows, warehouseRows] = await Promise.all([
    catalogs.fields(
      mapping.splits["item"]?.catalog ?? "",
      found.map(({ item }) => item),
      ["Description", ...(stock.unit ? [stock.unit.field] : [])],
    ),
    catalogs.fields(
      mapping.splits["warehouse"]?.catalog ?? "",
      found.map(({ warehouse }) => warehouse),
      ["Description"],
    ),
  ]);
  const unitOf = (item: string) => itemRows.get(item)?.[stock.unit?.field ?? ""] ?? "";
  const units =
    stock.unit &&
    (await catalogs.fields(
      stock.unit.catalog,
      found.map(({ item }) => unitOf(item)),
      ["Description"],
    ));

  return found
    .map(({ item, warehouse, amounts }) => ({
      item: { id: item, name: itemRows.get(item)?.["Description"] || "—", split: "item" },
      warehouse: { id: warehouse, name: warehouseRows.get(warehouse)?.["Description"] || "—", split: "warehouse" },
      unit: units?.get(unitOf(item))?.["Description"] || undefined,
      onHand: toQuantity(sum(amounts, [stock.onHand])),
      reserved: toQuantity(sum(amounts, stock.reserved)),
      onTheWay: expected && toQuantity(sum(amounts, stock.expected?.quantity ?? [])),
    }))
    .filter(({ onHand, reserved, onTheWay = "0" }) => [onHand, reserved, onTheWay].some((amount) => amount !== "0"))
    .toSorted((a, b) => a.item.name.localeCompare(b.item.name, "ru") || a.warehouse.name.localeCompare(b.warehouse.name, "ru"));
}

/** Undefined: no filter. What is no item's name may be the name of a group of them. */
async function idsOf(split: "item" | "warehouse", text: string | undefined, parts: StockParts): Promise<ReadonlySet<string> | undefined> {
  if (text === undefined || text.trim() === "") return undefined;
  const found = await parts.members(split, text);
  if (found.length > 0 || split === "warehouse") return new Set(found.map(({ id }) => id));
  const groups = await parts.members("item-group", text);
  return groups.length > 0
    ? itemsOf(
        groups.map(({ id }) => id),
        parts,
      )
    : new Set();
}

async function itemsOf(groups: readonly string[], { catalogs, mapping }: StockParts): Promise<ReadonlySet<string>> {
  const { of = "item", field = "", only, catalog = "" } = mapping.splits["item-group"] ?? {};
  const inside = only === "folders" ? await catalogs.withFoldersBelow(catalog, groups) : new Set(groups);
  return new Set(await catalogs.pointingTo(mapping.splits[of]?.catalog ?? "", field, [...inside]));
}

async function readBalance(
  register: { readonly set: string; readonly item: string; readonly warehouse: string; readonly amounts: readonly string[] },
  items: ReadonlySet<string> | undefined,
  warehouses: ReadonlySet<string> | undefined,
  { odata }: StockParts,
): Promise<readonly Balance[]> {
  const fields = { item: `${register.item}_Key`, warehouse: `${register.warehouse}_Key` };
  const row = z
    .object({
      [fields.item]: z.string(),
      [fields.warehouse]: z.string(),
      ...Object.fromEntries(register.amounts.map((name) => [`${name}Balance`, Amount])),
    })
    .transform(
      (one: Readonly<Record<string, unknown>>): Balance => ({
        item: one[fields.item] as string,
        warehouse: one[fields.warehouse] as string,
        amounts: Object.fromEntries(register.amounts.map((name) => [name, one[`${name}Balance`] as bigint])),
      }),
    );
  const parameters = {
    dimensions: [register.item, register.warehouse],
    condition: allOf([narrow(fields.item, items), narrow(fields.warehouse, warehouses)]),
  };
  const found = await odata.table(register.set, "Balance", parameters, row);
  return found.filter(({ item, warehouse }) => item !== nobody && (items?.has(item) ?? true) && (warehouses?.has(warehouse) ?? true));
}

/** Undefined where the base does not publish expected receipts, or keeps them in another way. */
async function readExpected(
  items: ReadonlySet<string> | undefined,
  warehouses: ReadonlySet<string> | undefined,
  parts: StockParts,
): Promise<readonly Balance[] | undefined> {
  const { expected } = parts.stock;
  if (!expected) return undefined;
  try {
    return await readBalance({ ...expected, amounts: expected.quantity }, items, warehouses, parts);
  } catch (error) {
    if (!(error instanceof SettingsInvalid || error instanceof RequestRefused)) throw error;
    parts.log.warn("expected receipts are left out of the stock", { system: parts.system, reason: error.message });
    return undefined;
  }
}

function narrow(field: string, ids: ReadonlySet<string> | undefined): string | undefined {
  return ids && ids.size <= MOST_IN_CONDITION ? anyOf(field, [...ids]) : undefined;
}

function sum(amounts: Readonly<Record<string, bigint>>, names: readonly string[]): bigint {
  return names.reduce((total, name) => total + (amounts[name] ?? 0n), 0n);
}
