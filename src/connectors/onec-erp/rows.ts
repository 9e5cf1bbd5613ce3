import { z } from "zod";
import type { ErpRow, MeasureQuery } from "../../domain/erp.js";
import { NotFound, SettingsInvalid } from "../../domain/errors.js";
import type { Listing } from "../../domain/listing.js";
import type { Cell } from "../../domain/numbers.js";
import { asCursor, listing, readCursor } from "../kit/listing.js";
import { toMoney, toQuantity } from "./amounts.js";
import type { Catalogs } from "./catalogs.js";
import type { DatedFigure, Figures } from "./figures.js";
import type { Mapping } from "./mapping.js";

const PAGE = 200;

export interface RowParts {
  readonly figures: Figures;
  readonly catalogs: Catalogs;
  readonly mapping: Mapping;
  readonly system: string;
}

/** The movements or documents behind a figure, oldest first; they add up to it. A page may be short, or empty, and not the last. */
export function readRows(query: MeasureQuery, { figures, catalogs, mapping, system }: RowParts): Listing<ErpRow> {
  return listing(async ({ from, size = PAGE }) => {
    figures.check(query);
    const skip = from === undefined ? 0 : readCursor(from, z.number().int().min(0), { system, operation: "erp.rows" });
    const { items, read, more } = await figures.dated(query, query.period, { top: size, skip });
    const [numbers, names] = await Promise.all([numbersOf(items), namesOf(items)]);
    const print = mapping.measures[query.measure]?.unit === "money" ? toMoney : toQuantity;
    return {
      items: items.map((figure) => toRow(figure, numbers, names, print)),
      next: more ? asCursor(skip + read) : undefined,
    };
  });

  function toRow(
    { at, document, amount, of, number }: DatedFigure,
    numbers: ReadonlyMap<string, string>,
    names: ReadonlyMap<string, string>,
    print: (amount: bigint) => string,
  ): ErpRow {
    const cells: Record<string, Cell> = {
      document: document.set.replace(/^Document_/, ""),
      number: number ?? numbers.get(document.id) ?? null,
    };
    for (const [split, id] of Object.entries(of)) cells[split] = names.get(id) ?? null;
    return { ref: { system, kind: document.set, id: document.id }, at, cells: { ...cells, [query.measure]: print(amount) } };
  }

  /** A movement names its document by key only. */
  async function numbersOf(items: readonly DatedFigure[]): Promise<ReadonlyMap<string, string>> {
    const numbers = new Map<string, string>();
    const unnamed = items.filter(({ number, document }) => number === undefined && document.set.startsWith("Document_"));
    for (const set of new Set(unnamed.map(({ document }) => document.set))) {
      const ids = unnamed.filter(({ document }) => document.set === set).map(({ document }) => document.id);
      try {
        const rows = await catalogs.fields(set, ids, ["Number"]);
        for (const id of ids) numbers.set(id, rows.get(id)?.["Number"] ?? "");
      } catch (error) {
        // Not every kind of document that moves a register is published; its rows then go without a number.
        if (!(error instanceof SettingsInvalid || error instanceof NotFound)) throw error;
      }
    }
    return numbers;
  }

  async function namesOf(items: readonly DatedFigure[]): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    for (const split of new Set(items.flatMap(({ of }) => Object.keys(of)))) {
      const ids = items.map(({ of }) => of[split] ?? "");
      const rows = await catalogs.fields(mapping.splits[split]?.catalog ?? "", ids, ["Description"]);
      for (const id of ids) names.set(id, rows.get(id)?.["Description"] ?? "");
    }
    return names;
  }
}
