import { toFormPairs } from "../query.js";
import type { AmoAccount, EntityType } from "./account.js";
import type { CompanyRow, ContactRow, LeadRow, NoteRow, Store, TaskRow, WebhookRow } from "./store.js";

/** A receiver has two seconds; a hook whose answers keep failing is switched off. */
const ANSWER_WITHIN_MS = 2_000;
const TOLERATED_FAILURES = 100;
const FAILURES_WITHIN_MS = 2 * 3_600_000;

/** Numbers that entities and notes have in web hooks, which speak the older language. */
const ELEMENT_TYPES: Readonly<Record<EntityType, number>> = { contacts: 1, leads: 2, companies: 3 };
const NOTE_TYPES: Readonly<Record<string, number>> = { common: 4, call_in: 10, call_out: 11, sms_in: 102, sms_out: 103 };

/** What a web hook may be told of. */
export const HOOK_SETTINGS: readonly string[] = [
  ...["lead", "contact", "company"].flatMap((kind) =>
    ["add", "update", "delete", "restore", "responsible", "note"].map((action) => `${action}_${kind}`),
  ),
  "status_lead",
  "add_task",
  "update_task",
  "delete_task",
  "responsible_task",
  "add_unsorted",
  "update_unsorted",
  "delete_unsorted",
  "add_talk",
  "update_talk",
  "add_message",
];

/** Tells registered receivers what changed, after the change is on the disk. */
export interface Hooks {
  emit(
    setting: string,
    type: EntityType,
    action: string,
    row: LeadRow | ContactRow | CompanyRow,
    more?: Readonly<Record<string, number>>,
  ): void;
  emitNote(row: NoteRow): void;
  emitTask(row: TaskRow, action: "add" | "update"): void;
  emitUnsorted(action: "add" | "delete", body: unknown): void;
  /** Drops what was gathered since the last flush. */
  forget(): void;
  /** Hands over what was gathered; calling the result sends it, and does not wait for the receivers. */
  flush(): () => void;
  /** Resolves when every delivery under way has ended. */
  settled(): Promise<void>;
}

export function createHooks(deps: { readonly store: Store; readonly account: AmoAccount; readonly base: () => string }): Hooks {
  const { store, account } = deps;
  const failures = new Map<number, number[]>();
  const underWay = new Set<Promise<void>>();
  let gathered: { readonly setting: string; readonly body: object }[] = [];

  const gather = (setting: string, body: object) => void gathered.push({ setting, body });

  function flush(): () => void {
    const deliveries = gathered;
    gathered = [];
    return () => send(deliveries);
  }

  function send(deliveries: typeof gathered): void {
    const receivers = store.all("webhooks").filter((hook) => !hook.disabled);
    for (const { setting, body } of deliveries) {
      for (const hook of receivers.filter(({ settings }) => settings.includes(setting))) {
        const delivery: Promise<void> = deliver(hook, body).finally(() => underWay.delete(delivery));
        underWay.add(delivery);
      }
    }
  }

  async function deliver(hook: WebhookRow, body: object): Promise<void> {
    // The sandbox never speaks to the outside, whatever address it was given.
    if (!["127.0.0.1", "localhost", "[::1]"].includes(new URL(hook.destination).hostname)) return;
    const accountPart = { subdomain: account.subdomain, id: account.id, _links: { self: deps.base() } };
    const accepted = await fetch(hook.destination, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "user-agent": "amoCRM-WebHook-client/1.0" },
      body: new URLSearchParams(toFormPairs({ ...body, account: accountPart })).toString(),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).then(
      (answer) => answer.status < 300,
      () => false,
    );
    if (accepted) return;
    const now = Date.now();
    const recent = [...(failures.get(hook.id) ?? []), now].filter((at) => now - at < FAILURES_WITHIN_MS);
    failures.set(hook.id, recent);
    const current = store.get("webhooks", hook.id);
    if (recent.length > TOLERATED_FAILURES && current && !current.disabled) {
      store.put("webhooks", { ...current, disabled: true });
      await store.commit();
    }
  }

  return {
    emit(setting, type, action, row, more = {}) {
      // Companies come under the contacts' key, told apart by their type.
      const key = type === "leads" ? "leads" : "contacts";
      const whole = entityHook(account, type, row);
      const { id, status_id, pipeline_id } = whole;
      // Of a deleted thing little is left to tell.
      const told =
        action === "delete"
          ? { id, status_id, pipeline_id, type: type === "companies" ? "company" : type.slice(0, -1) }
          : { ...whole, ...more };
      gather(setting, { [key]: { [action]: [told] } });
    },
    emitNote(row) {
      const key = row.entity_type === "leads" ? "leads" : "contacts";
      const kind = row.entity_type === "leads" ? "lead" : row.entity_type === "contacts" ? "contact" : "company";
      gather(`note_${kind}`, { [key]: { note: [{ note: noteHook(account, row), type: kind }] } });
    },
    emitTask: (row, action) => gather(`${action}_task`, { task: { [action]: [taskHook(account, row)] } }),
    emitUnsorted: (action, body) => gather(`${action}_unsorted`, { unsorted: { [action]: [body] } }),
    forget: () => {
      gathered = [];
    },
    flush,
    settled: async () => {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

function entityHook(account: AmoAccount, type: EntityType, row: LeadRow | ContactRow | CompanyRow): Record<string, unknown> {
  return {
    id: row.id,
    name: row.name,
    responsible_user_id: row.responsible_user_id,
    last_modified: row.updated_at,
    modified_user_id: row.updated_by,
    created_user_id: row.created_by,
    date_create: row.created_at,
    account_id: account.id,
    custom_fields: row.custom_fields_values.map(({ field_id, field_name, field_code, values }) => {
      return { id: field_id, name: field_name, code: field_code, values: values.map(({ value, enum_id }) => ({ value, enum: enum_id })) };
    }),
    created_at: row.created_at,
    updated_at: row.updated_at,
    ...("status_id" in row
      ? { status_id: row.status_id, price: row.price, pipeline_id: row.pipeline_id }
      : {
          type: type === "companies" ? "company" : "contact",
          ...("company_id" in row && row.company_id !== null ? { linked_company_id: row.company_id } : {}),
        }),
  };
}

function noteHook(account: AmoAccount, row: NoteRow): Record<string, unknown> {
  return {
    id: row.id,
    note_type: NOTE_TYPES[row.note_type] ?? 25,
    element_type: ELEMENT_TYPES[row.entity_type],
    element_id: row.entity_id,
    text: row.note_type === "common" ? row.params["text"] : JSON.stringify(row.params),
    date_create: row.created_at,
    created_by: row.created_by,
    main_user_id: row.responsible_user_id,
    account_id: account.id,
  };
}

function taskHook(account: AmoAccount, row: TaskRow): Record<string, unknown> {
  return {
    id: row.id,
    element_id: row.entity_id,
    element_type: row.entity_type === null ? 0 : ELEMENT_TYPES[row.entity_type],
    task_type: row.task_type_id,
    text: row.text,
    status: row.is_completed ? 1 : 0,
    complete_till: row.complete_till,
    responsible_user_id: row.responsible_user_id,
    created_user_id: row.created_by,
    date_create: row.created_at,
    last_modified: row.updated_at,
    account_id: account.id,
    ...(row.result === null ? {} : { result: { text: row.result } }),
  };
}
