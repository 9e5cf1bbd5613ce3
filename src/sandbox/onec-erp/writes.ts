import { randomUUID } from "node:crypto";
import { readGuid } from "./expression.js";
import { asText, EMPTY_REFERENCE, emptyValue, type Property, type Row, type SetSchema, type Value } from "./fields.js";
import { ENUMERATIONS } from "./objects.js";
import { forbiddenMethod, innerFailure, Refusal, refusedByBusiness, unparsable } from "./refusal.js";
import { keyIn, type Store } from "./store.js";

const FIRST_VERSION = "AAAAAAAAAAA=";
const PREFIXES: Readonly<Record<string, string>> = {
  Document_ПланПродаж: "00ПП",
  Document_ПланЗакупок: "00ПЗ",
  Document_ЗаказКлиента: "00ЗК",
};

/** The wall clock of the 1C server. */
export type Clock = () => string;

/** POST to a set: the object with what was not said filled in. Own `Ref_Key` is honoured, a known one refused with 400/15. */
export async function create(store: Store, set: SetSchema, body: unknown, clock: Clock): Promise<Row> {
  if (set.kind === "part") throw new Refusal(400, 13, "Создание строк табличных частей напрямую не поддерживается");
  if (set.kind === "records" || set.kind === "record-sets") throw forbiddenMethod();
  const given = objectOf(body);
  const row: Row = {};
  for (const property of set.properties) row[property.name] = emptyValue(property);
  for (const part of set.parts.keys()) row[part] = [];
  if (set.kind === "information") {
    const missing = set.key.find((name) => given[name] === undefined);
    if (missing !== undefined) throw new Refusal(400, 7, `Не хватает элемента ключа сущности: ${missing}`);
  } else {
    row.Ref_Key = given.Ref_Key === undefined ? timeOrdered() : readGuid(textOf(given.Ref_Key, "Edm.Guid"));
    row.DataVersion = FIRST_VERSION;
    const place = store.rows(set).length;
    if (set.kind === "document") {
      row.Number = `${PREFIXES[set.name] ?? "00ДК"}-${String(place + 1).padStart(6, "0")}`;
      row.Date = clock();
    } else row.Code = `00-${String(place + 20_001).padStart(8, "0")}`;
  }
  assign(row, given, set, new Set(["Ref_Key", "DataVersion", "Posted", ...(set.kind === "document" ? [] : ["Number"])]));
  if (set.kind === "information")
    for (const name of set.key) row[name] = written(set.properties.find((one) => one.name === name) as Property, given[name]);
  if (store.find(set.name, keyIn(set, row))) throw new Refusal(400, 15, "Сущность с таким ключом уже существует");
  await store.change({ op: "write", set: set.name, row });
  return row;
}

/** PATCH of an object: named fields change, a named tabular part is replaced as a whole, the version grows in any case. */
export async function update(store: Store, set: SetSchema, before: Row, body: unknown): Promise<Row> {
  if (set.kind === "part" || set.kind === "records" || set.kind === "record-sets") throw forbiddenMethod();
  const given = objectOf(body);
  const row = copyOf(set, before);
  assign(row, given, set, new Set(["Ref_Key", "DataVersion", "Posted", ...(set.kind === "information" ? set.key : [])]));
  if (row.DeletionMark === true && before.Posted === true)
    throw refusedByBusiness("Помеченный на удаление документ не может быть проведен");
  if (set.kind !== "information") row.DataVersion = nextVersion(asText(before.DataVersion));
  await store.change({ op: "write", set: set.name, row });
  return row;
}

/** Physical and at once, as the vendor's text warns: nothing is marked. */
export async function remove(store: Store, set: SetSchema, row: Row): Promise<void> {
  if (set.kind === "part" || set.kind === "records" || set.kind === "record-sets") throw forbiddenMethod();
  await store.change({ op: "delete", set: set.name, row });
}

/** `…/Post` and `…/Unpost`. Handlers of the configuration may refuse: then nothing is written and the text says why. */
export async function post(store: Store, set: SetSchema, before: Row, posting: boolean, closedBefore: string): Promise<void> {
  if (asText(before.Date) < closedBefore) {
    throw refusedByBusiness(`Дата документа ${before.Number as string} принадлежит закрытому периоду. Изменение данных запрещено.`);
  }
  if (posting) {
    if (before.DeletionMark === true) throw refusedByBusiness("Помеченный на удаление документ не может быть проведен");
    const lines = (before.Товары as readonly Row[] | undefined) ?? [];
    if (set.parts.has("Товары") && lines.length === 0) {
      throw refusedByBusiness(`${set.title} ${before.Number as string}: не заполнена табличная часть «Товары»`);
    }
    const blank = lines.find(({ Номенклатура_Key }) => Номенклатура_Key === EMPTY_REFERENCE);
    if (blank) throw refusedByBusiness(`Не заполнена колонка «Номенклатура» в строке ${Number(blank.LineNumber)} списка «Товары»`);
  }
  const row: Row = { ...copyOf(set, before), Posted: posting, DataVersion: nextVersion(asText(before.DataVersion)) };
  await store.change({ op: posting ? "post" : "unpost", set: set.name, row });
}

/** Eight bytes, counted up on every write. */
function nextVersion(version: string): string {
  const bytes = Buffer.from(version, "base64");
  const next = Buffer.alloc(8);
  next.writeBigUInt64BE((bytes.length === 8 ? bytes.readBigUInt64BE() : 0n) + 1n);
  return next.toString("base64");
}

/** Parts are named, because those of seeded documents are made on reading and no spread would take them. */
function copyOf(set: SetSchema, row: Row): Row {
  const copy: Row = { ...row };
  for (const part of set.parts.keys()) copy[part] = row[part];
  return copy;
}

function assign(row: Row, given: Readonly<Record<string, unknown>>, set: SetSchema, locked: ReadonlySet<string>): void {
  for (const property of set.properties) {
    const value = given[property.name];
    if (value === undefined || locked.has(property.name) || property.deaf) continue;
    row[property.name] = written(property, value);
  }
  for (const [part, columns] of set.parts) {
    const value = given[part];
    if (value !== undefined) row[part] = partRows(columns, value, asText(row.Ref_Key));
  }
}

function written(property: Property, value: unknown): Value {
  if (value === null) return emptyValue(property);
  if (typeof value === "object") throw innerFailure();
  switch (property.type) {
    case "Edm.Guid":
      return readGuid(textOf(value, property.type));
    case "Edm.Boolean":
      if (typeof value !== "boolean") throw unparsable(printed(value), property.type);
      return value;
    case "Edm.DateTime": {
      const text = textOf(value, property.type);
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) throw unparsable(text, property.type);
      return text;
    }
    case "Edm.Double":
    case "Edm.Int16":
    case "Edm.Int64": {
      const number = Number(value);
      if (typeof value === "boolean" || value === "" || !Number.isFinite(number)) throw unparsable(printed(value), property.type);
      return property.type === "Edm.Double" ? number : Math.trunc(number);
    }
    case "Edm.String": {
      const text = printed(value);
      const members = property.enumeration === undefined ? undefined : ENUMERATIONS[property.enumeration];
      if (members && text !== "" && !members.includes(text)) throw unparsable(text, `StandardODATA.${property.enumeration as string}`);
      return property.length === undefined ? text : text.slice(0, property.length);
    }
  }
}

/** Lines are numbered by the client: 1, 2, 3 without gaps. One without a number fails inside, a wrong one is a wrong value. */
function partRows(columns: readonly Property[], value: unknown, owner: string): Row[] {
  if (!Array.isArray(value)) throw innerFailure();
  return (value as unknown[]).map((line, at) => {
    const given = objectOf(line);
    if (given.LineNumber === undefined) throw innerFailure();
    if (Number(given.LineNumber) !== at + 1) throw new Refusal(400, 4, "Неверное значение свойства LineNumber");
    const row: Row = {};
    for (const column of columns) {
      const own = given[column.name];
      row[column.name] = own === undefined ? emptyValue(column) : written(column, own);
    }
    row.Ref_Key = owner;
    row.LineNumber = at + 1;
    return row;
  });
}

function objectOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw refusedByBusiness("Непредвиденный символ при чтении JSON");
  return body as Readonly<Record<string, unknown>>;
}

function textOf(value: unknown, type: string): string {
  if (typeof value !== "string") throw unparsable(printed(value), type);
  return value;
}

const printed = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

/** 1C makes its references of version 1. */
function timeOrdered(): string {
  const random = randomUUID();
  return `${random.slice(0, 14)}1${random.slice(15)}`;
}
