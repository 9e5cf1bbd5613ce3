import { z } from "zod";

/** What amoCRM's API v4 sends (HAL+JSON), as far as it is used. Unknown fields pass; empty lists come as 204, so as `undefined`. */

const seconds = z.number().transform((value) => new Date(value * 1_000));
const id = z.number().int().transform(String);

/** A list's rows and whether there are more. */
function list<Row extends z.ZodType, Key extends string>(key: Key, row: Row) {
  return z
    .object({
      _links: z.object({ next: z.object({ href: z.string() }).optional() }).optional(),
      _embedded: z.object({ [key]: z.array(row) } as Record<Key, z.ZodArray<Row>>),
    })
    .optional()
    .transform((answer) => ({
      rows: (answer === undefined ? [] : (answer._embedded as Record<Key, z.output<Row>[]>)[key]) as z.output<Row>[],
      more: answer?._links?.next !== undefined,
    }));
}

const fieldValues = z
  .array(
    z.object({
      field_id: z.number(),
      field_name: z.string(),
      field_code: z.string().nullish(),
      field_type: z.string().optional(),
      values: z.array(z.object({ value: z.unknown(), enum_id: z.number().nullish() })),
    }),
  )
  .nullish()
  .transform((fields) => fields ?? []);

const links = z
  .array(z.object({ id }))
  .optional()
  .transform((found) => (found ?? []).map((link) => link.id));

/** A contact or a company. */
export const Party = z.object({
  id,
  name: z.string(),
  responsible_user_id: id,
  created_at: seconds,
  updated_at: seconds,
  is_deleted: z.boolean().optional(),
  custom_fields_values: fieldValues,
  _embedded: z
    .object({ tags: z.array(z.object({ name: z.string() })).optional(), companies: links, contacts: links, leads: links })
    .optional()
    .transform((found) => found ?? { tags: [], companies: [], contacts: [], leads: [] }),
});

export const Lead = z.object({
  id,
  name: z.string(),
  price: z.number().nullish(),
  responsible_user_id: id,
  status_id: id,
  pipeline_id: id,
  created_at: seconds,
  updated_at: seconds,
  closed_at: z
    .number()
    .nullish()
    .transform((value) => (value ? new Date(value * 1_000) : undefined)),
  is_deleted: z.boolean().optional(),
  custom_fields_values: fieldValues,
  _embedded: z
    .object({
      tags: z.array(z.object({ name: z.string() })).optional(),
      companies: links,
      contacts: links,
      loss_reason: z.array(z.object({ name: z.string() })).nullish(),
    })
    .optional()
    .transform((found) => found ?? { tags: [], companies: [], contacts: [], loss_reason: undefined }),
});

export const Note = z.object({
  id,
  entity_id: id,
  created_by: id,
  created_at: seconds,
  updated_at: seconds,
  note_type: z.string(),
  params: z
    .object({
      text: z.string().nullish(),
      duration: z.coerce.number().nullish(),
      phone: z.coerce.string().nullish(),
      call_result: z.string().nullish(),
      service: z.string().nullish(),
    })
    .nullish()
    // PHP writes an empty object as [].
    .catch(null),
});

export const Task = z.object({
  id,
  text: z.string().nullish(),
  responsible_user_id: id,
  created_at: seconds,
  updated_at: seconds,
  complete_till: seconds,
  is_completed: z.boolean(),
  task_type_id: z.number().optional(),
  entity_id: z
    .number()
    .nullish()
    .transform((value) => (value ? String(value) : undefined)),
  entity_type: z.string().nullish(),
  result: z.object({ text: z.string().nullish() }).nullish().catch(null),
});

const changedValue = z.object({
  lead_status: z.object({ id, pipeline_id: id }).optional(),
  note: z.object({ id }).optional(),
  task: z.object({ id }).optional(),
});

export const Event = z.object({
  id: z.string(),
  type: z.string(),
  entity_id: id,
  entity_type: z.string(),
  created_by: id,
  created_at: seconds,
  value_after: z.array(changedValue).catch([]),
  value_before: z.array(changedValue).catch([]),
});

const letter = z.string().optional();

export const User = z.object({
  id,
  name: z.string(),
  email: z.string().nullish(),
  rights: z.object({
    leads: z.object({ view: letter }).optional(),
    contacts: z.object({ view: letter }).optional(),
    companies: z.object({ view: letter }).optional(),
    tasks: z.object({ edit: letter }).optional(),
    is_admin: z.boolean().optional(),
    is_active: z.boolean().optional(),
    group_id: z.number().nullish(),
  }),
});

export const Pipeline = z.object({
  id,
  name: z.string(),
  sort: z.number(),
  is_main: z.boolean(),
  is_archive: z.boolean().optional(),
  _embedded: z.object({ statuses: z.array(z.object({ id, name: z.string(), sort: z.number(), type: z.number().optional() })) }),
});

export const CustomField = z.object({
  id: z.number(),
  name: z.string(),
  type: z.string(),
  code: z.string().nullish(),
  is_api_only: z.boolean().nullish(),
  enums: z.array(z.object({ id: z.number(), value: z.string() })).nullish(),
  required_statuses: z.array(z.unknown()).nullish(),
});

export const Account = z.object({
  id,
  name: z.string(),
  subdomain: z.string(),
  currency: z.string(),
  is_api_filter_enabled: z.boolean().optional(),
  _embedded: z
    .object({ datetime_settings: z.object({ timezone: z.string() }).optional(), users_groups: z.array(z.unknown()).optional() })
    .optional(),
});

/** What a created thing's answer names. */
const created = z.object({ id });

export const CreatedLeads = z.object({ _embedded: z.object({ leads: z.array(created).min(1) }) });
export const CreatedContacts = z.object({ _embedded: z.object({ contacts: z.array(created).min(1) }) });
export const CreatedNotes = z.object({ _embedded: z.object({ notes: z.array(created).min(1) }) });
export const CreatedTasks = z.object({ _embedded: z.object({ tasks: z.array(created).min(1) }) });
export const CreatedComplex = z.array(created.extend({ merged: z.boolean().optional() })).min(1);
export const CreatedFields = z.object({ _embedded: z.object({ custom_fields: z.array(CustomField).min(1) }) });
export const ChangedLead = z.object({ id });

export const Webhook = z.object({ id, destination: z.string(), disabled: z.boolean().optional() });

/** Rows that are checked one by one, so that a broken one does not take its page along. */
export const rows = (key: string) => list(key, z.looseObject({ id: z.union([z.number(), z.string()]).transform(String) }));

export const Leads = list("leads", Lead);
export const Contacts = list("contacts", Party);
export const Companies = list("companies", Party);
export const Notes = list("notes", Note);
export const Tasks = list("tasks", Task);
export const Events = list("events", Event);
export const Users = list("users", User);
export const Pipelines = list("pipelines", Pipeline);
export const CustomFields = list("custom_fields", CustomField);
export const Webhooks = list("webhooks", Webhook);

export type Party = z.output<typeof Party>;
export type Lead = z.output<typeof Lead>;
export type Note = z.output<typeof Note>;
export type Task = z.output<typeof Task>;
export type Event = z.output<typeof Event>;
export type User = z.output<typeof User>;
export type Pipeline = z.output<typeof Pipeline>;
export type CustomField = z.output<typeof CustomField>;
export type Account = z.output<typeof Account>;
