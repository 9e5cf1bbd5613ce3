import { compileCondition, type Entities, type Scope } from "./evaluate.js";
import { parseExpression, readMoment } from "./expression.js";
import { asText, type Property, type RegisterSchema, type Row, type SetSchema } from "./fields.js";
import { Refusal, unknownMethod, wrongOption, wrongSegment } from "./refusal.js";

/** How the base expects quotes inside `Condition`; the vendor's examples and the OData rule disagree. */
export type ConditionQuotes = "doubled" | "single";

const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  Balance: ["Period", "Condition", "Dimensions"],
  Turnovers: ["StartPeriod", "EndPeriod", "Condition", "Dimensions"],
  BalanceAndTurnovers: ["StartPeriod", "EndPeriod", "Condition", "Dimensions"],
  SliceLast: ["Period", "Condition"],
  SliceFirst: ["Period", "Condition"],
};

/** Functions that a register has; the others answer 400/6. */
export function functionsOf(register: RegisterSchema): readonly string[] {
  if (register.kind === "prices") return [];
  return register.kind === "balance" ? ["Balance", "Turnovers", "BalanceAndTurnovers"] : ["Turnovers"];
}

/** Columns one function adds for each resource. */
export function columnsOf(register: RegisterSchema, name: string): readonly string[] {
  if (name === "Balance") return ["Balance"];
  if (name === "BalanceAndTurnovers") return ["OpeningBalance", "Turnover", "Receipt", "Expense", "ClosingBalance"];
  return register.kind === "balance" ? ["Turnover", "Receipt", "Expense"] : ["Turnover"];
}

export interface VirtualTable {
  readonly scope: Scope;
  readonly rows: readonly Row[];
}

/** Reads the text between the brackets of a function into its arguments. */
export function readArguments(name: string, source: string, quotes: ConditionQuotes): ReadonlyMap<string, string> {
  const allowed = PARAMETERS[name];
  if (!allowed) throw unknownMethod();
  const values = new Map<string, string>();
  for (const part of splitArguments(source, quotes)) {
    const [, parameter = "", value = ""] = /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
    if (!allowed.includes(parameter)) throw new Refusal(400, 21, `Метод ${name} не имеет параметра ${parameter}`);
    values.set(parameter, parameter.endsWith("Period") ? momentArgument(value) : textArgument(parameter, value, quotes));
  }
  return values;
}

/** Calculates a virtual table over the register's records. Sums are exact to a thousandth, whatever the number of records. */
export function calculate(
  register: RegisterSchema,
  name: string,
  args: ReadonlyMap<string, string>,
  records: readonly Row[],
  entities: Entities,
): VirtualTable {
  if (!functionsOf(register).includes(name)) throw unknownMethod();
  const dimensions = chosenDimensions(register, args.get("Dimensions"));
  const test = conditionOf(args.get("Condition"), { properties: register.dimensions, parts: new Map() }, entities);
  const columns = columnsOf(register, name);
  const results = register.resources.flatMap(({ name: resource }) =>
    columns.map((column): Property => ({ name: `${resource}${column}`, type: "Edm.Double" })),
  );
  const groups = new Map<string, { readonly sample: Row; readonly sums: Map<string, number> }>();
  // A balance is that of the moment's beginning: records of the very moment are not in it.
  const at = args.get("Period");
  const from = args.get("StartPeriod") ?? "";
  const to = args.get("EndPeriod") ?? "9999";

  for (const record of records) {
    const period = asText(record.Period);
    if (name === "Balance" ? at !== undefined && period >= at : period > to) continue;
    if (name === "Turnovers" && period < from) continue;
    if (!test(record)) continue;
    const key = dimensions.map(({ name: dimension }) => asText(record[dimension])).join("|");
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { sample: record, sums: new Map() }));
    const direction = record.RecordType === "Expense" ? -1 : 1;
    for (const { name: resource } of register.resources) {
      const amount = Math.round(Number(record[resource] ?? 0) * 1_000);
      const add = (column: string, value: number): void => {
        group.sums.set(`${resource}${column}`, (group.sums.get(`${resource}${column}`) ?? 0) + value);
      };
      const before = name === "BalanceAndTurnovers" && period < from;
      if (before) add("OpeningBalance", direction * amount);
      if (name !== "Turnovers") add(name === "Balance" ? "Balance" : "ClosingBalance", direction * amount);
      if (before || name === "Balance") continue;
      add("Turnover", direction * amount);
      if (register.kind === "balance") add(direction > 0 ? "Receipt" : "Expense", amount);
    }
  }

  const rows = [...groups.values()].flatMap(({ sample, sums }): Row[] => {
    const row: Row = {};
    for (const { name: dimension } of dimensions) row[dimension] = sample[dimension];
    for (const { name: result } of results) row[result] = (sums.get(result) ?? 0) / 1_000;
    return name === "Balance" && results.every(({ name: result }) => row[result] === 0) ? [] : [row];
  });
  return { scope: { properties: [...dimensions, ...results], parts: new Map() }, rows };
}

/** The last or the first record of every combination of dimensions, at a moment. */
export function slice(
  records: SetSchema,
  dimensions: readonly string[],
  name: "SliceLast" | "SliceFirst",
  args: ReadonlyMap<string, string>,
  rows: readonly Row[],
  entities: Entities,
): VirtualTable {
  const test = conditionOf(args.get("Condition"), records, entities);
  const at = args.get("Period");
  const found = new Map<string, Row>();
  for (const row of rows) {
    const period = asText(row.Period);
    if (at !== undefined && (name === "SliceLast" ? period > at : period < at)) continue;
    if (!test(row)) continue;
    const key = dimensions.map((dimension) => asText(row[dimension])).join("|");
    const known = found.get(key);
    const better = !known || (name === "SliceLast" ? period >= asText(known.Period) : period < asText(known.Period));
    if (better) found.set(key, row);
  }
  return { scope: records, rows: [...found.values()] };
}

function chosenDimensions(register: RegisterSchema, list: string | undefined): readonly Property[] {
  if (list === undefined || list.trim() === "") return register.dimensions;
  const names = list.split(",").map((name) => name.trim());
  return names.flatMap((name) => {
    const at = register.dimensions.findIndex((one) => one.name === name || one.link?.navigation === name);
    const dimension = register.dimensions[at];
    if (!dimension) throw wrongSegment(name);
    const type = register.dimensions[at + 1];
    return dimension.composite && type ? [dimension, type] : [dimension];
  });
}

function conditionOf(source: string | undefined, scope: Scope, entities: Entities): (row: Row) => boolean {
  if (source === undefined || source.trim() === "") return () => true;
  return compileCondition(parseExpression(source, "Condition"), scope, entities, "Condition");
}

function splitArguments(source: string, quotes: ConditionQuotes): string[] {
  if (source.trim() === "") return [];
  if (quotes === "single") return source.split(/,(?=\s*(?:Period|StartPeriod|EndPeriod|Condition|Dimensions)\s*=)/);
  const parts = [""];
  let inside = false;
  for (const character of source) {
    if (character === "'") inside = !inside;
    if (character === "," && !inside) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function momentArgument(value: string): string {
  const quoted = /^datetime'([^']*)'$/.exec(value)?.[1];
  if (quoted === undefined) throw wrongOption("Period");
  return readMoment(quoted);
}

function textArgument(parameter: string, value: string, quotes: ConditionQuotes): string {
  const pattern = quotes === "single" ? /^'(.*)'$/s : /^'((?:[^']|'')*)'$/s;
  const inner = pattern.exec(value)?.[1];
  if (inner === undefined) throw wrongOption(parameter);
  return quotes === "single" ? inner : inner.replaceAll("''", "'");
}
