import type { SandboxRequest } from "../http.js";
import { branchOf, type QueryTree, textOf, valuesOf } from "../query.js";
import { type EntityType, reaches } from "./account.js";
import { type Call, refuseFlaws } from "./answers.js";
import type { FieldValues } from "./store.js";

/** Whether a row passes what `filter[name]` says; the tree is what stands under the name. */
export type Filter<Row> = (row: Row, given: string | QueryTree) => boolean;

/** `filter[x][]=1&filter[x][]=2` or `filter[x]=1`. */
export function among<Row>(value: (row: Row) => string | number | boolean | null, options: { readonly comma?: boolean } = {}): Filter<Row> {
  return (row, given) => valuesOf(given, options).includes(String(value(row)));
}

/** `filter[x][from]=1&filter[x][to]=2`, both included, or one exact number. */
export function between<Row>(value: (row: Row) => number | null): Filter<Row> {
  return (row, given) => {
    const actual = value(row);
    if (actual === null) return false;
    if (typeof given === "string") return actual === Number(given);
    const from = textOf(given, "from");
    const to = textOf(given, "to");
    return (from === undefined || actual >= Number(from)) && (to === undefined || actual <= Number(to));
  };
}

/** `filter[custom_fields_values][5305][]=0001261735`: any of the values of each field named. */
export function byCustomField<Row extends { readonly custom_fields_values: readonly FieldValues[] }>(): Filter<Row> {
  return (row, given) =>
    typeof given === "object" &&
    Object.entries(given).every(([fieldId, wanted]) => {
      const field = row.custom_fields_values.find(({ field_id }) => String(field_id) === fieldId);
      const texts = new Set(valuesOf(wanted));
      return field?.values.some(({ value, enum_id }) => texts.has(String(value)) || texts.has(String(enum_id))) ?? false;
    });
}

/** `filter[statuses][0][pipeline_id]=7001&filter[statuses][0][status_id]=142`. */
export function byStatus<Row extends { readonly pipeline_id: number; readonly status_id: number }>(): Filter<Row> {
  return (row, given) =>
    typeof given === "object" &&
    Object.values(given).some(
      (pair) =>
        typeof pair === "object" &&
        textOf(pair, "pipeline_id") === String(row.pipeline_id) &&
        textOf(pair, "status_id") === String(row.status_id),
    );
}

/** Rows that pass every filter of the request, in the order it asks for; a filter or order that is not known is refused. */
export function select<Row extends { readonly id: number | string }>(
  rows: readonly Row[],
  request: SandboxRequest,
  known: {
    readonly filters: Readonly<Record<string, Filter<Row>>>;
    readonly orders: readonly (keyof Row & string)[];
    readonly firstOrder?: "asc" | "desc";
  },
): Row[] {
  const given = branchOf(request.query, "filter") ?? {};
  const filters = Object.entries(given).map(([name, wanted]) => {
    const filter = Object.hasOwn(known.filters, name) ? known.filters[name] : undefined;
    if (!filter || wanted === undefined) throw unknown(`filter.${name}`);
    return (row: Row) => filter(row, wanted);
  });
  const [order = "id", direction = known.firstOrder ?? "asc"] = Object.entries(branchOf(request.query, "order") ?? {})[0] ?? [];
  if (!["id", ...known.orders].includes(order) || (direction !== "asc" && direction !== "desc")) throw unknown(`order.${order}`);
  const sign = direction === "asc" ? 1 : -1;
  const key = order as keyof Row;
  const compare = (one: Row, other: Row) => (one[key] < other[key] ? -1 : one[key] > other[key] ? 1 : one.id < other.id ? -1 : 1);
  return rows.filter((row) => filters.every((passes) => passes(row))).sort((one, other) => sign * compare(one, other));
}

/** The vendor's `query`: every word somewhere in the name or a filled field; a number also among a phone's digits. */
export function matchesQuery(
  row: { readonly name: string; readonly custom_fields_values: readonly FieldValues[] },
  query: string,
): boolean {
  const texts = [row.name, ...row.custom_fields_values.flatMap(({ values }) => values.map(({ value }) => String(value)))].map(folded);
  const digits = query.replace(/\D/g, "");
  if (digits.length >= 4 && /^[\d\s()+-]+$/.test(query)) {
    return texts.some((value) => value.replace(/\D/g, "").includes(digits));
  }
  return folded(query)
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => texts.some((value) => value.includes(word)));
}

/** The rows of a kind that the caller's rights let them see. */
export function visible<Row extends { readonly responsible_user_id: number; readonly group_id: number }>(
  call: Call,
  type: EntityType,
  rows: readonly Row[],
): readonly Row[] {
  const letter = call.caller.rights[type].view;
  return letter === "A" ? rows : rows.filter((row) => reaches(letter, call.caller, row));
}

function folded(value: string): string {
  return value.toLowerCase().replaceAll("ё", "е");
}

function unknown(path: string): Error {
  refuseFlaws([[{ code: "NotSupportedChoice", path, detail: "The value you selected is not a valid choice." }]], ["0"]);
  return new Error(`sandbox: ${path} is not known`);
}
