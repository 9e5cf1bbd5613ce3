import { z } from "zod";
import { anyOf, datetime, type OData } from "../kit/odata.js";

export const nobody = "00000000-0000-0000-0000-000000000000";

/** Keeps an address under 2 000 characters. */
const KEYS_IN_A_REQUEST = 25;
/** From here on, reading a catalog from end to end takes fewer calls than asking for the objects. */
const TOO_MANY_TO_ASK = 250;
const KEPT_MS = 10 * 60_000;

type Fields = Readonly<Record<string, string>>;

/** Reads fields of catalogs by key and remembers them for ten minutes: names hardly change, and a report asks for the same ones. */
export interface Catalogs {
  /** Those that exist; an empty field is "". */
  fields(catalog: string, ids: Iterable<string>, names: readonly string[]): Promise<ReadonlyMap<string, Fields>>;
  /** Keys of the objects that have one of these references in a field. */
  pointingTo(catalog: string, field: string, ids: readonly string[]): Promise<readonly string[]>;
  /** The ids and all folders below them. */
  withFoldersBelow(catalog: string, ids: readonly string[]): Promise<ReadonlySet<string>>;
}

export function createCatalogs(odata: OData, now: () => Date): Catalogs {
  const kept = new Map<string, { readonly until: number; readonly rows: Map<string, Fields> }>();

  function rowsOf(key: string): Map<string, Fields> {
    const found = kept.get(key);
    if (found && found.until > now().getTime()) return found.rows;
    const rows = new Map<string, Fields>();
    kept.set(key, { until: now().getTime() + KEPT_MS, rows });
    return rows;
  }

  async function read(catalog: string, filter: string | undefined, names: readonly string[], into: Map<string, Fields>): Promise<void> {
    const select = ["Ref_Key", ...names];
    for await (const row of odata.all(catalog, { filter, select, orderBy: "Ref_Key" }, textRow(select)))
      into.set(row["Ref_Key"] ?? "", row);
  }

  return {
    async fields(catalog, ids, names) {
      const rows = rowsOf(`${catalog} ${names.join(",")}`);
      const missing = [...new Set(ids)].filter((id) => id !== nobody && id !== "" && !rows.has(id));
      if (missing.length > TOO_MANY_TO_ASK) await read(catalog, undefined, names, rows);
      else await Promise.all(inChunks(missing).map((chunk) => read(catalog, anyOf("Ref_Key", chunk), names, rows)));
      return rows;
    },
    async pointingTo(catalog, field, ids) {
      const found = new Map<string, Fields>();
      await Promise.all(inChunks(ids).map((chunk) => read(catalog, anyOf(field, chunk), [field], found)));
      return [...found.keys()];
    },
    async withFoldersBelow(catalog, ids) {
      const folders = rowsOf(`${catalog} folders`);
      if (folders.size === 0) await read(catalog, "IsFolder eq true", ["Parent_Key"], folders);
      const inside = new Set(ids);
      for (let before = -1; before !== inside.size; ) {
        before = inside.size;
        for (const [id, row] of folders) if (inside.has(row["Parent_Key"] ?? "")) inside.add(id);
      }
      return inside;
    },
  };
}

/** Text fields as they come; an element's field is null in a folder. */
export function textRow(names: readonly string[]): z.ZodType<Fields> {
  return z.object(Object.fromEntries(names.map((name) => [name, z.union([z.string(), z.null().transform(() => "")])])));
}

/** The whole days of a period, in the wall-clock time of the base. */
export function daysOf(field: string, period: { readonly from: string; readonly to: string }): string {
  return `${field} ge ${datetime(`${period.from}T00:00:00`)} and ${field} le ${datetime(`${period.to}T23:59:59`)}`;
}

function inChunks(ids: readonly string[]): string[][] {
  const chunks: string[][] = [];
  for (let at = 0; at < ids.length; at += KEYS_IN_A_REQUEST) chunks.push(ids.slice(at, at + KEYS_IN_A_REQUEST));
  return chunks;
}
