import type { Entities, Scope } from "./evaluate.js";
import { asText, EMPTY_MOMENT, EMPTY_REFERENCE, emptyValue, type Property, type Row, type SetSchema, type Value } from "./fields.js";
import { unsupported, wrongSegment } from "./refusal.js";

export type Json = Record<string, unknown>;
export type Detail = "none" | "minimal" | "full";

/** What an answer is cut to. */
export interface Shape {
  /** Absent: everything. Paths as they stood in `$select`, split at the slashes. */
  readonly select?: readonly (readonly string[])[];
  readonly expand: readonly (readonly string[])[];
  readonly detail: Detail;
}

/** How an entity is called by others: "Catalog_Партнеры(guid'…')", and what a person reads instead of it. */
export interface Naming {
  address(row: Row): string | undefined;
  presentation(row: Row): string;
  /** What a reference to a set looks like to a person. */
  presentationOf(set: string, key: string): string;
  naming(set: string): Naming;
}

const PRESENTATION = "____Presentation";

/** Compiles `$select` and `$expand` once, so that thousands of rows cost a walk over the chosen names each. */
export function compileShape(scope: Scope, naming: Naming, shape: Shape, entities: Entities): (row: Row) => Json {
  const writers: ((row: Row, into: Json) => void)[] = [];
  const chosen = shape.select?.map(([first = ""]) => first);
  const all = chosen === undefined || chosen.includes("*");
  const allButParts = !all && chosen.includes("**");
  const nested = new Map<string, string[][]>();
  for (const [first = "", ...rest] of shape.select ?? []) if (rest.length > 0) nested.set(first, [...(nested.get(first) ?? []), rest]);
  checkSelected(scope, shape.select ?? []);

  for (const property of scope.properties) {
    if (!all && !allButParts && !chosen.includes(property.name)) continue;
    writers.push((row, into) => (into[property.name] = rendered(property, row[property.name])));
  }
  for (const [part, columns] of scope.parts) {
    const named = nested.get(part);
    if (!all && (allButParts || !chosen.includes(part))) continue;
    const wanted = named && !all ? columns.filter(({ name }) => named.some(([column]) => column === name || column === "*")) : columns;
    writers.push((row, into) => {
      into[part] = ((row[part] as readonly Row[] | undefined) ?? []).map((line) =>
        Object.fromEntries(wanted.map((column) => [column.name, rendered(column, line[column.name])])),
      );
    });
  }
  for (const property of scope.properties) writePresentation(property, chosen ?? [], naming, writers);
  if (chosen?.includes("Presentation")) writers.push((row, into) => (into.Presentation = naming.presentation(row)));
  writeLinks(scope, naming, shape, chosen, all || allButParts, nested, entities, writers);

  return (row) => {
    const into: Json = {};
    for (const write of writers) write(row, into);
    return into;
  };
}

/** Int64 travels as a string, as OData v3 writes it in JSON; everything else as it is. */
export function rendered(property: Property, value: Value): unknown {
  const known = value ?? emptyValue(property);
  return property.type === "Edm.Int64" ? asText(known) : known;
}

function checkSelected(scope: Scope, select: readonly (readonly string[])[]): void {
  for (const [first = "", ...rest] of select) {
    if (["*", "**", "Presentation", `*${PRESENTATION}`].includes(first)) continue;
    const columns = scope.parts.get(first);
    if (columns) {
      const unknown = rest.find((column) => column !== "*" && !columns.some(({ name }) => name === column));
      if (unknown !== undefined) throw wrongSegment(unknown);
      continue;
    }
    const bare = first.endsWith(PRESENTATION) ? first.slice(0, -PRESENTATION.length) : first;
    const known = scope.properties.some(
      ({ name, link, composite }) => name === bare || link?.navigation === bare || (composite && name === bare),
    );
    if (!known) throw wrongSegment(first);
  }
}

function writePresentation(
  property: Property,
  chosen: readonly string[],
  naming: Naming,
  writers: ((row: Row, into: Json) => void)[],
): void {
  const { name, link } = property;
  if (name === "DataVersion" || name.endsWith("_Type")) return;
  const bare = link?.navigation ?? name;
  const asked = [`*${PRESENTATION}`, `${bare}${PRESENTATION}`, `${name}${PRESENTATION}`];
  if (!asked.some((one) => chosen.includes(one))) return;
  writers.push((row, into) => {
    const value = row[name];
    const set = link?.set ?? (property.composite ? asText(row[`${name}_Type`] ?? "").replace("StandardODATA.", "") : undefined);
    into[`${bare}${PRESENTATION}`] = set === undefined ? printed(value) : naming.presentationOf(set, asText(value ?? ""));
  });
}

function printed(value: Value): string {
  if (typeof value === "boolean") return value ? "Да" : "Нет";
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return value === EMPTY_MOMENT ? "" : printedMoment(value);
  return typeof value === "number" || typeof value === "string" ? String(value) : "";
}

/** "20.11.2026 9:05:00" */
export function printedMoment(wallClock: string): string {
  return `${wallClock.slice(8, 10)}.${wallClock.slice(5, 7)}.${wallClock.slice(0, 4)} ${Number(wallClock.slice(11, 13))}${wallClock.slice(13)}`;
}

function writeLinks(
  scope: Scope,
  naming: Naming,
  shape: Shape,
  chosen: readonly string[] | undefined,
  everything: boolean,
  nested: ReadonlyMap<string, string[][]>,
  entities: Entities,
  writers: ((row: Row, into: Json) => void)[],
): void {
  const expanded = expansions(scope, shape.expand);
  for (const property of scope.properties) {
    const target = property.link;
    if (!target) continue;
    const { navigation, set } = target;
    const deeper = expanded.get(navigation);
    // With a $select, an expanded navigation that is not named there is silently left out.
    if (deeper && (chosen === undefined || chosen.includes(navigation))) {
      const inside = nested.get(navigation);
      const inner = compileShape(
        scopeOf(entities, set),
        naming.naming(set),
        { select: inside, expand: deeper, detail: shape.detail },
        entities,
      );
      writers.push((row, into) => {
        const found = entities.find(set, asText(row[property.name] ?? ""));
        into[navigation] = found ? inner(found) : null;
      });
    } else if (shape.detail !== "none" && (everything || chosen?.includes(navigation))) {
      writers.push((row, into) => {
        const own = naming.address(row);
        if (own !== undefined && row[property.name] !== EMPTY_REFERENCE) into[`${navigation}@navigationLinkUrl`] = `${own}/${navigation}`;
      });
    }
  }
  for (const property of scope.properties) writeComposite(property, expanded, shape, naming, entities, writers);
}

/** A composite field is expanded only under the name of a type: `Контрагент/Catalog_Контрагенты`. */
function writeComposite(
  property: Property,
  expanded: ReadonlyMap<string, string[][]>,
  shape: Shape,
  naming: Naming,
  entities: Entities,
  writers: ((row: Row, into: Json) => void)[],
): void {
  const deeper = expanded.get(property.name);
  if (!property.composite || !deeper) return;
  for (const [set = "", ...rest] of deeper) {
    if (!property.composite.includes(set)) throw wrongSegment(set);
    const inner = compileShape(
      scopeOf(entities, set),
      naming.naming(set),
      { expand: rest.length > 0 ? [rest] : [], detail: shape.detail },
      entities,
    );
    writers.push((row, into) => {
      const found = row[`${property.name}_Type`] === `StandardODATA.${set}` ? entities.find(set, asText(row[property.name])) : undefined;
      if (found) into[`${property.name}_Expanded`] = inner(found);
    });
  }
}

function expansions(scope: Scope, paths: readonly (readonly string[])[]): Map<string, string[][]> {
  const expanded = new Map<string, string[][]>();
  for (const [first = "", ...rest] of paths) {
    if (first === "*") {
      for (const { link } of scope.properties) if (link) expanded.set(link.navigation, expanded.get(link.navigation) ?? []);
      continue;
    }
    if (scope.parts.has(first)) throw unsupported("расширение реквизитов табличных частей");
    const known = scope.properties.some(({ name, link, composite }) => link?.navigation === first || (composite && name === first));
    if (!known) throw wrongSegment(first);
    expanded.set(first, [...(expanded.get(first) ?? []), ...(rest.length > 0 ? [rest] : [])]);
  }
  return expanded;
}

function scopeOf(entities: Entities, set: string): Scope {
  const scope = entities.scope(set);
  if (!scope) throw wrongSegment(set);
  return scope;
}

/** Names of a set's own entities; virtual tables have rows without an address. */
export function addressOf(schema: SetSchema, row: Row): string {
  const [only = "", ...others] = schema.key;
  const literal = (name: string): string => {
    const property = schema.properties.find((one) => one.name === name);
    const value = row[name];
    if (property?.type === "Edm.Guid") return `guid'${asText(value)}'`;
    if (property?.type === "Edm.DateTime") return `datetime'${asText(value)}'`;
    return property?.type === "Edm.String" ? `'${asText(value)}'` : asText(value);
  };
  const key = others.length === 0 && only === "Ref_Key" ? literal(only) : schema.key.map((name) => `${name}=${literal(name)}`).join(",");
  return `${schema.name}(${key})`;
}
