import { type EntityType, statusOf } from "./account.js";
import type { Call } from "./answers.js";
import { anything, type Body, customValues, fieldOf, list, notAChoice, oneOf, orNull, type Rule, shape, text, whole } from "./checks.js";
import { valuesOfField } from "./fields.js";
import type { CompanyRow, ContactRow, FieldRow, FieldValues, LeadRow, Tables } from "./store.js";

/** What bodies of leads, contacts and companies may hold, and the rows they turn into. */

const TAG = shape({ id: whole(1), name: text() });

/** The rule of one new thing; `mostValues` bounds its custom fields. */
export function newRule(call: Call, type: EntityType, mostValues = 250): Rule {
  return withStatus(call, type, undefined, shape({ ...plainFields(call, type, mostValues), _embedded: shape(newEmbedded(call, type)) }));
}

/** The rule of a change to a row. */
export function changeRule(call: Call, type: EntityType, row: Tables[EntityType] | undefined, required: readonly string[] = []): Rule {
  const ids = row && !row.is_deleted ? [row.id] : [];
  const current = type === "leads" ? (row as LeadRow | undefined) : undefined;
  return withStatus(
    call,
    type,
    current,
    shape({ ...plainFields(call, type), id: oneOf(ids), _embedded: shape({ tags: orNull(list(TAG)) }) }, required),
  );
}

/** A lead that brings its contact and company with it: `POST /leads/complex`. */
export function complexRule(call: Call): Rule {
  const part = (type: "contacts" | "companies"): Rule => {
    const rule: Rule = (value, path, flaws) => {
      const known = typeof value === "object" && value !== null && "id" in value;
      (known ? shape({ id: existing(call, type) }) : newRule(call, type, 40))(value, path, flaws);
    };
    return list(rule, 1);
  };
  const embedded = shape({ ...newEmbedded(call, "leads"), contacts: part("contacts"), companies: part("companies"), metadata: anything });
  return withStatus(call, "leads", undefined, shape({ ...plainFields(call, "leads", 40), _embedded: embedded }));
}

/** A lead as the body says, not saved yet. */
export function newLead(call: Call, item: Body): LeadRow {
  const pipeline = call.account.pipelines.find((known) =>
    item["pipeline_id"] === undefined ? known.is_main : known.id === item["pipeline_id"],
  );
  const embedded = embeddedOf(item);
  const contacts = embedded.contacts ?? [];
  const marked = contacts.some((contact) => contact["is_main"] === true);
  const id = call.store.nextId("leads");
  return {
    ...newRow(call, "leads", id, item, `Сделка #${id}`),
    price: (item["price"] as number | undefined) ?? 0,
    pipeline_id: pipeline?.id ?? 0,
    status_id: (item["status_id"] as number | undefined) ?? pipeline?.statuses.find(({ type }) => type === 0)?.id ?? 0,
    loss_reason_id: (item["loss_reason_id"] as number | null | undefined) ?? null,
    closed_at: (item["closed_at"] as number | null | undefined) ?? null,
    contacts: contacts.map((contact, at) => ({ id: Number(contact["id"]), is_main: marked ? contact["is_main"] === true : at === 0 })),
    company_id: (embedded.companies?.[0]?.["id"] as number | undefined) ?? null,
    source: (embedded.source as LeadRow["source"] | undefined) ?? null,
  };
}

/** A contact as the body says, not saved yet. */
export function newContact(call: Call, item: Body): ContactRow {
  const id = call.store.nextId("contacts");
  const row = { ...newRow(call, "contacts", id, item, `Контакт #${id}`), first_name: "", last_name: "" };
  return named({ ...row, company_id: (embeddedOf(item).companies?.[0]?.["id"] as number | undefined) ?? null }, item);
}

/** A company as the body says, not saved yet. */
export function newCompany(call: Call, item: Body): CompanyRow {
  const id = call.store.nextId("companies");
  return newRow(call, "companies", id, item, `Компания #${id}`);
}

/** The row after a change: what the body does not name stays. */
export function changedRow<T extends EntityType>(call: Call, type: T, row: Tables[T], item: Body): Tables[T] {
  const owner = call.account.users.find(({ id }) => id === item["responsible_user_id"]);
  const names = [
    "name",
    "price",
    "status_id",
    "pipeline_id",
    "loss_reason_id",
    "closed_at",
    "responsible_user_id",
    "created_by",
    "created_at",
  ];
  const next = {
    ...row,
    ...Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name))),
    ...(owner ? { group_id: owner.group_id } : {}),
    updated_at: (item["updated_at"] as number | undefined) ?? call.now,
    updated_by: (item["updated_by"] as number | undefined) ?? call.caller.id,
    tags: changedTags(row.tags, item),
    custom_fields_values: mergedValues(fieldsOf(call, type), row.custom_fields_values, item["custom_fields_values"]),
  };
  return type === "contacts" ? (named(next as unknown as ContactRow, item) as Tables[T]) : next;
}

function plainFields(call: Call, type: EntityType, mostValues?: number): Record<string, Rule> {
  const { account } = call;
  const users = account.users.map(({ id }) => id);
  const common = {
    name: text(),
    responsible_user_id: oneOf(users),
    // 0 is the vendor's robot.
    created_by: oneOf([0, ...users]),
    updated_by: oneOf([0, ...users]),
    created_at: whole(0),
    updated_at: whole(0),
    custom_fields_values: customValues(fieldsOf(call, type), mostValues),
    tags_to_add: list(TAG),
    tags_to_delete: list(TAG),
    request_id: text(),
  };
  if (type === "companies") return common;
  if (type === "contacts") return { ...common, first_name: text(), last_name: text() };
  return {
    ...common,
    price: whole(0),
    status_id: whole(1),
    pipeline_id: oneOf(account.pipelines.map(({ id }) => id)),
    loss_reason_id: orNull(oneOf(account.lossReasons.map(({ id }) => id))),
    closed_at: orNull(whole(0)),
    visitor_uid: text(),
  };
}

function newEmbedded(call: Call, type: EntityType): Record<string, Rule> {
  const companies = list(shape({ id: existing(call, "companies") }, ["id"]), 1);
  if (type === "companies") return { tags: orNull(list(TAG)) };
  if (type === "contacts") return { tags: orNull(list(TAG)), companies };
  return {
    tags: orNull(list(TAG)),
    companies,
    contacts: list(shape({ id: existing(call, "contacts"), is_main: anything }, ["id"])),
    source: shape({ external_id: text(), type: oneOf(["widget"]) }, ["external_id", "type"]),
  };
}

/** A status must be one of its pipeline, and nothing can be put among the unsorted. */
function withStatus(call: Call, type: EntityType, current: LeadRow | undefined, rule: Rule): Rule {
  return (value, path, flaws) => {
    rule(value, path, flaws);
    if (type !== "leads" || typeof value !== "object" || value === null) return;
    const { status_id, pipeline_id } = value as Body;
    const moved = pipeline_id !== undefined && current !== undefined && pipeline_id !== current.pipeline_id;
    if (status_id === undefined && !moved) return;
    const pipeline = pipeline_id ?? current?.pipeline_id ?? call.account.pipelines.find(({ is_main }) => is_main)?.id;
    const status = statusOf(call.account, Number(pipeline), Number(status_id ?? current?.status_id));
    if (!status || status.type === 1) flaws.push(notAChoice(path === "" ? "status_id" : `${path}.status_id`));
  };
}

function existing(call: Call, type: EntityType): Rule {
  return (value, path, flaws) => {
    const row = typeof value === "number" ? call.store.get(type, value) : undefined;
    if (!row || row.is_deleted) flaws.push(notAChoice(path));
  };
}

function newRow(call: Call, type: EntityType, id: number, item: Body, otherwise: string): CompanyRow {
  const owner = call.account.users.find((user) => user.id === item["responsible_user_id"]) ?? call.caller;
  const created_by = (item["created_by"] as number | undefined) ?? call.caller.id;
  const created_at = (item["created_at"] as number | undefined) ?? call.now;
  return {
    id,
    name: (item["name"] as string | undefined) || otherwise,
    responsible_user_id: owner.id,
    group_id: owner.group_id,
    created_by,
    updated_by: (item["updated_by"] as number | undefined) ?? created_by,
    created_at,
    updated_at: (item["updated_at"] as number | undefined) ?? call.now,
    is_deleted: false,
    tags: changedTags([], item),
    custom_fields_values: mergedValues(fieldsOf(call, type), [], item["custom_fields_values"]),
  };
}

function fieldsOf(call: Call, type: EntityType): FieldRow[] {
  return call.store.grouped("fields", "entity", (field) => [field.entity_type]).get(type) ?? [];
}

/** A contact's name is put together from the first and the last one, or taken apart into them. */
function named(row: ContactRow, item: Body): ContactRow {
  const { name, first_name, last_name } = item as { readonly name?: string; readonly first_name?: string; readonly last_name?: string };
  if (first_name !== undefined || last_name !== undefined) {
    const next = { ...row, first_name: first_name ?? row.first_name, last_name: last_name ?? row.last_name };
    return { ...next, name: `${next.first_name} ${next.last_name}`.trim() || row.name };
  }
  if (name === undefined) return row;
  const [first = "", ...rest] = name.split(" ");
  return { ...row, first_name: first, last_name: rest.join(" ") };
}

function mergedValues(fields: readonly FieldRow[], before: readonly FieldValues[], given: unknown): readonly FieldValues[] {
  if (given === undefined) return before;
  if (given === null) return [];
  const next = new Map(before.map((field) => [field.field_id, field]));
  for (const item of given as readonly (Body & { readonly values: readonly Body[] | null })[]) {
    const field = fieldOf(fields, item);
    if (!field) continue;
    if (item.values === null || item.values.length === 0) next.delete(field.id);
    else next.set(field.id, valuesOfField(field, item.values));
  }
  return [...next.values()];
}

function changedTags(before: readonly string[], item: Body): readonly string[] {
  const names = (given: unknown) => ((given ?? []) as readonly Body[]).flatMap(({ name }) => (typeof name === "string" ? [name] : []));
  const embedded = embeddedOf(item).tags;
  const start = embedded === undefined ? before : names(embedded);
  const dropped = names(item["tags_to_delete"]);
  return [...new Set([...start, ...names(item["tags_to_add"])])].filter((name) => !dropped.includes(name));
}

interface Embedded {
  readonly tags?: readonly Body[] | null;
  readonly contacts?: readonly Body[];
  readonly companies?: readonly Body[];
  readonly source?: unknown;
}

function embeddedOf(item: Body): Embedded {
  return item["_embedded"] ?? {};
}
