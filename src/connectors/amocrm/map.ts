import { z } from "zod";
import type { Client, CrmField, CrmTask, CrmUser, Deal, Interaction } from "../../domain/crm.js";
import type { EntityRef, Owner } from "../../domain/entity.js";
import { NotFound } from "../../domain/errors.js";
import type { CustomField, Event, Lead, Note, Party, Pipeline, Task, User } from "./answers.js";
import { dealRef, groupsOf, placeOf } from "./directory.js";

/** What amoCRM calls a thing in paths, and we in refs. */
export type PartyPath = "companies" | "contacts";
export type HolderPath = PartyPath | "leads";

/**
 * Companies and contacts are counted apart, and a client is named by one id here:
 * a company by its number, a contact by "c" and its number.
 */
export function clientRef(system: string, path: PartyPath, id: string): EntityRef {
  return path === "companies" ? { system, kind: "company", id } : { system, kind: "contact", id: `c${id}` };
}

/** The other way; an id that cannot be one of amoCRM's is a client that does not exist. */
export function clientPath(system: string, clientId: string): { readonly path: PartyPath; readonly id: string } {
  const match = /^(c?)(\d{1,18})$/.exec(clientId);
  if (!match?.[2]) throw new NotFound(`${system}: there is no client with the id ${JSON.stringify(clientId.slice(0, 40))}`, { system });
  return { path: match[1] === "c" ? "contacts" : "companies", id: match[2] };
}

export function numberOf(system: string, kind: string, id: string): string {
  if (!/^\d{1,18}$/.test(id))
    throw new NotFound(`${system}: there is no ${kind} with the id ${JSON.stringify(id.slice(0, 40))}`, { system });
  return id;
}

/** Where notes and tasks of a thing hang. Kind and id must agree, because rights were asked for by the id. */
export function holderOf(
  system: string,
  about: { readonly kind: "deal" | "company" | "contact"; readonly id: string },
): { readonly path: HolderPath; readonly id: string } {
  if (about.kind === "deal") return { path: "leads", id: numberOf(system, "deal", about.id) };
  const found = clientPath(system, about.id);
  if ((about.kind === "contact") !== (found.path === "contacts")) {
    throw new NotFound(`${system}: ${about.id} is not a ${about.kind}`, { system });
  }
  return found;
}

/** A thing's page for people. */
export function pageOf(baseUrl: string, path: HolderPath, id: string): string {
  return `${baseUrl}/${path}/detail/${id}`;
}

/** A holder as a ref, from the API's word for it ("leads", "contacts", "companies"). */
export function holderRef(system: string, path: string, id: string): EntityRef | undefined {
  if (path === "leads" || path === "lead") return dealRef(system, id);
  if (path === "contacts" || path === "contact") return clientRef(system, "contacts", id);
  return path === "companies" || path === "company" ? clientRef(system, "companies", id) : undefined;
}

export function toClient(
  at: { readonly system: string; readonly baseUrl: string; readonly innField?: string },
  path: PartyPath,
  party: Party,
  owner: Owner,
): Client {
  return {
    ref: clientRef(at.system, path, party.id),
    kind: path === "companies" ? "company" : "person",
    name: party.name,
    inn: innOf(party, at.innField),
    phones: valuesOf(party, "PHONE"),
    emails: valuesOf(party, "EMAIL"),
    owner,
    url: pageOf(at.baseUrl, path, party.id),
    updatedAt: party.updated_at,
  };
}

export function toDeal(
  at: { readonly system: string; readonly baseUrl: string; readonly currency: string },
  lead: Lead,
  pipelines: readonly Pipeline[],
  owner: Owner,
): Deal {
  const company = lead._embedded.companies[0];
  return {
    ref: dealRef(at.system, lead.id),
    title: lead.name,
    companyId: company,
    contactIds: lead._embedded.contacts.map((contact) => clientRef(at.system, "contacts", contact).id),
    ...placeOf(pipelines, lead.pipeline_id, lead.status_id),
    amount: lead.price ? { amount: lead.price.toFixed(2), currency: at.currency } : undefined,
    owner,
    lossReason: lead._embedded.loss_reason?.[0]?.name,
    url: pageOf(at.baseUrl, "leads", lead.id),
    createdAt: lead.created_at,
    updatedAt: lead.updated_at,
    closedAt: lead.closed_at,
  };
}

const noteKinds: Readonly<Record<string, Pick<Interaction, "kind" | "direction">>> = {
  common: { kind: "note" },
  call_in: { kind: "call", direction: "in" },
  call_out: { kind: "call", direction: "out" },
  sms_in: { kind: "message", direction: "in" },
  sms_out: { kind: "message", direction: "out" },
  amomail_message: { kind: "message" },
};

/** A note's id is unique among the notes of one sort of holder, so the holder goes into it. */
export function noteRef(system: string, path: HolderPath, id: string): EntityRef {
  return { system, kind: "note", id: `${path}-${id}` };
}

export function fromNote(system: string, path: HolderPath, note: Note, author?: string): Interaction {
  const { text, call_result, duration, phone } = note.params ?? {};
  return {
    ref: noteRef(system, path, note.id),
    kind: "other",
    ...noteKinds[note.note_type],
    at: note.created_at,
    ...(duration ? { seconds: duration } : {}),
    text: text || call_result || phone || "",
    author,
    ...(path === "leads" ? { deal: dealRef(system, note.entity_id) } : {}),
  };
}

/** Task type 2 is a meeting in every account. A done task stands where it was done. */
export function fromTask(system: string, task: Task, author?: string): Interaction {
  const result = task.result?.text;
  return {
    ref: { system, kind: "task", id: task.id },
    kind: task.task_type_id === 2 ? "meeting" : "task",
    at: task.is_completed ? task.updated_at : task.created_at,
    text: [task.text, result].filter(Boolean).join(" — "),
    author,
    ...(task.entity_type === "leads" && task.entity_id ? { deal: dealRef(system, task.entity_id) } : {}),
  };
}

/** A move between stages, in the company's own names of them. */
export function fromMove(system: string, event: Event, pipelines: readonly Pipeline[], author?: string): Interaction {
  const stage = (values: Event["value_after"]) => {
    const status = values[0]?.lead_status;
    return status ? placeOf(pipelines, status.pipeline_id, status.id).stage.name : "?";
  };
  return {
    ref: { system, kind: "event", id: event.id },
    kind: "stage",
    at: event.created_at,
    text: `${stage(event.value_before)} → ${stage(event.value_after)}`,
    author,
    deal: dealRef(system, event.entity_id),
  };
}

export function toTask(system: string, task: Task, owner: Owner): CrmTask {
  return {
    ref: { system, kind: "task", id: task.id },
    text: task.text ?? "",
    dueAt: task.complete_till,
    done: task.is_completed,
    owner,
    about: task.entity_id && task.entity_type ? holderRef(system, task.entity_type, task.entity_id) : undefined,
  };
}

export function toUser(system: string, user: User): CrmUser {
  return {
    id: user.id,
    name: user.name,
    email: user.email ?? undefined,
    active: user.rights.is_active !== false,
    groups: groupsOf(system, user),
  };
}

const fieldTypes: Readonly<Record<string, CrmField["type"]>> = {
  numeric: "number",
  monetary: "number",
  price: "number",
  date: "day",
  birthday: "day",
  date_time: "moment",
  checkbox: "flag",
  select: "choice",
  radiobutton: "choice",
  multiselect: "choice",
};

export function toField(field: CustomField): CrmField {
  return {
    id: String(field.id),
    name: field.name,
    type: fieldTypes[field.type] ?? "text",
    required: (field.required_statuses ?? []).length > 0,
    ...(field.enums?.length ? { options: field.enums.map(({ id, value }) => ({ id: String(id), name: value })) } : {}),
  };
}

function valuesOf(party: Party, code: "PHONE" | "EMAIL"): readonly string[] {
  return party.custom_fields_values
    .filter((field) => field.field_code === code)
    .flatMap((field) => field.values.map(({ value }) => String(value)));
}

const LegalEntity = z.object({ vat_id: z.coerce.string().min(1) });

/** An own field by name, id or code; or the vendor's "legal entity", whose `vat_id` it is. */
export function innOf(party: Party, named: string | undefined): string | undefined {
  for (const field of party.custom_fields_values) {
    const value = field.values[0]?.value;
    const legal = LegalEntity.safeParse(value);
    if (field.field_type === "legal_entity" && legal.success) return legal.data.vat_id;
    const fits = isInnField({ id: field.field_id, name: field.field_name, code: field.field_code }, named);
    if (fits && (typeof value === "string" || typeof value === "number") && String(value).trim() !== "") return String(value).trim();
  }
  return undefined;
}

/** The field that the settings name; or, where they name none, the one that is called so. */
export function isInnField(
  { id, name, code }: { readonly id: number; readonly name: string; readonly code?: string | null },
  named: string | undefined,
): boolean {
  return named === undefined ? /^(инн|inn)$/i.test(name.trim()) || code === "INN" : [String(id), name, code].includes(named);
}
