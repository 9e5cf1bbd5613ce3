import { z } from "zod";
import type { MeasureQuery } from "../../domain/erp.js";
import { RequestRefused } from "../../domain/errors.js";
import type { Day, Period } from "../../domain/numbers.js";
import { allOf, anyOf, datetime, type OData } from "../kit/odata.js";
import { Amount } from "./amounts.js";
import { type Catalogs, daysOf, nobody, textRow } from "./catalogs.js";
import type { Dimension, DocumentMeasure, Mapping, RegisterMeasure } from "./mapping.js";

/** One number with the things it belongs to: ids by split. */
export interface Figure {
  readonly amount: bigint;
  readonly of: Readonly<Record<string, string>>;
}

/** A figure of one movement or document. */
export interface DatedFigure extends Figure {
  readonly at: Day;
  /** "Document_ЗаказКлиента" and its key. */
  readonly document: { readonly set: string; readonly id: string };
  readonly number?: string;
}

/** More keys than this make the address too long; then everything is read and compared here. */
const MOST_IN_CONDITION = 6;

export interface Figures {
  /** Summed by the base over each of the periods, one figure for each combination of the splits; only where the measure is in a register. */
  summed(query: MeasureQuery, periods: readonly Period[]): Promise<readonly (readonly Figure[])[]>;
  /** Each movement or document of a page, by its day. `more` is false after the last page. */
  dated(
    query: MeasureQuery,
    period: Period,
    paging: { top: number; skip: number },
  ): Promise<{ readonly items: readonly DatedFigure[]; readonly more: boolean; readonly read: number }>;
  /** All of them. */
  allDated(query: MeasureQuery, period: Period): AsyncIterable<DatedFigure>;
  /** The day of the first movement or document in the base; undefined while there is none. Asked once. */
  firstDay(measure: string): Promise<Day | undefined>;
  /** True where `summed` can be asked. */
  isRegister(measure: string): boolean;
  /** Throws RequestRefused when the measure cannot be split or filtered so. */
  check(query: MeasureQuery): void;
}

interface RawFigure extends Figure {
  readonly texts: Readonly<Record<string, string>>;
}

/** Reads the numbers of a measure, and finds for each the item, group, customer, region and warehouse it belongs to. */
export function createFigures(odata: OData, catalogs: Catalogs, mapping: Mapping, system: string): Figures {
  function measureOf(id: string): RegisterMeasure | DocumentMeasure {
    const measure = mapping.measures[id];
    if (!measure) throw new RequestRefused(`${system}: there is no measure "${id}"`, { system, operation: "erp.series" });
    return measure;
  }

  /** The splits a measure has fields for, by the field. */
  function dimensionsOf(measure: RegisterMeasure | DocumentMeasure): Readonly<Record<string, Dimension>> {
    if ("register" in measure) return mapping.registers[measure.register]?.dimensions ?? {};
    return { customer: { name: mapping.documents[measure.document]?.customer.replace(/_Key$/, "") ?? "" } };
  }

  /** The split that stands in the data itself: item for a group, customer for a region. */
  function rootOf(split: string): string {
    const of = mapping.splits[split]?.of;
    return of ? rootOf(of) : split;
  }

  function roots(query: MeasureQuery): string[] {
    return [...new Set([...(query.splits ?? []), ...(query.where ?? []).map(({ split }) => split)].map(rootOf))];
  }

  /** Follows references from what stands in the data to the value of a split: item → its folder, customer → its region. */
  async function follow(split: string, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
    const { of, field } = mapping.splits[split] ?? {};
    if (!of || !field) return new Map([...ids].map((id) => [id, id]));
    const below = await follow(of, ids);
    const rows = await catalogs.fields(mapping.splits[of]?.catalog ?? "", below.values(), [field]);
    return new Map([...below].map(([id, middle]) => [id, rows.get(middle)?.[field] || nobody]));
  }

  async function place<T extends RawFigure>(
    raw: readonly T[],
    query: MeasureQuery,
    dimensions: Readonly<Record<string, Dimension>>,
  ): Promise<readonly T[]> {
    const asked = [...new Set([...(query.splits ?? []), ...(query.where ?? []).map(({ split }) => split)])];
    const values = new Map<string, ReadonlyMap<string, string>>();
    for (const split of asked) {
      const { name = "", through } = dimensions[rootOf(split)] ?? {};
      const keys = new Set(raw.map(({ texts }) => texts[`${name}_Key`] ?? nobody));
      const analytics = through && (await catalogs.fields(through.catalog, keys, [through.field]));
      const first = new Map([...keys].map((key) => [key, through ? analytics?.get(key)?.[through.field] || nobody : key]));
      const last = await follow(split, new Set(first.values()));
      values.set(split, new Map([...first].map(([key, id]) => [key, last.get(id) ?? nobody])));
    }
    const wanted = await Promise.all(
      (query.where ?? []).map(async ({ split, values: ids }) => {
        const { only, catalog = "" } = mapping.splits[split] ?? {};
        return { split, ids: only === "folders" ? await catalogs.withFoldersBelow(catalog, ids) : new Set(ids) };
      }),
    );
    return raw
      .map((figure) => ({
        ...figure,
        of: Object.fromEntries(
          asked.map((split) => [split, values.get(split)?.get(figure.texts[`${dimensions[rootOf(split)]?.name}_Key`] ?? nobody) ?? nobody]),
        ),
      }))
      .filter(({ of }) => wanted.every(({ split, ids }) => ids.has(of[split] ?? nobody)));
  }

  /**
   * Narrows what the base reads. It is a courtesy to the base: everything is compared here again, so a filter that
   * would be too long, or that the base does not take, costs time and no truth. `undefined`: nothing can match.
   */
  async function condition(query: MeasureQuery, dimensions: Readonly<Record<string, Dimension>>): Promise<string | undefined> {
    const clauses: string[] = [];
    for (const { split, values } of query.where ?? []) {
      const dimension = dimensions[split];
      if (!dimension || values.length > MOST_IN_CONDITION) continue;
      const { name, through } = dimension;
      const keys = through ? await catalogs.pointingTo(through.catalog, through.field, values) : values;
      if (keys.length === 0) return `${name}_Key eq guid'${nobody}'`;
      if (keys.length <= MOST_IN_CONDITION) clauses.push(anyOf(`${name}_Key`, keys));
    }
    return allOf(clauses);
  }

  function registerRow(measure: RegisterMeasure, fields: readonly string[], suffix: string): z.ZodType<RawFigure> {
    const amounts = [...measure.plus, ...measure.minus].map((name) => `${name}${suffix}`);
    return z
      .object({
        ...Object.fromEntries(fields.map((name) => [name, z.string()])),
        ...Object.fromEntries(amounts.map((name) => [name, Amount])),
      })
      .transform((row: Readonly<Record<string, unknown>>) => {
        const sum = (names: readonly string[]) => names.reduce((total, name) => total + (row[`${name}${suffix}`] as bigint), 0n);
        return { amount: sum(measure.plus) - sum(measure.minus), of: {}, texts: row as Readonly<Record<string, string>> };
      });
  }

  async function page(query: MeasureQuery, period: Period, paging: { top: number; skip: number }, narrowed: string | undefined) {
    const measure = measureOf(query.measure);
    const dimensions = dimensionsOf(measure);
    const names = roots(query).map((split) => `${dimensions[split]?.name}_Key`);
    if ("register" in measure) {
      const register = mapping.registers[measure.register]?.set ?? "";
      const fields = ["Period", "Recorder", "Recorder_Type", "LineNumber", ...names];
      const select = [...fields, ...measure.plus, ...measure.minus];
      const filter = allOf([daysOf("Period", period), "Active eq true", narrowed]);
      const found = await odata.page(
        `${register}_RecordType`,
        { filter, select, orderBy: "Period,Recorder,LineNumber" },
        registerRow(measure, fields, ""),
        paging,
      );
      const placed = await place(found.items, query, dimensions);
      const items = placed.map((figure) => ({
        ...figure,
        at: (figure.texts["Period"] ?? "").slice(0, 10),
        document: { set: (figure.texts["Recorder_Type"] ?? "").replace(/^StandardODATA\./, ""), id: figure.texts["Recorder"] ?? "" },
      }));
      return { items, read: found.items.length, total: found.total };
    }
    const { set = "", amount = "" } = mapping.documents[measure.document] ?? {};
    const fields = ["Ref_Key", "Number", "Date", ...names];
    const row = z
      .object({ ...Object.fromEntries(fields.map((name) => [name, z.string()])), [amount]: Amount })
      .transform((one: Readonly<Record<string, unknown>>) => ({
        amount: measure.unit === "count" ? 1_000_000n : (one[amount] as bigint),
        of: {},
        texts: one as Readonly<Record<string, string>>,
      }));
    const filter = allOf([daysOf("Date", period), "Posted eq true", "DeletionMark eq false", narrowed]);
    const found = await odata.page(set, { filter, select: [...fields, amount], orderBy: "Date,Ref_Key" }, row, paging);
    const placed = await place(found.items, query, dimensions);
    const items = placed.map((figure) => ({
      ...figure,
      at: (figure.texts["Date"] ?? "").slice(0, 10),
      document: { set, id: figure.texts["Ref_Key"] ?? "" },
      number: figure.texts["Number"],
    }));
    return { items, read: found.items.length, total: found.total };
  }

  const opened = new Map<string, Promise<Day | undefined>>();

  async function readFirstDay(measure: RegisterMeasure | DocumentMeasure): Promise<Day | undefined> {
    const [set, field, filter] =
      "register" in measure
        ? [`${mapping.registers[measure.register]?.set}_RecordType`, "Period", "Active eq true"]
        : [mapping.documents[measure.document]?.set ?? "", "Date", "Posted eq true"];
    const { items } = await odata.page(set, { filter, select: [field], orderBy: field }, textRow([field]), { top: 1, skip: 0 });
    return items[0]?.[field]?.slice(0, 10);
  }

  return {
    firstDay(id) {
      const measure = measureOf(id);
      const source = "register" in measure ? measure.register : measure.document;
      const found = opened.get(source) ?? readFirstDay(measure);
      opened.set(source, found);
      found.then(
        (day) => day ?? opened.delete(source),
        () => opened.delete(source),
      );
      return found;
    },
    isRegister: (measure) => "register" in measureOf(measure),
    check(query) {
      const measure = measureOf(query.measure);
      const known = dimensionsOf(measure);
      for (const split of [...(query.splits ?? []), ...(query.where ?? []).map(({ split }) => split)]) {
        if (!mapping.splits[split] || !known[rootOf(split)]) {
          throw new RequestRefused(`${system}: ${query.measure} cannot be split by "${split}"`, { system, operation: "erp.series" });
        }
      }
    },
    async summed(query, periods) {
      const measure = measureOf(query.measure);
      if (!("register" in measure)) throw new RequestRefused(`${system}: ${query.measure} is not summed by the base`, { system });
      const dimensions = dimensionsOf(measure);
      const asked = roots(query).map((split) => dimensions[split]?.name ?? "");
      // Without a list of dimensions the base answers in full detail, so a total is asked for by the coarsest one.
      const names = asked.length > 0 ? asked : [(dimensions["warehouse"] ?? Object.values(dimensions)[0])?.name ?? ""];
      const row = registerRow(
        measure,
        names.map((name) => `${name}_Key`),
        "Turnover",
      );
      const narrowed = await condition(query, dimensions);
      const failed = new AbortController();
      const tables = await Promise.all(
        periods.map(async (period, index) => {
          const literals = { StartPeriod: datetime(`${period.from}T00:00:00`), EndPeriod: datetime(`${period.to}T23:59:59`) };
          const parameters = { literals, dimensions: names, condition: narrowed };
          const set = mapping.registers[measure.register]?.set ?? "";
          // A signal of its own for each: one that all listened to would be taken for a leak.
          const rows = await odata.table(set, "Turnovers", parameters, row, AbortSignal.any([failed.signal]));
          return rows.map((figure) => ({ ...figure, index }));
        }),
      ).catch((error: unknown) => {
        failed.abort(error);
        throw error;
      });
      const placed = await place(tables.flat(), query, dimensions);
      return periods.map((_, index) => placed.filter((figure) => figure.index === index));
    },
    async dated(query, period, paging) {
      const { items, read, total } = await page(query, period, paging, await condition(query, dimensionsOf(measureOf(query.measure))));
      return { items, read, more: read > 0 && (total === undefined || paging.skip + read < total) };
    },
    async *allDated(query, period) {
      const narrowed = await condition(query, dimensionsOf(measureOf(query.measure)));
      for (let skip = 0; ; ) {
        const { items, read, total } = await page(query, period, { top: 1000, skip }, narrowed);
        yield* items;
        skip += read;
        if (read === 0 || (total !== undefined && skip >= total)) return;
      }
    },
  };
}
