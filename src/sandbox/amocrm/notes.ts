import type { Route, SandboxRequest } from "../http.js";
import { ENTITY_TYPES, type EntityType, reaches } from "./account.js";
import { type Call, EMPTY, forbidden, found, idOf, missing, page, refuseFlaws, self } from "./answers.js";
import { anything, type Body, checkedList, notAChoice, oneOf, type Rule, requestIdOf, shape, text, whole } from "./checks.js";
import { among, between, select, visible } from "./select.js";
import type { NoteRow, Tables } from "./store.js";
import { leadsOf, noteView } from "./views.js";

/** History of an entity: notes of every type, and calls, which find their entity by the phone number. */
export const NOTE_ROUTES: readonly Route<Call>[] = [
  ...ENTITY_TYPES.flatMap((type): Route<Call>[] => [
    { method: "GET", pattern: `/api/v4/${type}/notes`, run: (request, _params, call) => notesOf(call, request, type, undefined) },
    { method: "POST", pattern: `/api/v4/${type}/notes`, run: (request, _params, call) => addNotes(call, type, undefined, request.json()) },
    {
      method: "GET",
      pattern: `/api/v4/${type}/notes/{id}`,
      run: (_request, { id }, call) => {
        const note = call.store.get("notes", idOf(id));
        return note?.entity_type === type && visible(call, type, [ownerOf(call, note)]).length > 0 ? found(noteView(call, note)) : EMPTY;
      },
    },
    {
      method: "GET",
      pattern: `/api/v4/${type}/{id}/notes`,
      run: (request, { id }, call) => {
        const row = call.store.get(type, idOf(id));
        if (!row || row.is_deleted) return EMPTY;
        if (!reaches(call.caller.rights[type].view, call.caller, row)) throw forbidden();
        return notesOf(call, request, type, row.id);
      },
    },
    {
      method: "POST",
      pattern: `/api/v4/${type}/{id}/notes`,
      run: (request, { id }, call) => addNotes(call, type, idOf(id), request.json()),
    },
  ]),
  { method: "POST", pattern: "/api/v4/calls", run: (request, _params, call) => addCalls(call, request.json()) },
];

const CALL_PARAMS = shape(
  {
    uniq: text(),
    duration: whole(0),
    source: text(),
    link: text(2_000),
    phone: text(),
    call_result: text(),
    call_status: whole(1),
    call_responsible: anything,
  },
  ["uniq", "duration", "source", "phone"],
);
const SMS_PARAMS = shape({ text: text(65_000), phone: text() }, ["text", "phone"]);
const SERVICE_PARAMS = shape({ text: text(65_000), service: text() }, ["text", "service"]);

/** Types a note may be created with, and what each needs. */
const PARAMS: Readonly<Record<string, Rule>> = {
  common: shape({ text: text(65_000) }, ["text"]),
  call_in: CALL_PARAMS,
  call_out: CALL_PARAMS,
  sms_in: SMS_PARAMS,
  sms_out: SMS_PARAMS,
  service_message: SERVICE_PARAMS,
  extended_service_message: SERVICE_PARAMS,
  geolocation: shape({ text: text(), address: text(), longitude: text(), latitude: text() }, ["text", "address", "longitude", "latitude"]),
};

function notesOf(call: Call, request: SandboxRequest, type: EntityType, entityId: number | undefined) {
  const all = call.store.grouped("notes", "entity", (note) => [note.entity_type, `${note.entity_type}/${note.entity_id}`]);
  const rows = (all.get(entityId === undefined ? type : `${type}/${entityId}`) ?? []).filter(
    (note) => visible(call, type, [ownerOf(call, note)]).length > 0,
  );
  const chosen = select(rows, request, {
    filters: {
      id: among((note) => note.id),
      entity_id: among((note) => note.entity_id),
      note_type: among((note) => note.note_type, { comma: true }),
      updated_at: between((note) => note.updated_at),
    },
    orders: ["updated_at"],
  });
  return page(call, request, { key: "notes", rows: chosen, view: (note) => noteView(call, note) });
}

function addNotes(call: Call, type: EntityType, entityId: number | undefined, body: unknown) {
  const rule = (item: Body): Rule =>
    shape(
      {
        note_type: oneOf(Object.keys(PARAMS)),
        params: PARAMS[String(item["note_type"])] ?? anything,
        created_by: oneOf([0, ...call.account.users.map(({ id }) => id)]),
        entity_id: whole(1),
        request_id: text(),
        is_need_to_trigger_digital_pipeline: anything,
      },
      entityId === undefined ? ["note_type", "params", "entity_id"] : ["note_type", "params"],
    );
  const items = checkedList(body, 250, rule);
  const targets = items.map((item) => call.store.get(type, entityId ?? Number(item["entity_id"])));
  if (entityId !== undefined && !targets[0]) throw missing();
  refuseFlaws(
    targets.map((target) => (target && !target.is_deleted ? [] : [notAChoice("entity_id")])),
    items.map(requestIdOf),
  );
  const made = items.map((item, at) => {
    const target = targets[at] as Tables[EntityType];
    if (!reaches(call.caller.rights[type].edit, call.caller, target)) throw forbidden();
    const by = (item["created_by"] as number | undefined) ?? call.caller.id;
    const note = newNote(call, type, target, item["note_type"] as string, item["params"] as NoteRow["params"], by);
    return {
      id: note.id,
      entity_id: note.entity_id,
      request_id: requestIdOf(item, at),
      _links: self(call, `${type}/${note.entity_id}/notes/${note.id}`),
    };
  });
  return found({ _links: self(call, `${type}/notes`), _embedded: { notes: made } });
}

function newNote(
  call: Call,
  type: EntityType,
  target: Tables[EntityType],
  note_type: string,
  params: NoteRow["params"],
  by: number,
): NoteRow {
  const note: NoteRow = {
    id: call.store.nextId("notes"),
    entity_type: type,
    entity_id: target.id,
    created_by: by,
    updated_by: by,
    created_at: call.now,
    updated_at: call.now,
    responsible_user_id: target.responsible_user_id,
    group_id: target.group_id,
    note_type,
    params,
  };
  call.changes.note(note, call.caller);
  return note;
}

const CALL = (call: Call): Rule =>
  shape(
    {
      direction: oneOf(["inbound", "outbound"]),
      uniq: text(),
      duration: whole(0),
      source: text(),
      link: text(2_000),
      phone: text(),
      call_result: text(),
      call_status: oneOf([1, 2, 3, 4, 5, 6, 7]),
      call_responsible: anything,
      responsible: anything,
      responsible_user_id: oneOf(call.account.users.map(({ id }) => id)),
      created_by: oneOf([0, ...call.account.users.map(({ id }) => id)]),
      created_at: whole(0),
      updated_at: whole(0),
      request_id: text(),
    },
    ["direction", "duration", "source", "phone"],
  );

function addCalls(call: Call, body: unknown) {
  const items = checkedList(body, 250, () => CALL(call));
  const errors: unknown[] = [];
  const calls: unknown[] = [];
  items.forEach((item, at) => {
    const request_id = requestIdOf(item, at);
    const target = targetOfCall(call, String(item["phone"]));
    if (!target) {
      errors.push({ detail: "Entity not found", status: 263, title: "Failed to add call", request_id });
      return;
    }
    const { direction, duration, source, phone, uniq, link, call_result, call_status, responsible } = item;
    const noteType = direction === "inbound" ? "call_in" : "call_out";
    const note = newNote(
      call,
      target.type,
      target.row,
      noteType,
      { uniq, duration, source, link, phone, call_result, call_status, call_responsible: responsible },
      call.caller.id,
    );
    calls.push({
      id: note.id,
      entity_id: note.entity_id,
      entity_type: target.type.replace(/ies$/, "y").replace(/s$/, ""),
      account_id: call.account.id,
      request_id,
    });
  });
  return found({ _total_items: calls.length, errors, _embedded: { calls } });
}

/** The contact, else the company, with this number; its only open lead where there is exactly one. */
function targetOfCall(call: Call, phone: string): { readonly type: EntityType; readonly row: Tables[EntityType] } | undefined {
  const last = phone.replace(/\D/g, "").slice(-10);
  if (last.length < 10) return undefined;
  for (const type of ["contacts", "companies"] as const) {
    const rows: Tables[EntityType][] = call.store.all(type);
    const row = rows.find(({ is_deleted, custom_fields_values }) => {
      const phones = custom_fields_values.find(({ field_code }) => field_code === "PHONE");
      return !is_deleted && (phones?.values.some(({ value }) => String(value).replace(/\D/g, "").endsWith(last)) ?? false);
    });
    if (!row) continue;
    const open = leadsOf(call, type, row.id).filter((lead) => lead.closed_at === null);
    return open.length === 1 && open[0] ? { type: "leads", row: open[0] } : { type, row };
  }
  return undefined;
}

function ownerOf(call: Call, note: NoteRow): Tables[EntityType] | NoteRow {
  return call.store.get(note.entity_type, note.entity_id) ?? note;
}
