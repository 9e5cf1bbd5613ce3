import { type EntityType, SINGULAR } from "./account.js";
import { type Call, self } from "./answers.js";
import type { CompanyRow, ContactRow, EventRow, LeadRow, NoteRow, TaskRow, WebhookRow } from "./store.js";

/** Rows as the vendor shows them. `wanted` are the words of `with=`. */

type Wanted = ReadonlySet<string>;

export function leadView(call: Call, row: LeadRow, wanted: Wanted): unknown {
  const reason = call.account.lossReasons.find(({ id }) => id === row.loss_reason_id);
  return {
    ...common(call, "leads", row),
    price: row.price,
    status_id: row.status_id,
    pipeline_id: row.pipeline_id,
    loss_reason_id: row.loss_reason_id,
    closed_at: row.closed_at,
    score: null,
    labor_cost: null,
    ...(wanted.has("source_id") ? { source_id: null } : {}),
    ...(wanted.has("is_price_modified_by_robot") ? { is_price_modified_by_robot: false } : {}),
    _links: self(call, `leads/${row.id}`),
    _embedded: {
      tags: tags(row),
      companies: row.company_id === null ? [] : [{ id: row.company_id, _links: self(call, `companies/${row.company_id}`) }],
      ...(wanted.has("contacts")
        ? { contacts: row.contacts.map(({ id, is_main }) => ({ id, is_main, _links: self(call, `contacts/${id}`) })) }
        : {}),
      ...(wanted.has("loss_reason") ? { loss_reason: reason ? [{ ...reason, created_at: 0, updated_at: 0 }] : [] } : {}),
      ...(wanted.has("catalog_elements") ? { catalog_elements: [] } : {}),
      ...(wanted.has("source") && row.source ? { source: row.source } : {}),
    },
  };
}

export function contactView(call: Call, row: ContactRow, wanted: Wanted): unknown {
  return {
    ...common(call, "contacts", row),
    first_name: row.first_name,
    last_name: row.last_name,
    is_unsorted: false,
    _links: self(call, `contacts/${row.id}`),
    _embedded: {
      tags: tags(row),
      companies: row.company_id === null ? [] : [{ id: row.company_id, _links: self(call, `companies/${row.company_id}`) }],
      ...(wanted.has("leads") ? { leads: links(call, "leads", leadsOf(call, "contacts", row.id)) } : {}),
      ...(wanted.has("customers") ? { customers: [] } : {}),
      ...(wanted.has("catalog_elements") ? { catalog_elements: [] } : {}),
    },
  };
}

export function companyView(call: Call, row: CompanyRow, wanted: Wanted): unknown {
  return {
    ...common(call, "companies", row),
    _links: self(call, `companies/${row.id}`),
    _embedded: {
      tags: tags(row),
      ...(wanted.has("contacts") ? { contacts: links(call, "contacts", contactsOf(call, row.id)) } : {}),
      ...(wanted.has("leads") ? { leads: links(call, "leads", leadsOf(call, "companies", row.id)) } : {}),
      ...(wanted.has("customers") ? { customers: [] } : {}),
      ...(wanted.has("catalog_elements") ? { catalog_elements: [] } : {}),
    },
  };
}

export function noteView(call: Call, { entity_type, ...row }: NoteRow): unknown {
  return { ...row, account_id: call.account.id, _links: self(call, `${entity_type}/${row.entity_id}/notes/${row.id}`) };
}

export function taskView(call: Call, row: TaskRow): unknown {
  // The vendor's PHP writes an empty map as an empty array.
  const result = row.result === null ? [] : { text: row.result };
  return { ...row, result, account_id: call.account.id, _links: self(call, `tasks/${row.id}`) };
}

export function eventView(call: Call, row: EventRow): unknown {
  const entity = { id: row.entity_id, _links: self(call, `${plural(row.entity_type)}/${row.entity_id}`) };
  return { ...row, account_id: call.account.id, _links: self(call, `events/${row.id}`), _embedded: { entity } };
}

export function webhookView(_call: Call, row: WebhookRow): unknown {
  return { ...row };
}

/** Leads that are not in the bin and hang on a contact or a company. */
export function leadsOf(call: Call, type: "contacts" | "companies", id: number): LeadRow[] {
  const index =
    type === "contacts"
      ? call.store.grouped("leads", "contact", (lead) => lead.contacts.map((contact) => contact.id))
      : call.store.grouped("leads", "company", (lead) => (lead.company_id === null ? [] : [lead.company_id]));
  return (index.get(id) ?? []).filter((lead) => !lead.is_deleted);
}

export function contactsOf(call: Call, companyId: number): ContactRow[] {
  const index = call.store.grouped("contacts", "company", (contact) => (contact.company_id === null ? [] : [contact.company_id]));
  return (index.get(companyId) ?? []).filter((contact) => !contact.is_deleted);
}

function common(call: Call, type: EntityType, row: LeadRow | ContactRow | CompanyRow): Record<string, unknown> {
  const open = (call.store.grouped("tasks", "entity", taskKeys).get(`${type}/${row.id}`) ?? []).filter((task) => !task.is_completed);
  return {
    id: row.id,
    name: row.name,
    responsible_user_id: row.responsible_user_id,
    group_id: row.group_id,
    created_by: row.created_by,
    updated_by: row.updated_by,
    created_at: row.created_at,
    updated_at: row.updated_at,
    closest_task_at: open.length === 0 ? null : Math.min(...open.map((task) => task.complete_till)),
    is_deleted: row.is_deleted,
    custom_fields_values: row.custom_fields_values.length === 0 ? null : row.custom_fields_values,
    account_id: call.account.id,
  };
}

function taskKeys(task: TaskRow): string[] {
  return task.entity_type === null ? [] : [`${task.entity_type}/${task.entity_id}`];
}

function tags(row: { readonly tags: readonly string[] }): unknown[] {
  return row.tags.map((name) => ({ id: tagId(name), name, color: null }));
}

/** Tags have no table of their own here; an id that follows from the name is as stable. */
function tagId(name: string): number {
  return 40_000 + [...Buffer.from(name)].reduce((sum, byte) => (sum * 31 + byte) % 900_000, 7);
}

function links(call: Call, type: EntityType, rows: readonly { readonly id: number }[]): unknown[] {
  return rows.map(({ id }) => ({ id, _links: self(call, `${type}/${id}`) }));
}

function plural(singular: string): string {
  return Object.entries(SINGULAR).find(([, word]) => word === singular)?.[0] ?? singular;
}
