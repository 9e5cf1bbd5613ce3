import type { Route, SandboxRequest } from "../http.js";
import { textOf } from "../query.js";
import { ENTITY_TYPES, type EntityType, reaches } from "./account.js";
import { type Call, EMPTY, forbidden, found, idOf, missing, page, problem, self, withOf } from "./answers.js";
import { type Body, checkedList, checkedOne, requestIdOf } from "./checks.js";
import { changedRow, changeRule, complexRule, newCompany, newContact, newLead, newRule } from "./drafts.js";
import { among, between, byCustomField, byStatus, type Filter, matchesQuery, select, visible } from "./select.js";
import type { LeadRow, Tables } from "./store.js";
import { companyView, contactView, leadView } from "./views.js";

type Row = Tables[EntityType];

/** Leads, contacts and companies: lists, cards, creation, change. The API deletes none of them. */
export const ENTITY_ROUTES: readonly Route<Call>[] = [
  { method: "POST", pattern: "/api/v4/leads/complex", run: (request, _params, call) => createComplex(call, request.json()) },
  ...ENTITY_TYPES.flatMap((type): Route<Call>[] => [
    { method: "GET", pattern: `/api/v4/${type}`, run: (request, _params, call) => listOf(call, type, request) },
    { method: "POST", pattern: `/api/v4/${type}`, run: (request, _params, call) => create(call, type, request.json()) },
    { method: "PATCH", pattern: `/api/v4/${type}`, run: (request, _params, call) => changeMany(call, type, request.json()) },
    { method: "GET", pattern: `/api/v4/${type}/{id}`, run: (request, { id }, call) => card(call, type, idOf(id), request) },
    { method: "PATCH", pattern: `/api/v4/${type}/{id}`, run: (request, { id }, call) => changeOne(call, type, idOf(id), request.json()) },
    { method: "DELETE", pattern: `/api/v4/${type}/{id}`, run: () => problem(405, "Method Not Allowed", "Method Not Allowed") },
  ]),
];

const COMMON_FILTERS: Readonly<Record<string, Filter<Row>>> = {
  id: among((row) => row.id),
  name: among((row) => row.name),
  responsible_user_id: among((row) => row.responsible_user_id),
  created_by: among((row) => row.created_by),
  updated_by: among((row) => row.updated_by),
  created_at: between((row) => row.created_at),
  updated_at: between((row) => row.updated_at),
  custom_fields_values: byCustomField(),
};

const LEAD_FILTERS: Readonly<Record<string, Filter<LeadRow>>> = {
  ...COMMON_FILTERS,
  price: between((row) => row.price),
  pipeline_id: among((row) => row.pipeline_id),
  statuses: byStatus(),
  closed_at: between((row) => row.closed_at),
};

function listOf(call: Call, type: EntityType, request: SandboxRequest) {
  const wanted = withOf(request);
  const inBin = type === "leads" && wanted.has("only_deleted");
  const query = textOf(request.query, "query");
  const rows = visible<Row>(call, type, call.store.all(type)).filter(
    (row) => row.is_deleted === inBin && (query === undefined || matchesQuery(row, query)),
  );
  const chosen: readonly Row[] =
    type === "leads"
      ? select(rows as LeadRow[], request, { filters: LEAD_FILTERS, orders: ["created_at", "updated_at"] })
      : select(rows, request, { filters: COMMON_FILTERS, orders: ["updated_at"] });
  return page(call, request, {
    key: type,
    rows: chosen,
    view: (row) => viewOf(call, type, row, wanted),
    changedAt: (row) => row.updated_at,
  });
}

function card(call: Call, type: EntityType, id: number, request: SandboxRequest) {
  const row = call.store.get(type, id);
  if (!row || row.is_deleted) return EMPTY;
  if (!reaches(call.caller.rights[type].view, call.caller, row)) throw forbidden();
  return found(viewOf(call, type, row, withOf(request)));
}

function create(call: Call, type: EntityType, body: unknown) {
  mayAdd(call, type);
  const items = checkedList(body, 250, () => newRule(call, type));
  const made = items.map((item, at) => {
    const row = type === "leads" ? newLead(call, item) : type === "contacts" ? newContact(call, item) : newCompany(call, item);
    save(call, type, row);
    return { id: row.id, request_id: requestIdOf(item, at), _links: self(call, `${type}/${row.id}`) };
  });
  return found({ _links: self(call, type), _embedded: { [type]: made } });
}

/** A lead with its contact and company in one call; the answer is a bare array. */
function createComplex(call: Call, body: unknown) {
  for (const type of ENTITY_TYPES) mayAdd(call, type);
  const items = checkedList(body, 50, () => complexRule(call));
  const made = items.map((item, at) => {
    const { contacts, companies, ...embedded } = (item["_embedded"] ?? {}) as Readonly<Record<string, readonly Body[] | undefined>>;
    const company = companies?.[0];
    const companyId = company && (company["id"] ?? saved(call, "companies", newCompany(call, company)));
    const links = companyId === undefined ? {} : { companies: [{ id: companyId }] };
    const contact = contacts?.[0];
    const contactId =
      contact &&
      (contact["id"] ??
        saved(call, "contacts", newContact(call, { ...contact, _embedded: { ...(contact["_embedded"] as Body), ...links } })));
    const people = contactId === undefined ? {} : { contacts: [{ id: contactId, is_main: true }] };
    const id = saved(call, "leads", newLead(call, { ...item, _embedded: { ...embedded, ...links, ...people } }));
    return { id, contact_id: contactId ?? null, company_id: companyId ?? null, request_id: [requestIdOf(item, at)], merged: false };
  });
  return found(made);
}

function changeMany(call: Call, type: EntityType, body: unknown) {
  const rowOf = (item: Body) => call.store.get(type, Number(item["id"]));
  const items = checkedList(body, 250, (item) => changeRule(call, type, rowOf(item), ["id"]));
  const changed = items.map((item) => change(call, type, rowOf(item) as Row, item));
  return found({
    _links: self(call, type),
    _embedded: { [type]: changed.map(({ id, updated_at }) => ({ id, updated_at, _links: self(call, `${type}/${id}`) })) },
  });
}

function changeOne(call: Call, type: EntityType, id: number, body: unknown) {
  const row = call.store.get(type, id);
  if (!row || row.is_deleted) throw missing();
  const { updated_at } = change(call, type, row, checkedOne(body, changeRule(call, type, row)));
  return found({ id, updated_at, _links: self(call, `${type}/${id}`) });
}

function change(call: Call, type: EntityType, row: Row, item: Body): Row {
  if (!reaches(call.caller.rights[type].edit, call.caller, row)) throw forbidden();
  const next = changedRow(call, type, row, item);
  save(call, type, next);
  return next;
}

function mayAdd(call: Call, type: EntityType): void {
  if (call.caller.rights[type].add === "D") throw forbidden();
}

function saved(call: Call, type: EntityType, row: Row): number {
  save(call, type, row);
  return row.id;
}

function save(call: Call, type: EntityType, row: Row): void {
  if (type === "leads") call.changes.lead(row as Tables["leads"], call.caller);
  else if (type === "contacts") call.changes.contact(row as Tables["contacts"], call.caller);
  else call.changes.company(row, call.caller);
}

function viewOf(call: Call, type: EntityType, row: Row, wanted: ReadonlySet<string>): unknown {
  if (type === "leads") return leadView(call, row as Tables["leads"], wanted);
  return type === "contacts" ? contactView(call, row as Tables["contacts"], wanted) : companyView(call, row, wanted);
}
