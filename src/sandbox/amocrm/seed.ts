import type { Company, CompanyClient, CompanyDeal, CompanyInteraction } from "../company.js";
import { type AmoAccount, type AmoUser, type EntityType, pipelineId, SINGULAR, stageId } from "./account.js";
import { createFields, FIELD_IDS, valuesOfField } from "./fields.js";
import {
  type CompanyRow,
  type ContactRow,
  type EventRow,
  eventId,
  type FieldRow,
  type FieldValues,
  type LeadRow,
  type NoteRow,
  type Tables,
  type TaskRow,
} from "./store.js";

const FIRST_CONTACT_ID = 3_001;
const FIRST_NOTE_ID = 100_001;
const FIRST_TASK_ID = 200_001;

type Seed = { readonly [T in keyof Tables]: Tables[T][] };

/** Who of the company is which row. Ids depend on the seed alone; a lead's id is the deal's number. */
interface Ids {
  readonly companies: ReadonlyMap<string, number>;
  /** By a contact's key; a client who is a person is a contact under the client's key. */
  readonly contacts: ReadonlyMap<string, number>;
}

export function createSeed(company: Company, account: AmoAccount): Seed {
  const fields = createFields(company);
  const fill = fieldFill(fields);
  const users = new Map(company.employees.map((employee, at) => [employee.id, account.users[at] ?? account.admin]));
  const userOf = (id: string) => users.get(id) ?? account.admin;
  const clients = new Map(company.clients.map((client) => [client.key, client]));
  const ids = numberClients(company.clients);

  const leads = company.deals.map((deal) => lead(company, deal, ids, fill, userOf(deal.ownerId)));
  const companies: CompanyRow[] = [];
  const contacts: ContactRow[] = [];
  for (const client of company.clients) {
    const owner = userOf(client.managerId);
    if (client.kind === "company") companies.push(companyRow(client, ids, fill, owner));
    contacts.push(...contactRows(client, ids, fill, owner));
  }

  const notes: NoteRow[] = [];
  const tasks: TaskRow[] = [];
  for (const interaction of company.interactions) {
    const client = clients.get(interaction.clientKey);
    if (!client) continue;
    if (interaction.kind === "task") tasks.push(task(FIRST_TASK_ID + tasks.length, interaction, ids, userOf(interaction.employeeId)));
    else notes.push(note(FIRST_NOTE_ID + notes.length, interaction, client, ids, userOf(interaction.employeeId)));
  }
  const events = [
    ...company.deals.flatMap((deal, at) => leadEvents(company, deal, leads[at] as LeadRow)),
    ...notes.flatMap(noteEvents),
    ...tasks.flatMap(taskEvents),
  ]
    .sort((one, other) => one.created_at - other.created_at)
    .map((event, at): EventRow => Object.assign(event, { id: eventId(event.created_at, at) }));
  return { leads, contacts, companies, notes, tasks, events, unsorted: [], webhooks: [], fields };
}

function numberClients(clients: readonly CompanyClient[]): Ids {
  const companies = new Map<string, number>();
  const contacts = new Map<string, number>();
  for (const client of clients) {
    if (client.kind === "company") companies.set(client.key, companies.size + 1);
    const keys = client.kind === "person" ? [client.key] : client.contacts.map((contact) => contact.key);
    for (const key of keys) contacts.set(key, FIRST_CONTACT_ID + contacts.size);
  }
  return { companies, contacts };
}

function lead(company: Company, deal: CompanyDeal, ids: Ids, fill: FieldFill, owner: AmoUser): LeadRow {
  const contactId = ids.contacts.get(deal.contactKey ?? deal.clientKey);
  const lossReason = company.lossReasons.indexOf(deal.lossReason ?? "");
  return {
    ...entity(deal.number, deal.title, owner, seconds(deal.createdAt)),
    updated_at: seconds(deal.moves.at(-1)?.at ?? deal.createdAt),
    price: deal.amount,
    pipeline_id: pipelineId(deal.pipeline),
    status_id: stageId(company, deal.pipeline, deal.stage),
    loss_reason_id: lossReason < 0 ? null : 9101 + lossReason,
    closed_at: deal.closedAt ? seconds(deal.closedAt) : null,
    contacts: contactId === undefined ? [] : [{ id: contactId, is_main: true }],
    company_id: ids.companies.get(deal.clientKey) ?? null,
    source: null,
    custom_fields_values: [
      fill(FIELD_IDS.leadSource, deal.source),
      fill(FIELD_IDS.leadDiscount, deal.discountPercent),
      fill(FIELD_IDS.leadResponse, deal.responseHours),
    ],
  };
}

function companyRow(client: CompanyClient, ids: Ids, fill: FieldFill, owner: AmoUser): CompanyRow {
  const id = ids.companies.get(client.key) ?? 0;
  return {
    ...entity(id, client.name, owner, startOf(client)),
    custom_fields_values: [
      fill(FIELD_IDS.companyPhone, ...client.phones.map((phone) => asTyped(phone, id))),
      fill(FIELD_IDS.companyEmail, ...client.emails),
      ...(client.inn ? [fill(FIELD_IDS.companyInn, client.inn)] : []),
      fill(FIELD_IDS.companySegment, client.segment),
      fill(FIELD_IDS.companyRegion, client.region),
    ],
  };
}

function contactRows(client: CompanyClient, ids: Ids, fill: FieldFill, owner: AmoUser): ContactRow[] {
  const people =
    client.kind === "person"
      ? [{ key: client.key, name: client.name, phones: client.phones, email: client.emails[0] ?? "", position: undefined }]
      : client.contacts.map(({ phone, ...contact }) => ({ ...contact, phones: [phone] }));
  return people.map((person) => {
    const id = ids.contacts.get(person.key) ?? 0;
    const [first = "", ...rest] = person.name.split(" ");
    return {
      ...entity(id, person.name, owner, startOf(client)),
      // A person is kept surname first, as people type them in; a company's contact the other way round.
      first_name: client.kind === "person" ? rest.join(" ") : first,
      last_name: client.kind === "person" ? first : rest.join(" "),
      company_id: ids.companies.get(client.key) ?? null,
      custom_fields_values: [
        ...(person.position ? [fill(FIELD_IDS.contactPosition, person.position)] : []),
        fill(FIELD_IDS.contactPhone, ...person.phones.map((phone) => asTyped(phone, id))),
        fill(FIELD_IDS.contactEmail, person.email),
      ],
    };
  });
}

function note(
  id: number,
  interaction: Exclude<CompanyInteraction, { kind: "task" }>,
  client: CompanyClient,
  ids: Ids,
  by: AmoUser,
): NoteRow {
  const at = seconds(interaction.at);
  const phone = client.contacts.find(({ key }) => key === interaction.contactKey)?.phone ?? client.phones[0] ?? "";
  const base = { id, ...target(interaction, ids), ...made(by, at) };
  switch (interaction.kind) {
    case "note":
      return { ...base, note_type: "common", params: { text: interaction.text } };
    case "message":
      return { ...base, note_type: `sms_${interaction.direction}`, params: { text: interaction.text, phone: asTyped(phone, 0) } };
    case "call":
      return {
        ...base,
        note_type: `call_${interaction.direction}`,
        params: {
          uniq: `call-${id}`,
          duration: interaction.durationSeconds,
          source: "telephony",
          link: null,
          phone: asTyped(phone, 0),
          call_result: interaction.text,
          call_status: 4,
          call_responsible: by.id,
        },
      };
  }
}

function task(id: number, interaction: Extract<CompanyInteraction, { kind: "task" }>, ids: Ids, by: AmoUser): TaskRow {
  return {
    id,
    ...target(interaction, ids),
    ...made(by, seconds(interaction.at)),
    duration: interaction.meeting ? 3_600 : 0,
    is_completed: interaction.done,
    task_type_id: interaction.meeting ? 2 : 1,
    text: interaction.text,
    result: interaction.done ? "Сделано" : null,
    complete_till: seconds(interaction.dueAt),
  };
}

/** Where a note or task hangs: on its deal; else calls and messages on the contact, the rest on the company. */
function target(interaction: CompanyInteraction, ids: Ids): { readonly entity_type: EntityType; readonly entity_id: number } {
  if (interaction.dealNumber !== undefined) return { entity_type: "leads", entity_id: interaction.dealNumber };
  const companyId = ids.companies.get(interaction.clientKey);
  const contactId = ids.contacts.get(interaction.contactKey ?? interaction.clientKey);
  const withPerson = interaction.kind === "call" || interaction.kind === "message" || companyId === undefined;
  return withPerson && contactId !== undefined
    ? { entity_type: "contacts", entity_id: contactId }
    : { entity_type: "companies", entity_id: companyId ?? 0 };
}

const NONE: readonly unknown[] = [];

type UnnumberedEvent = Omit<EventRow, "id">;

function leadEvents(company: Company, deal: CompanyDeal, row: LeadRow): UnnumberedEvent[] {
  const base = { entity_id: row.id, entity_type: "lead", created_by: row.created_by };
  const at = (stage: string) => [{ lead_status: { id: stageId(company, deal.pipeline, stage), pipeline_id: row.pipeline_id } }];
  const events: UnnumberedEvent[] = [{ ...base, type: "lead_added", created_at: row.created_at, value_before: NONE, value_after: NONE }];
  let value_before = at(company.pipelines.find(({ key }) => key === deal.pipeline)?.stages[0]?.key ?? "");
  for (const move of deal.moves) {
    const value_after = at(move.stage);
    events.push({ ...base, type: "lead_status_changed", created_at: seconds(move.at), value_before, value_after });
    value_before = value_after;
  }
  return events;
}

function noteEvents(row: NoteRow): UnnumberedEvent[] {
  const type = NOTE_EVENTS[row.note_type];
  if (!type) return [];
  return [
    {
      type,
      entity_id: row.entity_id,
      entity_type: SINGULAR[row.entity_type],
      created_by: row.created_by,
      created_at: row.created_at,
      value_before: NONE,
      value_after: [{ note: { id: row.id } }],
    },
  ];
}

function taskEvents(row: TaskRow): UnnumberedEvent[] {
  if (row.entity_type === null || row.entity_id === null) return [];
  const base = {
    entity_id: row.entity_id,
    entity_type: SINGULAR[row.entity_type],
    created_by: row.created_by,
    created_at: row.created_at,
    value_before: NONE,
    value_after: [{ task: { id: row.id } }],
  };
  return [{ ...base, type: "task_added" }, ...(row.is_completed ? [{ ...base, type: "task_completed" }] : [])];
}

/** Which event a new note of a type brings. */
export const NOTE_EVENTS: Readonly<Record<string, string>> = {
  common: "common_note_added",
  call_in: "incoming_call",
  call_out: "outgoing_call",
  sms_in: "incoming_sms",
  sms_out: "outgoing_sms",
};

function entity(id: number, name: string, owner: AmoUser, at: number) {
  return { id, name, ...made(owner, at), is_deleted: false, custom_fields_values: [], tags: [] };
}

function made(by: AmoUser, at: number) {
  return { responsible_user_id: by.id, group_id: by.group_id, created_by: by.id, updated_by: by.id, created_at: at, updated_at: at };
}

/** Values of a field by its id. Equal values are one object: thousands of deals share a few sources and discounts. */
type FieldFill = (id: number, ...given: readonly (string | number)[]) => FieldValues;

function fieldFill(fields: readonly FieldRow[]): FieldFill {
  const byId = new Map(fields.map((field) => [field.id, field]));
  const made = new Map<string, FieldValues>();
  return (id, ...given) => {
    const key = `${id} ${given.join("\n")}`;
    const known = made.get(key);
    if (known) return known;
    const field = byId.get(id);
    if (!field) throw new Error(`sandbox: no custom field ${id}`);
    const values = valuesOfField(
      field,
      given.map((value) => ({ value })),
    );
    made.set(key, values);
    return values;
  };
}

/** People type one number in many ways, and the vendor keeps it as typed. */
function asTyped(phone: string, row: number): string {
  const digits = phone.replace(/\D/g, "");
  const forms = [
    `+${digits}`,
    phone,
    `8 (${digits.slice(1, 4)}) ${digits.slice(4, 7)}-${digits.slice(7, 9)}-${digits.slice(9)}`,
    `8${digits.slice(1)}`,
  ];
  return forms[row % forms.length] ?? phone;
}

function startOf(client: CompanyClient): number {
  return Date.parse(`${client.since}T07:00:00Z`) / 1_000;
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1_000);
}
