import type { SandboxAnswer, SandboxRequest } from "../http.js";
import { countAnswer, entityAnswer, listAnswer } from "./answers.js";
import { asText, EMPTY_REFERENCE, type RegisterSchema, type Row, type SetSchema } from "./fields.js";
import { filtered, type Options, paged } from "./options.js";
import {
  forbiddenMethod,
  Refusal,
  refusedByBusiness,
  refusedByRights,
  unknownEntity,
  unknownMethod,
  unknownSet,
  unparsable,
  unsupported,
  wrongSegment,
} from "./refusal.js";
import { findRow, readKey, readPath, type Segment } from "./request.js";
import type { Publication } from "./schema.js";
import { addressOf, compileShape, type Naming, printedMoment } from "./shape.js";
import type { Store } from "./store.js";
import { calculate, type ConditionQuotes, readArguments, slice, type VirtualTable } from "./virtual-tables.js";
import { type Clock, create, post, remove, update } from "./writes.js";

export interface ResourceOptions {
  readonly publication: Publication;
  readonly store: Store;
  readonly clock: Clock;
  /** Posting documents dated before it is refused: the period is closed. */
  readonly closedBefore: string;
  readonly conditionQuotes: ConditionQuotes;
  longestPage(): number | undefined;
}

/** Answers everything under the service root that is a set, an entity, a part of one, a virtual table or an action. */
export function createResources(options: ResourceOptions) {
  const { publication, store } = options;
  const setOf = (name: string): SetSchema => {
    const set = publication.sets.get(name);
    if (!set) throw unknownSet(name);
    return set;
  };
  const naming = createNaming(publication, store);

  const readable = (set: SetSchema, allowedOnly: boolean): readonly Row[] => {
    const rows = store.rows(set);
    const forbidden = store.forbidden.get(set.name);
    return forbidden && allowedOnly ? rows.filter((row) => !forbidden(row)) : rows;
  };

  const list = (set: SetSchema, base: string, query: Options): SandboxAnswer => {
    const rows = filtered(readable(set, query.allowedOnly), query, set, store);
    const forbidden = store.forbidden.get(set.name);
    if (forbidden && rows.some(forbidden)) throw refusedByRights();
    const shape = compileShape(set, naming.naming(set.name), query.shape, store);
    const page = paged(rows, query, set, store).slice(0, options.longestPage());
    return listAnswer(base, set.name, page.map(shape), query, query.count ? rows.length : undefined);
  };

  const virtual = ({ scope, rows }: VirtualTable, name: string, base: string, query: Options): SandboxAnswer => {
    const passed = filtered(rows, query, scope, store);
    const shape = compileShape(scope, tableNaming(naming), query.shape, store);
    return listAnswer(base, name, paged(passed, query, scope, store).map(shape), query, query.count ? passed.length : undefined);
  };

  const table = (set: SetSchema, segment: Segment, query: Options): VirtualTable => {
    const { name, brackets = "" } = segment;
    const args = new Map(readArguments(name, brackets, options.conditionQuotes));
    const condition = query.own.get("Condition");
    if (condition !== undefined && !args.has("Condition")) args.set("Condition", condition);
    if (name === "SliceLast" || name === "SliceFirst") {
      if (!set.periodic) throw unknownMethod();
      return slice(set, sliceDimensions(set, publication), name, args, store.rows(set), store);
    }
    const register = publication.registers.get(set.name);
    if (!register) throw unknownMethod();
    return calculate(register, name, args, store.records(register.name), store);
  };

  const entity = (set: SetSchema, brackets: string): Row => {
    const row = findRow(store, set, readKey(set, brackets));
    if (!row) throw unknownEntity(set.name);
    if (store.forbidden.get(set.name)?.(row)) throw refusedByRights();
    return row;
  };

  const readEntity = (set: SetSchema, row: Row, base: string, query: Options, created?: string): SandboxAnswer => {
    if (query.shape.expand.length > 0) throw unsupported("$expand для одиночной сущности");
    return entityAnswer(base, set.name, compileShape(set, naming.naming(set.name), query.shape, store)(row), query, created);
  };

  /** `Document_X(guid'…')/Партнер/Description`: follows references, then names a property. */
  const walk = (start: SetSchema, from: Row, steps: readonly Segment[], base: string, query: Options): SandboxAnswer => {
    let set = start;
    let row = from;
    for (const [at, { name }] of steps.entries()) {
      const link = set.properties.find((property) => property.link?.navigation === name);
      if (link?.link) {
        const found = store.find(link.link.set, asText(row[link.name]));
        if (!found || row[link.name] === EMPTY_REFERENCE) throw unknownEntity(link.link.set);
        set = setOf(link.link.set);
        row = found;
        continue;
      }
      const property = set.properties.find((one) => one.name === name);
      if (!property || at !== steps.length - 1) throw wrongSegment(name);
      return entityAnswer(base, `${set.name}/${name}`, { value: row[name] }, query);
    }
    return readEntity(set, row, base, query);
  };

  const get = (segments: readonly Segment[], base: string, query: Options): SandboxAnswer => {
    const [first, second, ...rest] = segments;
    if (!first) throw wrongSegment("");
    const set = setOf(first.name);
    if (first.brackets !== undefined) return walk(set, entity(set, first.brackets), segments.slice(1), base, query);
    if (!second) return list(set, base, query);
    if (rest.length > 0) throw wrongSegment(rest[0]?.name ?? "");
    if (second.name === "$count") return countAnswer(filtered(readable(set, query.allowedOnly), query, set, store).length);
    if (["Post", "Unpost"].includes(second.name)) throw forbiddenMethod();
    return virtual(table(set, second, query), set.name, base, query);
  };

  const act = async (set: SetSchema, row: Row, action: Segment, query: Options): Promise<SandboxAnswer> => {
    if (set.kind !== "document" || !["Post", "Unpost"].includes(action.name)) throw unknownMethod();
    const mode = query.own.get("PostingModeOperational");
    if (mode !== undefined && mode !== "true" && mode !== "false") throw unparsable(mode, "Edm.Boolean");
    await post(store, set, row, action.name === "Post", options.closedBefore);
    return { status: 200, headers: { dataserviceversion: "3.0" } };
  };

  return {
    answer: async (request: SandboxRequest, path: string, base: string, query: Options): Promise<SandboxAnswer> => {
      const segments = readPath(path);
      const [first, second, ...rest] = segments;
      if (request.method === "GET" || request.method === "HEAD") return get(segments, base, query);
      if (!first || rest.length > 0) throw wrongSegment(rest[0]?.name ?? "");
      const set = setOf(first.name);
      if (request.method === "POST" && first.brackets === undefined && !second) {
        const row = await create(store, set, bodyOf(request), options.clock);
        return readEntity(set, row, base, query, addressOf(set, row));
      }
      if (first.brackets === undefined) throw forbiddenMethod();
      const row = entity(set, first.brackets);
      if (second) {
        if (request.method !== "POST") throw forbiddenMethod();
        return await act(set, row, second, query);
      }
      switch (request.method) {
        case "PATCH":
          return readEntity(set, await update(store, set, row, bodyOf(request)), base, query);
        case "PUT":
          return readEntity(set, await update(store, set, row, wholeBody(set, bodyOf(request))), base, query);
        case "DELETE":
          await remove(store, set, row);
          return { status: 204 };
        default:
          throw forbiddenMethod();
      }
    },
  };
}

function bodyOf(request: SandboxRequest): unknown {
  const body = request.json();
  if (body === undefined) throw refusedByBusiness("Непредвиденный символ при чтении JSON");
  return body;
}

/** PUT takes every field, and references by `X@odata.bind`. */
function wholeBody(set: SetSchema, body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  const given: Record<string, unknown> = { ...body };
  for (const { name, link } of set.properties) {
    const bound = link && given[`${link.navigation}@odata.bind`];
    if (typeof bound === "string") given[name] = /guid'([^']*)'/.exec(bound)?.[1];
    if (given[name] === undefined && !["Ref_Key", "DataVersion", "Posted"].includes(name)) {
      throw new Refusal(400, 5, `Отсутствует обязательное значение свойства ${name}`);
    }
  }
  return given;
}

function sliceDimensions(set: SetSchema, { registers }: Publication): readonly string[] {
  const register: RegisterSchema | undefined = registers.get(set.owner ?? "");
  return register ? register.dimensions.map(({ name }) => name) : set.key.filter((name) => name !== "Period");
}

function createNaming(publication: Publication, store: Store): Naming {
  const presentationOf = (set: string, key: string): string => {
    const schema = publication.sets.get(set);
    const row = schema && store.find(set, key);
    return schema && row ? presentation(schema, row) : "";
  };
  const of = (name: string): Naming => {
    const schema = publication.sets.get(name);
    return {
      address: (row) => (schema ? addressOf(schema, row) : undefined),
      presentation: (row) => (schema ? presentation(schema, row) : ""),
      presentationOf,
      naming: of,
    };
  };
  return of("");
}

/** Rows of virtual tables have no address of their own, hence no navigation links. */
const tableNaming = (naming: Naming): Naming => ({ ...naming, address: () => undefined });

function presentation({ kind, title }: SetSchema, row: Row): string {
  if (kind === "document") return `${title} ${row.Number as string} от ${printedMoment(asText(row.Date))}`;
  return asText(row.Description ?? "");
}
