import type { Route } from "../http.js";
import { ENTITY_TYPES, type EntityType, reaches, SINGULAR } from "./account.js";
import { type Call, EMPTY, type Flaw, forbidden, found, idOf, missing, page, refuseFlaws, self } from "./answers.js";
import {
  type Body,
  checkedList,
  checkedOne,
  flag,
  notAChoice,
  oneOf,
  orNull,
  type Rule,
  requestIdOf,
  shape,
  text,
  whole,
} from "./checks.js";
import { among, between, select, visible } from "./select.js";
import type { EventRow, TaskRow } from "./store.js";
import { eventView, taskView } from "./views.js";

/** Tasks, and the account's timeline of events. */
export const TASK_ROUTES: readonly Route<Call>[] = [
  {
    method: "GET",
    pattern: "/api/v4/tasks",
    run: (request, _params, call) => {
      const rows = select(visible(call, "leads", call.store.all("tasks")), request, {
        filters: {
          id: among((task) => task.id),
          entity_type: among((task) => task.entity_type),
          entity_id: among((task) => task.entity_id),
          is_completed: among((task) => Number(task.is_completed)),
          task_type: among((task) => task.task_type_id),
          responsible_user_id: among((task) => task.responsible_user_id),
          updated_at: between((task) => task.updated_at),
        },
        orders: ["created_at", "complete_till"],
      });
      return page(call, request, { key: "tasks", rows, view: (task) => taskView(call, task), changedAt: (task) => task.updated_at });
    },
  },
  {
    method: "GET",
    pattern: "/api/v4/tasks/{id}",
    run: (_request, { id }, call) => {
      const task = call.store.get("tasks", idOf(id));
      if (!task) return EMPTY;
      if (!reaches(call.caller.rights.leads.view, call.caller, task)) throw forbidden();
      return found(taskView(call, task));
    },
  },
  {
    method: "POST",
    pattern: "/api/v4/tasks",
    run: (request, _params, call) => {
      if (call.caller.rights.leads.add === "D") throw forbidden();
      const items = checkedList(request.json(), 250, () => taskRule(call, ["text", "complete_till"]));
      refuseFlaws(
        items.map((item) => targetFlaws(call, item)),
        items.map(requestIdOf),
      );
      const made = items.map((item, at) => {
        const task = newTask(call, item);
        call.changes.task(task, call.caller);
        return { id: task.id, request_id: requestIdOf(item, at), _links: self(call, `tasks/${task.id}`) };
      });
      return found({ _links: self(call, "tasks"), _embedded: { tasks: made } });
    },
  },
  {
    method: "PATCH",
    pattern: "/api/v4/tasks",
    run: (request, _params, call) => {
      const rowOf = (item: Body) => call.store.get("tasks", Number(item["id"]));
      const items = checkedList(request.json(), 250, (item) => changeRule(call, rowOf(item), ["id"]));
      const changed = items.map((item) => change(call, rowOf(item) as TaskRow, item));
      return found({
        _links: self(call, "tasks"),
        _embedded: { tasks: changed.map(({ id, updated_at }) => ({ id, updated_at, _links: self(call, `tasks/${id}`) })) },
      });
    },
  },
  {
    method: "PATCH",
    pattern: "/api/v4/tasks/{id}",
    run: (request, { id }, call) => {
      const task = call.store.get("tasks", idOf(id));
      if (!task) throw missing();
      const { updated_at } = change(call, task, checkedOne(request.json(), changeRule(call, task)));
      return found({ id: task.id, updated_at, _links: self(call, `tasks/${task.id}`) });
    },
  },
  {
    method: "GET",
    pattern: "/api/v4/events",
    run: (request, _params, call) => {
      const rows = select(visibleEvents(call), request, {
        filters: {
          id: among((event) => event.id),
          entity: among((event) => event.entity_type, { comma: true }),
          entity_id: among((event) => event.entity_id),
          type: among((event) => event.type, { comma: true }),
          created_by: among((event) => event.created_by),
          created_at: between((event) => event.created_at),
        },
        orders: ["created_at"],
        firstOrder: "desc",
      });
      return page(call, request, { key: "events", rows, view: (event) => eventView(call, event), cap: 100 });
    },
  },
  {
    method: "GET",
    pattern: "/api/v4/events/types",
    run: (_request, _params, call) =>
      found({
        _total_items: EVENT_TYPES.length,
        _links: self(call, "events/types"),
        _embedded: { events_types: EVENT_TYPES.map((key) => ({ key, type: 0, lang: key })) },
      }),
  },
];

const EVENT_TYPES: readonly string[] = [
  ...Object.values(SINGULAR).flatMap((kind) => ["added", "deleted", "restored"].map((what) => `${kind}_${what}`)),
  "lead_status_changed",
  "sale_field_changed",
  "name_field_changed",
  "entity_responsible_changed",
  "custom_field_value_changed",
  "entity_linked",
  "entity_unlinked",
  "entity_tag_added",
  "entity_tag_deleted",
  "common_note_added",
  "incoming_call",
  "outgoing_call",
  "incoming_sms",
  "outgoing_sms",
  "task_added",
  "task_completed",
  "task_text_changed",
  "task_deadline_changed",
  "incoming_chat_message",
  "outgoing_chat_message",
];

function taskRule(call: Call, required: readonly string[], more: Readonly<Record<string, Rule>> = {}): Rule {
  const users = call.account.users.map(({ id }) => id);
  return shape(
    {
      text: text(65_000),
      complete_till: whole(1),
      entity_id: orNull(whole(1)),
      entity_type: orNull(oneOf(ENTITY_TYPES)),
      task_type_id: oneOf(call.account.taskTypes.map(({ id }) => id)),
      responsible_user_id: oneOf(users),
      duration: whole(0),
      is_completed: flag,
      result: shape({ text: text(65_000) }, ["text"]),
      created_by: oneOf([0, ...users]),
      updated_by: oneOf([0, ...users]),
      created_at: whole(0),
      updated_at: whole(0),
      request_id: text(),
      ...more,
    },
    required,
  );
}

function changeRule(call: Call, task: TaskRow | undefined, required: readonly string[] = []): Rule {
  return taskRule(call, required, { id: oneOf(task ? [task.id] : []) });
}

/** An entity is named by type and id together, and must exist. */
function targetFlaws(call: Call, item: Body): Flaw[] {
  const type = item["entity_type"] as EntityType | null | undefined;
  const id = item["entity_id"] as number | null | undefined;
  if (type == null && id == null) return [];
  if (type == null) return [{ code: "FieldMissing", path: "entity_type", detail: "This field is missing." }];
  if (id == null) return [{ code: "FieldMissing", path: "entity_id", detail: "This field is missing." }];
  const row = call.store.get(type, id);
  return row && !row.is_deleted ? [] : [notAChoice("entity_id")];
}

function newTask(call: Call, item: Body): TaskRow {
  const owner = call.account.users.find(({ id }) => id === item["responsible_user_id"]) ?? call.caller;
  const created_by = (item["created_by"] as number | undefined) ?? call.caller.id;
  const created_at = (item["created_at"] as number | undefined) ?? call.now;
  return {
    id: call.store.nextId("tasks"),
    entity_type: (item["entity_type"] as EntityType | null | undefined) ?? null,
    entity_id: (item["entity_id"] as number | null | undefined) ?? null,
    created_by,
    updated_by: created_by,
    created_at,
    updated_at: call.now,
    responsible_user_id: owner.id,
    group_id: owner.group_id,
    duration: (item["duration"] as number | undefined) ?? 0,
    is_completed: item["is_completed"] === true,
    task_type_id: (item["task_type_id"] as number | undefined) ?? 1,
    text: item["text"] as string,
    result: (item["result"] as { readonly text: string } | undefined)?.text ?? null,
    complete_till: item["complete_till"] as number,
  };
}

function change(call: Call, task: TaskRow, item: Body): TaskRow {
  if (!reaches(call.caller.rights.leads.edit, call.caller, task)) throw forbidden();
  const owner = call.account.users.find(({ id }) => id === item["responsible_user_id"]);
  const names = ["text", "complete_till", "entity_id", "entity_type", "task_type_id", "responsible_user_id", "duration", "is_completed"];
  const next: TaskRow = {
    ...task,
    ...Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name))),
    ...(owner ? { group_id: owner.group_id } : {}),
    result: (item["result"] as { readonly text: string } | undefined)?.text ?? task.result,
    updated_at: call.now,
    updated_by: call.caller.id,
  };
  refuseFlaws([targetFlaws(call, { entity_type: next.entity_type, entity_id: next.entity_id })], ["0"]);
  call.changes.task(next, call.caller);
  return next;
}

function visibleEvents(call: Call): readonly EventRow[] {
  const events = call.store.all("events");
  if (call.caller.is_admin) return events;
  return events.filter((event) => {
    const type = ENTITY_TYPES.find((known) => SINGULAR[known] === event.entity_type);
    const row = type && call.store.get(type, event.entity_id);
    return type !== undefined && row !== undefined && reaches(call.caller.rights[type].view, call.caller, row);
  });
}
