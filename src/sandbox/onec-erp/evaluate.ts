import type { Expression } from "./expression.js";
import { asText, type Property, type Row, type Value } from "./fields.js";
import { innerFailure, wrongOption, wrongSegment } from "./refusal.js";

/** Where names of an expression are looked up: an entity set, a tabular part or the result of a virtual table. */
export interface Scope {
  readonly properties: readonly Property[];
  readonly parts: ReadonlyMap<string, readonly Property[]>;
}

/** Follows references: what set a guid belongs to, and what it points at. */
export interface Entities {
  scope(set: string): Scope | undefined;
  find(set: string, key: string): Row | undefined;
}

type Kind = "text" | "number" | "flag" | "moment" | "guid" | "reference";
type Read = (row: Row) => Value;
interface Compiled {
  readonly kind: Kind;
  readonly read: Read;
}
interface Variable {
  readonly name: string;
  readonly scope: Scope;
  current: Row;
}

const KINDS: Readonly<Record<Property["type"], Kind>> = {
  "Edm.Guid": "guid",
  "Edm.String": "text",
  "Edm.DateTime": "moment",
  "Edm.Boolean": "flag",
  "Edm.Double": "number",
  "Edm.Int16": "number",
  "Edm.Int64": "number",
};
const PERIODS_MS: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const PERIODS_MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };

/** Turns a parsed condition into a test of rows; refuses names the scope does not have and functions the platform lacks. */
export function compileCondition(expression: Expression, scope: Scope, entities: Entities, option = "$filter"): (row: Row) => boolean {
  const { kind, read } = compile(expression, scope, entities, option, []);
  if (kind !== "flag") throw wrongOption(option);
  return (row) => read(row) === true;
}

/** A value to sort by. */
export function compileValue(expression: Expression, scope: Scope, entities: Entities, option: string): Read {
  return compile(expression, scope, entities, option, []).read;
}

function compile(expression: Expression, scope: Scope, entities: Entities, option: string, variables: readonly Variable[]): Compiled {
  const inner = (one: Expression): Compiled => compile(one, scope, entities, option, variables);
  switch (expression.kind) {
    case "literal":
      return { kind: expression.type, read: () => expression.value };
    case "unary": {
      const operand = inner(expression.operand);
      if (expression.operator === "not") return { kind: "flag", read: (row) => operand.read(row) !== true };
      return { kind: "number", read: (row) => -Number(operand.read(row)) };
    }
    case "binary":
      return binary(expression.operator, inner(expression.left), inner(expression.right));
    case "call":
      return call(expression.name, expression.args, inner, entities, option);
    case "path":
      return path(expression, scope, entities, option, variables, inner);
    case "lambda":
      return lambda(expression, scope, entities, option, variables);
  }
}

function binary(operator: string, left: Compiled, right: Compiled): Compiled {
  const number = (count: (a: number, b: number) => number): Compiled => ({
    kind: "number",
    read: (row) => count(Number(left.read(row)), Number(right.read(row))),
  });
  // Values of different kinds are never equal, and nothing is said about it: a composite field against a bare guid finds nothing.
  const comparable = left.kind === right.kind;
  const compared = (holds: (order: number) => boolean): Compiled => ({
    kind: "flag",
    read: (row) => {
      if (!comparable) return false;
      const order = compareValues(left.read(row), right.read(row));
      return order !== undefined && holds(order);
    },
  });
  switch (operator) {
    case "or":
      return { kind: "flag", read: (row) => left.read(row) === true || right.read(row) === true };
    case "and":
      return { kind: "flag", read: (row) => left.read(row) === true && right.read(row) === true };
    case "eq":
      return compared((order) => order === 0);
    case "ne":
      return { kind: "flag", read: (row) => !comparable || compareValues(left.read(row), right.read(row)) !== 0 };
    case "gt":
      return compared((order) => order > 0);
    case "ge":
      return compared((order) => order >= 0);
    case "lt":
      return compared((order) => order < 0);
    case "le":
      return compared((order) => order <= 0);
    case "add":
      return number((a, b) => a + b);
    case "sub":
      return number((a, b) => a - b);
    case "mul":
      return number((a, b) => a * b);
    default:
      return number((a, b) => a / b);
  }
}

/** Texts are compared without regard to case, as the platform's databases do. Undefined where one side is absent. */
export function compareValues(left: Value, right: Value): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (typeof left === "string" && typeof right === "string") {
    if (left === right) return 0;
    const [a, b] = [left.toLowerCase(), right.toLowerCase()];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return Number(left) - Number(right);
}

function call(
  name: string,
  args: readonly Expression[],
  inner: (expression: Expression) => Compiled,
  entities: Entities,
  option: string,
): Compiled {
  const typeName = (): string => {
    const argument = args[1];
    if (args.length !== 2 || argument?.kind !== "literal" || argument.type !== "text") throw wrongOption(option);
    return String(argument.value);
  };
  if (name === "cast") return cast(inner(args[0] as Expression), typeName(), entities);
  if (name === "isof") return isOf(inner(args[0] as Expression), typeName());
  const values = args.map(inner);
  const needs = (count: number, kind: Kind, at: readonly number[]): void => {
    if (values.length !== count) throw wrongOption(option);
    // A function over a field of another kind fails inside, not in the parser.
    if (at.some((place) => values[place]?.kind !== kind)) throw innerFailure();
  };
  const textOf = (at: number, row: Row): string => asText(values[at]?.read(row) ?? "");
  const words = (test: (row: Row) => boolean): Compiled => ({ kind: "flag", read: test });
  const part = (read: (date: Date) => number): Compiled => {
    needs(1, "moment", [0]);
    return { kind: "number", read: (row) => read(asDate(textOf(0, row))) };
  };
  switch (name) {
    case "substringof":
      needs(2, "text", [0, 1]);
      return words((row) => textOf(1, row).toLowerCase().includes(textOf(0, row).toLowerCase()));
    case "startswith":
      needs(2, "text", [0, 1]);
      return words((row) => textOf(0, row).toLowerCase().startsWith(textOf(1, row).toLowerCase()));
    case "endswith":
      needs(2, "text", [0, 1]);
      return words((row) => textOf(0, row).toLowerCase().endsWith(textOf(1, row).toLowerCase()));
    case "like":
      needs(2, "text", [0, 1]);
      return words((row) => likePattern(textOf(1, row)).test(textOf(0, row)));
    case "concat":
      needs(2, "text", [0, 1]);
      return { kind: "text", read: (row) => textOf(0, row) + textOf(1, row) };
    case "substring": {
      if (values.length !== 2 && values.length !== 3) throw wrongOption(option);
      const length = values[2];
      return {
        kind: "text",
        read: (row) => {
          const from = Math.max(0, Number(values[1]?.read(row)) - 1);
          return textOf(0, row).slice(from, length ? from + Number(length.read(row)) : undefined);
        },
      };
    }
    case "year":
      return part((date) => date.getUTCFullYear());
    case "quarter":
      return part((date) => Math.floor(date.getUTCMonth() / 3) + 1);
    case "month":
      return part((date) => date.getUTCMonth() + 1);
    case "day":
      return part((date) => date.getUTCDate());
    case "hour":
      return part((date) => date.getUTCHours());
    case "minute":
      return part((date) => date.getUTCMinutes());
    case "second":
      return part((date) => date.getUTCSeconds());
    case "dayofweek":
      return part((date) => date.getUTCDay() || 7);
    case "dayofyear":
      return part((date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1);
    case "dateadd":
      needs(3, "moment", [0]);
      return { kind: "moment", read: (row) => addPeriods(textOf(0, row), textOf(1, row), Number(values[2]?.read(row))) };
    case "datedifference":
      needs(3, "moment", [0, 1]);
      return { kind: "number", read: (row) => periodsBetween(textOf(0, row), textOf(1, row), textOf(2, row)) };
    case "round":
      needs(1, "number", [0]);
      return { kind: "number", read: (row) => Math.round(Number(values[0]?.read(row))) };
    default:
      throw wrongOption(option);
  }
}

function path(
  expression: Extract<Expression, { kind: "path" }>,
  scope: Scope,
  entities: Entities,
  option: string,
  variables: readonly Variable[],
  inner: (expression: Expression) => Compiled,
): Compiled {
  const { base, segments } = expression;
  if (base) {
    if (base.kind !== "call" || base.name !== "cast") throw wrongOption(option);
    const set = typeNameOf(base.args[1]);
    const reference = inner(base);
    const target = walk(segments, scopeOf(entities, set), entities);
    return { kind: target.kind, read: (row) => readThrough(entities, set, keyOf(reference.read(row)), target.read) };
  }
  const variable = variables.find(({ name }) => name === segments[0]);
  if (!variable) return walk(segments, scope, entities);
  const target = walk(segments.slice(1), variable.scope, entities);
  return { kind: target.kind, read: () => target.read(variable.current) };
}

function walk(segments: readonly string[], scope: Scope, entities: Entities): Compiled {
  const [first = "", ...rest] = segments;
  if (rest.length === 0) {
    const property = scope.properties.find(({ name }) => name === first);
    if (!property) throw wrongSegment(first);
    if (!property.composite) return { kind: KINDS[property.type], read: (row) => row[first] };
    return { kind: "reference", read: (row) => referenceOf(asText(row[`${first}_Type`] ?? ""), asText(row[first] ?? "")) };
  }
  const link = scope.properties.find((property) => property.link?.navigation === first);
  if (!link?.link) throw wrongSegment(first);
  const { set } = link.link;
  const target = walk(rest, scopeOf(entities, set), entities);
  return { kind: target.kind, read: (row) => readThrough(entities, set, asText(row[link.name] ?? ""), target.read) };
}

function lambda(
  expression: Extract<Expression, { kind: "lambda" }>,
  scope: Scope,
  entities: Entities,
  option: string,
  variables: readonly Variable[],
): Compiled {
  const [part = "", ...deeper] = expression.over;
  const columns = scope.parts.get(part);
  if (!columns || deeper.length > 0) throw wrongSegment(part);
  const rowsOf = (row: Row): readonly Row[] => (row[part] as readonly Row[] | undefined) ?? [];
  if (!expression.test || expression.variable === undefined) return { kind: "flag", read: (row) => rowsOf(row).length > 0 };
  const variable: Variable = { name: expression.variable, scope: { properties: columns, parts: new Map() }, current: {} };
  const test = compile(expression.test, scope, entities, option, [...variables, variable]);
  const holds =
    (owner: Row) =>
    (line: Row): boolean => {
      variable.current = line;
      return test.read(owner) === true;
    };
  const all = expression.quantifier === "all";
  return { kind: "flag", read: (row) => (all ? rowsOf(row).every(holds(row)) : rowsOf(row).some(holds(row))) };
}

function cast(value: Compiled, type: string, entities: Entities): Compiled {
  const primitive = ({ String: "text", Number: "number", Boolean: "flag", Date: "moment" } as const)[type];
  if (primitive) return { kind: primitive, read: value.read };
  if (!entities.scope(type)) throw wrongSegment(type);
  if (value.kind === "guid") return { kind: "reference", read: (row) => referenceOf(`StandardODATA.${type}`, asText(value.read(row))) };
  return {
    kind: "reference",
    read: (row) => {
      const reference = value.read(row);
      return typeof reference === "string" && reference.startsWith(`${type}#`) ? reference : undefined;
    },
  };
}

function isOf(value: Compiled, type: string): Compiled {
  return { kind: "flag", read: (row) => asText(value.read(row) ?? "").startsWith(`${type}#`) };
}

const referenceOf = (type: string, key: string): string | undefined =>
  type === "StandardODATA.Undefined" || type === "" ? undefined : `${type.replace("StandardODATA.", "")}#${key}`;
const keyOf = (reference: Value): string => asText(reference ?? "").replace(/^.*#/, "");

function scopeOf(entities: Entities, set: string): Scope {
  const scope = entities.scope(set);
  if (!scope) throw wrongSegment(set);
  return scope;
}

function readThrough(entities: Entities, set: string, key: string, read: Read): Value {
  const row = entities.find(set, key);
  return row && read(row);
}

function likePattern(pattern: string): RegExp {
  const body = Array.from(pattern)
    .map((character) => (character === "%" ? ".*" : character === "_" ? "." : character.replace(/[.*+?(){}|\\$/]/, "\\$&")))
    .join("");
  return new RegExp(`^${body}$`, "isu");
}

function typeNameOf(argument: Expression | undefined): string {
  return argument?.kind === "literal" ? String(argument.value) : "";
}

const asDate = (wallClock: string): Date => new Date(`${wallClock}Z`);
const asWallClock = (date: Date): string => date.toISOString().slice(0, 19);

function addPeriods(wallClock: string, unit: string, count: number): string {
  const date = asDate(wallClock);
  const months = PERIODS_MONTHS[unit];
  if (months !== undefined) {
    const day = date.getUTCDate();
    date.setUTCDate(1);
    date.setUTCMonth(date.getUTCMonth() + months * count);
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    date.setUTCDate(Math.min(day, last));
    return asWallClock(date);
  }
  const step = PERIODS_MS[unit];
  if (step === undefined) throw wrongOption("$filter");
  return asWallClock(new Date(date.getTime() + step * count));
}

function periodsBetween(from: string, to: string, unit: string): number {
  const months = PERIODS_MONTHS[unit];
  const [a, b] = [asDate(from), asDate(to)];
  if (months !== undefined) {
    const distance = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
    return Math.floor(distance / months);
  }
  const step = PERIODS_MS[unit];
  if (step === undefined) throw wrongOption("$filter");
  return Math.floor(b.getTime() / step) - Math.floor(a.getTime() / step);
}
