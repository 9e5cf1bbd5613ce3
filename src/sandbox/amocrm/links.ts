import type { Route } from "../http.js";
import { branchOf, textOf } from "../query.js";
import { ENTITY_TYPES, type EntityType, reaches } from "./account.js";
import { type Call, EMPTY, forbidden, found, idOf, missing, refuseFlaws, self } from "./answers.js";
import { anything, type Body, checkedList, notAChoice, oneOf, shape, whole } from "./checks.js";
import { contactsOf, leadsOf } from "./views.js";

interface Link {
  readonly to_entity_id: number;
  readonly to_entity_type: EntityType;
  readonly metadata: { readonly main_contact: boolean } | null;
}

/** `GET /leads/1/links`, `POST /leads/1/link`, `POST /leads/1/unlink`, from either side. */
export const LINK_ROUTES: readonly Route<Call>[] = ENTITY_TYPES.flatMap((type): Route<Call>[] => [
  {
    method: "GET",
    pattern: `/api/v4/${type}/{id}/links`,
    run: (request, params, call) => {
      const id = known(call, type, idOf(params["id"]));
      const filter = branchOf(request.query, "filter");
      const wanted = textOf(filter, "to_entity_type");
      const links = linksOf(call, type, id).filter((link) => wanted === undefined || link.to_entity_type === wanted);
      return links.length === 0
        ? EMPTY
        : found({
            _total_items: links.length,
            _links: self(call, `${type}/${id}/links`),
            _embedded: { links: links.map((link) => ({ entity_id: id, entity_type: type, ...link })) },
          });
    },
  },
  {
    method: "POST",
    pattern: `/api/v4/${type}/{id}/link`,
    run: (request, params, call) => {
      const id = known(call, type, idOf(params["id"]), "edit");
      const items = pairs(call, request.json());
      for (const item of items) join(call, type, id, item, true);
      const links = items.map(({ to, toId, main }) => ({
        entity_id: id,
        entity_type: type,
        to_entity_id: toId,
        to_entity_type: to,
        metadata: { main_contact: main },
      }));
      return found({ _total_items: links.length, _links: self(call, `${type}/${id}/links`), _embedded: { links } });
    },
  },
  {
    method: "POST",
    pattern: `/api/v4/${type}/{id}/unlink`,
    run: (request, params, call) => {
      const id = known(call, type, idOf(params["id"]), "edit");
      for (const item of pairs(call, request.json())) join(call, type, id, item, false);
      return EMPTY;
    },
  },
]);

interface Pair {
  readonly to: EntityType;
  readonly toId: number;
  readonly main: boolean;
}

function pairs(call: Call, body: unknown): Pair[] {
  const rule = shape({ to_entity_id: whole(1), to_entity_type: oneOf(ENTITY_TYPES), metadata: anything }, [
    "to_entity_id",
    "to_entity_type",
  ]);
  const items = checkedList(body, 250, () => rule).map((item): Pair => {
    return {
      to: item["to_entity_type"] as EntityType,
      toId: item["to_entity_id"] as number,
      main: (item["metadata"] as Body | undefined)?.["is_main"] === true,
    };
  });
  refuseFlaws(
    items.map(({ to, toId }) => (call.store.get(to, toId) ? [] : [notAChoice("to_entity_id")])),
    [],
  );
  return items;
}

/** Leads keep their contacts and company, contacts their company; a link from the other side lands in the same place. */
function join(call: Call, type: EntityType, id: number, { to, toId, main }: Pair, on: boolean): void {
  const { store, changes, caller, now } = call;
  const touched = { updated_at: now, updated_by: caller.id };
  const ends = new Map<EntityType, number>([
    [type, id],
    [to, toId],
  ]);
  const lead = store.get("leads", ends.get("leads") ?? 0);
  const contactId = ends.get("contacts");
  const companyId = ends.get("companies");
  if (lead && contactId !== undefined) {
    const others = lead.contacts.filter((contact) => contact.id !== contactId);
    const isMain = main || others.every((contact) => !contact.is_main);
    const kept = isMain && on ? others.map((contact) => ({ ...contact, is_main: false })) : others;
    changes.lead({ ...lead, ...touched, contacts: on ? [...kept, { id: contactId, is_main: isMain }] : kept }, caller);
  } else if (lead && companyId !== undefined) {
    changes.lead({ ...lead, ...touched, company_id: on ? companyId : null }, caller);
  } else if (contactId !== undefined && companyId !== undefined) {
    const contact = store.get("contacts", contactId);
    if (contact) changes.contact({ ...contact, ...touched, company_id: on ? companyId : null }, caller);
  } else {
    refuseFlaws([[notAChoice("to_entity_type")]], ["0"]);
  }
}

function linksOf(call: Call, type: EntityType, id: number): Link[] {
  const link = (to_entity_type: EntityType, to_entity_id: number, main?: boolean): Link => {
    return { to_entity_id, to_entity_type, metadata: main === undefined ? null : { main_contact: main } };
  };
  if (type === "leads") {
    const lead = call.store.get("leads", id);
    const contacts = lead?.contacts.map((contact) => link("contacts", contact.id, contact.is_main)) ?? [];
    return lead?.company_id == null ? contacts : [...contacts, link("companies", lead.company_id)];
  }
  const leads = leadsOf(call, type, id).map((lead) => link("leads", lead.id));
  if (type === "companies") return [...contactsOf(call, id).map((contact) => link("contacts", contact.id)), ...leads];
  const companyId = call.store.get("contacts", id)?.company_id ?? null;
  return companyId === null ? leads : [link("companies", companyId), ...leads];
}

function known(call: Call, type: EntityType, id: number, right: "view" | "edit" = "view"): number {
  const row = call.store.get(type, id);
  if (!row || row.is_deleted) throw missing();
  if (!reaches(call.caller.rights[type][right], call.caller, row)) throw forbidden();
  return id;
}
