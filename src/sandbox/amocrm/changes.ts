import { type AmoAccount, type AmoUser, type EntityType, LOST, SINGULAR, WON } from "./account.js";
import { NOTE_EVENTS } from "./seed.js";
import type { CompanyRow, ContactRow, EventRow, FieldValues, LeadRow, NoteRow, Store, TaskRow, UnsortedRow } from "./store.js";
import type { Hooks } from "./hooks.js";

/** Every write goes through here, so that each leaves its events and calls its web hooks, whichever route it came by. */
export interface Changes {
  lead(next: LeadRow, by: AmoUser): void;
  contact(next: ContactRow, by: AmoUser): void;
  company(next: CompanyRow, by: AmoUser): void;
  note(next: NoteRow, by: AmoUser): void;
  task(next: TaskRow, by: AmoUser): void;
  /** A new incoming lead, or what became of it. */
  unsorted(row: UnsortedRow, end?: "accept" | "decline"): void;
}

type EntityRow = LeadRow | ContactRow | CompanyRow;

export function createChanges(deps: {
  readonly store: Store;
  readonly account: AmoAccount;
  readonly hooks: Hooks;
  readonly now: () => number;
}): Changes {
  const { store, hooks, now } = deps;

  function record(event: Pick<EventRow, "type" | "entity_id" | "entity_type"> & Partial<EventRow>, by: AmoUser): void {
    const created_at = now();
    store.put("events", { value_before: [], value_after: [], ...event, id: store.nextEventId(created_at), created_by: by.id, created_at });
  }

  /** Events every kind of entity has, and the hooks that go with them. */
  function entity(type: EntityType, next: EntityRow, before: EntityRow | undefined, by: AmoUser): void {
    const base = { entity_id: next.id, entity_type: SINGULAR[type] };
    const kind = SINGULAR[type];
    if (!before) {
      record({ ...base, type: `${kind}_added` }, by);
      hooks.emit(`add_${kind}`, type, "add", next);
      return;
    }
    if (next.is_deleted !== before.is_deleted) {
      record({ ...base, type: next.is_deleted ? `${kind}_deleted` : `${kind}_restored` }, by);
      hooks.emit(next.is_deleted ? `delete_${kind}` : `restore_${kind}`, type, next.is_deleted ? "delete" : "restore", next);
      return;
    }
    if (next.name !== before.name) {
      record(
        {
          ...base,
          type: "name_field_changed",
          value_before: [{ name_field_value: { name: before.name } }],
          value_after: [{ name_field_value: { name: next.name } }],
        },
        by,
      );
    }
    if (next.responsible_user_id !== before.responsible_user_id) {
      const value = (id: number) => [{ responsible_user: { id } }];
      record(
        {
          ...base,
          type: "entity_responsible_changed",
          value_before: value(before.responsible_user_id),
          value_after: value(next.responsible_user_id),
        },
        by,
      );
      hooks.emit(`responsible_${kind}`, type, "responsible", next, { old_responsible_user_id: before.responsible_user_id });
    }
    for (const id of changedFields(before.custom_fields_values, next.custom_fields_values)) {
      const value = (row: EntityRow) => fieldEvent(row.custom_fields_values.find(({ field_id }) => field_id === id));
      record({ ...base, type: `custom_field_${id}_value_changed`, value_before: value(before), value_after: value(next) }, by);
    }
    for (const name of next.tags.filter((tag) => !before.tags.includes(tag)))
      record({ ...base, type: "entity_tag_added", value_after: [{ tag: { name } }] }, by);
    for (const name of before.tags.filter((tag) => !next.tags.includes(tag)))
      record({ ...base, type: "entity_tag_deleted", value_before: [{ tag: { name } }] }, by);
    hooks.emit(`update_${kind}`, type, "update", next);
  }

  return {
    lead(given, by) {
      const before = store.get("leads", given.id);
      const closed = given.status_id === WON || given.status_id === LOST;
      const stayed = before?.status_id === given.status_id;
      const namedClosing = given.closed_at !== null && given.closed_at !== before?.closed_at;
      const next: LeadRow = {
        ...given,
        closed_at: closed ? (stayed ? before.closed_at : namedClosing ? given.closed_at : now()) : null,
        loss_reason_id: given.status_id === LOST ? given.loss_reason_id : null,
      };
      store.put("leads", next);
      const base = { entity_id: next.id, entity_type: "lead" };
      if (before && (before.status_id !== next.status_id || before.pipeline_id !== next.pipeline_id)) {
        const value = (row: LeadRow) => [{ lead_status: { id: row.status_id, pipeline_id: row.pipeline_id } }];
        record({ ...base, type: "lead_status_changed", value_before: value(before), value_after: value(next) }, by);
        hooks.emit("status_lead", "leads", "status", next, { old_status_id: before.status_id, old_pipeline_id: before.pipeline_id });
      }
      if (before && before.price !== next.price) {
        const value = (row: LeadRow) => [{ sale_field_value: { sale: row.price } }];
        record({ ...base, type: "sale_field_changed", value_before: value(before), value_after: value(next) }, by);
      }
      for (const link of linksOf(next))
        if (before && !linksOf(before).includes(link)) record({ ...base, type: "entity_linked", value_after: [linkEvent(link)] }, by);
      for (const link of before ? linksOf(before) : [])
        if (!linksOf(next).includes(link)) record({ ...base, type: "entity_unlinked", value_before: [linkEvent(link)] }, by);
      entity("leads", next, before, by);
    },
    contact(next, by) {
      const before = store.get("contacts", next.id);
      store.put("contacts", next);
      entity("contacts", next, before, by);
    },
    company(next, by) {
      const before = store.get("companies", next.id);
      store.put("companies", next);
      entity("companies", next, before, by);
    },
    note(next, by) {
      store.put("notes", next);
      const type = NOTE_EVENTS[next.note_type];
      if (type)
        record({ type, entity_id: next.entity_id, entity_type: SINGULAR[next.entity_type], value_after: [{ note: { id: next.id } }] }, by);
      hooks.emitNote(next);
    },
    task(next, by) {
      const before = store.get("tasks", next.id);
      store.put("tasks", next);
      if (next.entity_type !== null && next.entity_id !== null) {
        const base = { entity_id: next.entity_id, entity_type: SINGULAR[next.entity_type], value_after: [{ task: { id: next.id } }] };
        if (!before) record({ ...base, type: "task_added" }, by);
        else if (next.is_completed && !before.is_completed) record({ ...base, type: "task_completed" }, by);
        else if (next.text !== before.text) record({ ...base, type: "task_text_changed" }, by);
        else if (next.complete_till !== before.complete_till) record({ ...base, type: "task_deadline_changed" }, by);
      }
      hooks.emitTask(next, before ? "update" : "add");
    },
    unsorted(row, end) {
      const { id: uid, lead_id, ...rest } = row;
      if (end) store.remove("unsorted", uid);
      else store.put("unsorted", row);
      hooks.emitUnsorted(end ? "delete" : "add", {
        uid,
        category: "forms",
        source_data: rest.metadata,
        data: { leads: [{ id: lead_id }] },
        ...(end ? { action: end } : {}),
      });
    },
  };
}

function changedFields(before: readonly FieldValues[], next: readonly FieldValues[]): number[] {
  const texts = (list: readonly FieldValues[]) => new Map(list.map((field) => [field.field_id, JSON.stringify(field.values)]));
  const [old, fresh] = [texts(before), texts(next)];
  return [...new Set([...old.keys(), ...fresh.keys()])].filter((id) => old.get(id) !== fresh.get(id));
}

function fieldEvent(field: FieldValues | undefined): unknown[] {
  return (field?.values ?? []).map(({ value, enum_id = null }) => {
    return { custom_field_value: { field_id: field?.field_id, field_type: 1, enum_id, text: String(value) } };
  });
}

function linksOf(row: LeadRow): string[] {
  return [...row.contacts.map(({ id }) => `contact:${id}`), ...(row.company_id === null ? [] : [`company:${row.company_id}`])];
}

function linkEvent(link: string): unknown {
  const [type, id] = link.split(":");
  return { link: { entity: { type, id: Number(id) } } };
}
