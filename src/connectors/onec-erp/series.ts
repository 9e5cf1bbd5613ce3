import type { MeasureQuery } from "../../domain/erp.js";
import type { Day, Series, Step } from "../../domain/numbers.js";
import { toMoney, toQuantity } from "./amounts.js";
import { type Catalogs, nobody } from "./catalogs.js";
import type { Figures } from "./figures.js";
import type { Mapping } from "./mapping.js";
import { startOf, stepsOf } from "./steps.js";

/** The base has no step of its own, so each one is a call; a long list of days is added up from the movements instead. */
const MOST_CALLS = 62;

export interface SeriesParts {
  readonly figures: Figures;
  readonly catalogs: Catalogs;
  readonly mapping: Mapping;
  readonly currency: string;
  readonly today: Day;
}

/**
 * One series for each combination of the splits, largest total first. A step that ended before the base's first movement
 * or has not begun yet is a gap; in between, nothing sold is 0.
 */
export async function readSeries(
  query: MeasureQuery & { readonly step: Step; readonly top?: number },
  { figures, catalogs, mapping, currency, today }: SeriesParts,
): Promise<readonly Series[]> {
  figures.check(query);
  const steps = stepsOf(query.period, query.step);
  const begun = steps.filter(({ period }) => period.from <= today);
  const [opened, sums] = await Promise.all([
    figures.firstDay(query.measure),
    figures.isRegister(query.measure) && begun.length <= MOST_CALLS ? summed() : added(),
  ]);

  const gaps = new Set(
    steps.filter(({ period }) => period.from > today || (opened !== undefined && period.to < opened)).map(({ at }) => at),
  );
  const unit = mapping.measures[query.measure]?.unit ?? "money";
  const print = unit === "money" ? toMoney : toQuantity;
  const names = await namesOf([...sums.values()].map(({ of }) => of));
  const series = [...sums.values()]
    .map(({ of, byStep }) => ({
      total: [...byStep.values()].reduce((sum, amount) => sum + amount, 0n),
      one: {
        name:
          (query.splits ?? []).map((split) => names.get(of[split] ?? nobody) ?? "—").join(" · ") ||
          (mapping.measures[query.measure]?.title ?? ""),
        unit: unitOf(unit, currency),
        step: query.step,
        points: steps.map(({ at }) => ({ at, value: gaps.has(at) ? null : print(byStep.get(at) ?? 0n) })),
      },
    }))
    .toSorted((a, b) => (a.total === b.total ? a.one.name.localeCompare(b.one.name) : a.total < b.total ? 1 : -1))
    .map(({ one }) => one);
  return query.top === undefined ? series : series.slice(0, query.top);

  async function summed(): Promise<Sums> {
    const tables = await figures.summed(
      query,
      begun.map(({ period }) => period),
    );
    const found = emptySums(query);
    for (const [index, table] of tables.entries())
      for (const { of, amount } of table) add(found, query, of, begun[index]?.at ?? "", amount);
    return found;
  }

  /** A month at a time, so that a page deep in a year need not be found by counting from its start. */
  async function added(): Promise<Sums> {
    const found = emptySums(query);
    const until = query.period.to < today ? query.period.to : today;
    await Promise.all(
      stepsOf({ from: query.period.from, to: until }, "month").map(async ({ period }) => {
        for await (const { of, at, amount } of figures.allDated(query, period)) add(found, query, of, startOf(at, query.step), amount);
      }),
    );
    return found;
  }

  async function namesOf(found: readonly Readonly<Record<string, string>>[]): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    for (const split of query.splits ?? []) {
      const ids = new Set(found.map((of) => of[split] ?? nobody));
      const rows = await catalogs.fields(mapping.splits[split]?.catalog ?? "", ids, ["Description"]);
      for (const id of ids) {
        const name = rows.get(id)?.["Description"];
        if (name) names.set(id, name);
      }
    }
    return names;
  }
}

/** "RUB", "pcs", "orders": what a measure is counted in. */
export function unitOf(unit: "money" | "quantity" | "count", currency: string): string {
  return { money: currency, quantity: "pcs", count: "orders" }[unit];
}

type Sums = Map<string, { readonly of: Readonly<Record<string, string>>; readonly byStep: Map<Day, bigint> }>;

/** Without a split there is one series even when nothing moved. */
function emptySums({ splits }: MeasureQuery): Sums {
  return splits?.length ? new Map() : new Map([["", { of: {}, byStep: new Map() }]]);
}

function add(sums: Sums, { splits = [] }: MeasureQuery, of: Readonly<Record<string, string>>, at: Day, amount: bigint): void {
  const key = splits.map((split) => of[split]).join(" ");
  const entry = sums.get(key) ?? { of, byStep: new Map<Day, bigint>() };
  sums.set(key, entry);
  entry.byStep.set(at, (entry.byStep.get(at) ?? 0n) + amount);
}
