import type { Journal } from "../journal.js";
import type { EntityType } from "./account.js";

/** Values of one custom field, as the vendor keeps and shows them. */
export interface FieldValues {
  readonly field_id: number;
  readonly field_name: string;
  readonly field_code: string | null;
  readonly field_type: FieldType;
  readonly values: readonly { readonly value: string | number | boolean; readonly enum_id?: number; readonly enum_code?: string | null }[];
}

export type FieldType = "text" | "textarea" | "numeric" | "select" | "multiselect" | "multitext" | "checkbox" | "date" | "url";

interface EntityRow {
  readonly id: number;
  readonly name: string;
  readonly responsible_user_id: number;
  readonly group_id: number;
  readonly created_by: number;
  readonly updated_by: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly is_deleted: boolean;
  readonly custom_fields_values: readonly FieldValues[];
  readonly tags: readonly string[];
}

export interface LeadRow extends EntityRow {
  readonly price: number;
  readonly status_id: number;
  readonly pipeline_id: number;
  readonly loss_reason_id: number | null;
  readonly closed_at: number | null;
  readonly contacts: readonly { readonly id: number; readonly is_main: boolean }[];
  readonly company_id: number | null;
  readonly source: { readonly external_id: string; readonly type: string } | null;
}

export interface ContactRow extends EntityRow {
  readonly first_name: string;
  readonly last_name: string;
  readonly company_id: number | null;
}

export type CompanyRow = EntityRow;

export interface NoteRow {
  readonly id: number;
  readonly entity_type: EntityType;
  readonly entity_id: number;
  readonly created_by: number;
  readonly updated_by: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly responsible_user_id: number;
  readonly group_id: number;
  readonly note_type: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface TaskRow {
  readonly id: number;
  readonly entity_type: EntityType | null;
  readonly entity_id: number | null;
  readonly created_by: number;
  readonly updated_by: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly responsible_user_id: number;
  readonly group_id: number;
  readonly duration: number;
  readonly is_completed: boolean;
  readonly task_type_id: number;
  readonly text: string;
  readonly result: string | null;
  readonly complete_till: number;
}

export interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly entity_id: number;
  readonly entity_type: string;
  readonly created_by: number;
  readonly created_at: number;
  readonly value_after: readonly unknown[];
  readonly value_before: readonly unknown[];
}

export interface UnsortedRow {
  readonly id: string;
  readonly source_uid: string;
  readonly source_name: string;
  readonly pipeline_id: number;
  readonly created_at: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly lead_id: number;
  readonly contact_id: number | null;
  readonly company_id: number | null;
}

export interface WebhookRow {
  readonly id: number;
  readonly destination: string;
  readonly created_by: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly sort: number;
  readonly disabled: boolean;
  readonly settings: readonly string[];
}

export interface FieldRow {
  readonly id: number;
  readonly entity_type: EntityType;
  readonly name: string;
  readonly type: FieldType;
  readonly code: string | null;
  readonly sort: number;
  readonly is_api_only: boolean;
  readonly is_predefined: boolean;
  readonly enums: readonly { readonly id: number; readonly value: string; readonly sort: number; readonly code: string | null }[] | null;
}

export interface Tables {
  leads: LeadRow;
  contacts: ContactRow;
  companies: CompanyRow;
  notes: NoteRow;
  tasks: TaskRow;
  events: EventRow;
  unsorted: UnsortedRow;
  webhooks: WebhookRow;
  fields: FieldRow;
}

export type TableName = keyof Tables;

/** One change of a row; a null row takes it away. Changes of one request are one journal entry, so a crash keeps all or none. */
export type Change = { [T in TableName]: readonly [table: T, id: Tables[T]["id"], row: Tables[T] | null] }[TableName];

/** The account's data in memory: the seed, and what the journal says happened since. */
export interface Store {
  get<T extends TableName>(table: T, id: Tables[T]["id"]): Tables[T] | undefined;
  all<T extends TableName>(table: T): Tables[T][];
  put<T extends TableName>(table: T, row: Tables[T]): void;
  remove<T extends TableName>(table: T, id: Tables[T]["id"]): void;
  /** One above the highest id there ever was. */
  nextId(table: "leads" | "contacts" | "companies" | "notes" | "tasks" | "webhooks" | "fields"): number;
  nextEventId(createdAt: number): string;
  /** Rows of a table by a key, made anew after a change of the table. */
  grouped<T extends TableName>(
    table: T,
    name: string,
    keysOf: (row: Tables[T]) => readonly (string | number)[],
  ): Map<string | number, Tables[T][]>;
  /** Takes back what was put and removed since the last commit: a refused request changes nothing. */
  rollback(): void;
  /** Writes what was put and removed since the last commit; resolves when it is on the disk. */
  commit(): Promise<void>;
  /** Everything, for a look from outside. */
  dump(): Record<TableName, unknown[]>;
}

export function createStore(seed: { readonly [T in TableName]: readonly Tables[T][] }, journal: Journal<readonly Change[]>): Store {
  const names = Object.keys(seed) as TableName[];
  const maps = Object.fromEntries(
    names.map((name) => [name, new Map((seed[name] as readonly { readonly id: string | number }[]).map((row) => [row.id, row]))]),
  ) as unknown as { [T in TableName]: Map<Tables[T]["id"], Tables[T]> };
  const groups = new Map<string, { readonly version: number; readonly rows: Map<string | number, unknown[]> }>();
  const versions = new Map<TableName, number>();
  const highest = new Map<TableName, number>();
  let pending: Change[] = [];
  let undo: Change[] = [];

  for (const name of names) for (const id of maps[name].keys()) noteId(name, id);
  for (const change of journal.replayed.flat()) apply(change);

  function noteId(table: TableName, id: string | number): void {
    if (typeof id === "number" && id > (highest.get(table) ?? 0)) highest.set(table, id);
  }

  function apply([table, id, row]: Change): void {
    const map = maps[table] as Map<string | number, unknown>;
    if (row === null) map.delete(id);
    else map.set(id, row);
    noteId(table, id);
    versions.set(table, (versions.get(table) ?? 0) + 1);
  }

  function change(entry: Change): void {
    const [table, id] = entry;
    undo.push([table, id, (maps[table] as Map<string | number, unknown>).get(id) ?? null] as unknown as Change);
    apply(entry);
    pending.push(entry);
  }

  return {
    get: (table, id) => maps[table].get(id),
    all: (table) => [...maps[table].values()],
    put: (table, row) => change([table, row.id, row] as unknown as Change),
    remove: (table, id) => change([table, id, null] as unknown as Change),
    nextId: (table) => (highest.get(table) ?? 0) + 1,
    nextEventId: (createdAt) => eventId(createdAt, maps.events.size),
    grouped: <T extends TableName>(table: T, name: string, keysOf: (row: Tables[T]) => readonly (string | number)[]) => {
      const version = versions.get(table) ?? 0;
      const known = groups.get(`${table}/${name}`);
      if (known?.version === version) return known.rows as Map<string | number, Tables[T][]>;
      const rows = new Map<string | number, Tables[T][]>();
      for (const row of maps[table].values()) {
        for (const key of keysOf(row)) {
          const group = rows.get(key);
          if (group) group.push(row);
          else rows.set(key, [row]);
        }
      }
      groups.set(`${table}/${name}`, { version, rows });
      return rows;
    },
    rollback: () => {
      for (const entry of undo.reverse()) apply(entry);
      pending = [];
      undo = [];
    },
    commit: async () => {
      if (pending.length === 0) return;
      const entry = pending;
      pending = [];
      undo = [];
      await journal.append(entry);
    },
    dump: () => Object.fromEntries(names.map((name) => [name, [...maps[name].values()]])) as unknown as Record<TableName, unknown[]>,
  };
}

/** 26 characters that sort by time, as the vendor's ULIDs do. */
export function eventId(createdAt: number, serial: number): string {
  return `01${createdAt.toString(32).padStart(8, "0")}${serial.toString(32).padStart(16, "0")}`;
}
