import { compareValues, compileCondition, compileValue, type Entities, type Scope } from "./evaluate.js";
import { parseExpression } from "./expression.js";
import type { Row } from "./fields.js";
import { Refusal, unparsable, unsupported, wrongOption } from "./refusal.js";
import type { Detail, Shape } from "./shape.js";

/** The query part of a request, read but not yet applied. */
export interface Options {
  readonly format: "json" | "atom";
  readonly detail: Detail;
  readonly filter?: string;
  readonly orderby?: string;
  readonly top?: number;
  readonly skip: number;
  readonly count: boolean;
  readonly shape: Shape;
  readonly allowedOnly: boolean;
  /** Parameters without a dollar: `PostingModeOperational`, `Condition`. */
  readonly own: ReadonlyMap<string, string>;
}

const KNOWN = new Set(["$format", "$filter", "$orderby", "$top", "$skip", "$inlinecount", "$select", "$expand", "$allowedOnly"]);

/**
 * Splits the raw query. A plus stays a plus: the platform does not take it for a space.
 * `accept` decides the format where `$format` does not.
 */
export function readOptions(search: string, accept: string): Options {
  const pairs = new Map<string, string>();
  for (const pair of search.replace(/^\?/, "").split("&")) {
    if (pair === "") continue;
    const [name = "", ...value] = pair.split("=");
    pairs.set(decoded(name), decoded(value.join("=")));
  }
  for (const name of pairs.keys()) if (name.startsWith("$") && !KNOWN.has(name)) throw unsupported(name);
  const format = pairs.get("$format") ?? (accept.includes("application/json") ? accept : "atom");
  const detail: Detail = format.includes("nometadata") ? "none" : format.includes("fullmetadata") ? "full" : "minimal";
  if (!/^(json|atom|application\/(json|atom\+xml).*|.*application\/json.*)$/.test(format)) {
    throw new Refusal(400, 3, "Запрошенный тип представления не поддерживается");
  }
  const inline = pairs.get("$inlinecount") ?? "none";
  if (inline !== "none" && inline !== "allpages") throw wrongOption("$inlinecount");
  return {
    format: format.includes("json") ? "json" : "atom",
    detail,
    filter: pairs.get("$filter"),
    orderby: pairs.get("$orderby"),
    top: wholeOf(pairs, "$top"),
    skip: wholeOf(pairs, "$skip") ?? 0,
    count: inline === "allpages",
    shape: { select: pathsOf(pairs.get("$select")), expand: pathsOf(pairs.get("$expand")) ?? [], detail },
    allowedOnly: (pairs.get("allowedOnly") ?? pairs.get("$allowedOnly")) === "true",
    own: new Map([...pairs].filter(([name]) => !name.startsWith("$"))),
  };
}

/** Percent-decoding as strict as the platform's: what is no UTF-8 is no request. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(400, 2, "Неверный формат запроса");
  }
}

/** Rows that pass `$filter`. */
export function filtered(rows: readonly Row[], options: Options, scope: Scope, entities: Entities): readonly Row[] {
  if (options.filter === undefined) return rows;
  return rows.filter(compileCondition(parseExpression(options.filter, "$filter"), scope, entities));
}

/** Rows in the order of `$orderby`, cut to `$skip` and `$top`. */
export function paged(rows: readonly Row[], options: Options, scope: Scope, entities: Entities): readonly Row[] {
  const end = options.top === undefined ? undefined : options.skip + options.top;
  return ordered(rows, options.orderby, scope, entities).slice(options.skip, end);
}

function ordered(rows: readonly Row[], orderby: string | undefined, scope: Scope, entities: Entities): readonly Row[] {
  if (orderby === undefined) return rows;
  const keys = splitAtCommas(orderby).map((part) => {
    const [, expression = part, direction = "asc"] = /^(.*?)(?:\s+(asc|desc))?\s*$/s.exec(part) ?? [];
    const read = compileValue(parseExpression(expression.trim(), "$orderby"), scope, entities, "$orderby");
    return { read, sign: direction === "desc" ? -1 : 1 };
  });
  const decorated = rows.map((row) => ({ row, values: keys.map(({ read }) => read(row)) }));
  decorated.sort((left, right) => {
    for (const [at, { sign }] of keys.entries()) {
      const order = compareValues(left.values[at], right.values[at]) ?? 0;
      if (order !== 0) return order * sign;
    }
    return 0;
  });
  return decorated.map(({ row }) => row);
}

/** Commas inside brackets belong to a function's arguments. */
function splitAtCommas(list: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of list) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function pathsOf(list: string | undefined): string[][] | undefined {
  return list?.split(",").map((path) => path.trim().split("/"));
}

function wholeOf(pairs: ReadonlyMap<string, string>, name: string): number | undefined {
  const value = pairs.get(name);
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw unparsable(value, "Edm.Int32");
  return Number(value);
}
