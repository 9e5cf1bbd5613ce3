import type { Route } from "../http.js";
import { type AmoPipeline, type AmoUser, ENTITY_TYPES, type EntityType } from "./account.js";
import { type Call, EMPTY, forbidden, found, idOf, missing, page, self, withOf } from "./answers.js";
import { type Body, checkedList, flag, list, oneOf, requestIdOf, shape, text, whole } from "./checks.js";
import type { FieldRow, FieldType } from "./store.js";

/** What the admin has set up: account, users, pipelines, loss reasons, custom fields. */
export const DIRECTORY_ROUTES: readonly Route<Call>[] = [
  { method: "GET", pattern: "/api/v4/account", run: (request, _params, call) => found(accountView(call, withOf(request))) },
  {
    method: "GET",
    pattern: "/api/v4/users",
    run: (request, _params, call) => {
      if (!call.caller.is_admin) throw forbidden();
      const wanted = withOf(request);
      return page(call, request, { key: "users", rows: call.account.users, view: (user) => userView(call, user, wanted) });
    },
  },
  {
    method: "GET",
    pattern: "/api/v4/users/{id}",
    run: (request, { id }, call) => {
      if (!call.caller.is_admin) throw forbidden();
      const user = call.account.users.find((known) => known.id === idOf(id));
      return user ? found(userView(call, user, withOf(request))) : EMPTY;
    },
  },
  {
    method: "GET",
    pattern: "/api/v4/roles",
    run: (request, _params, call) => page(call, request, { key: "roles", rows: call.account.roles, view: (role) => role }),
  },
  {
    method: "GET",
    pattern: "/api/v4/leads/pipelines",
    run: (_request, _params, call) =>
      found({
        _total_items: call.account.pipelines.length,
        _links: self(call, "leads/pipelines"),
        _embedded: { pipelines: call.account.pipelines.map((pipeline) => pipelineView(call, pipeline)) },
      }),
  },
  {
    method: "GET",
    pattern: "/api/v4/leads/pipelines/{id}",
    run: (_request, { id }, call) => {
      const pipeline = call.account.pipelines.find((known) => known.id === idOf(id));
      return pipeline ? found(pipelineView(call, pipeline)) : EMPTY;
    },
  },
  {
    method: "GET",
    pattern: "/api/v4/leads/loss_reasons",
    run: (request, _params, call) =>
      page(call, request, {
        key: "loss_reasons",
        rows: call.account.lossReasons,
        view: (reason) => ({ ...reason, created_at: 0, updated_at: 0, _links: self(call, `leads/loss_reasons/${reason.id}`) }),
      }),
  },
  // Message texts belong to the chats API; this account has no chats.
  { method: "GET", pattern: "/api/v4/talks", run: () => EMPTY },
  ...ENTITY_TYPES.flatMap(fieldRoutes),
];

const FIELD_TYPES: readonly FieldType[] = ["text", "textarea", "numeric", "select", "multiselect", "multitext", "checkbox", "date", "url"];

const NEW_FIELD = shape(
  {
    name: text(),
    type: oneOf(FIELD_TYPES),
    code: text(),
    sort: whole(0),
    is_api_only: flag,
    enums: list(shape({ value: text(), sort: whole(0), code: text() }, ["value"])),
    request_id: text(),
  },
  ["name", "type"],
);

function fieldRoutes(type: EntityType): Route<Call>[] {
  const pattern = `/api/v4/${type}/custom_fields`;
  const fieldsOf = (call: Call) => call.store.all("fields").filter((field) => field.entity_type === type);
  return [
    {
      method: "GET",
      pattern,
      run: (request, _params, call) =>
        page(call, request, { key: "custom_fields", rows: fieldsOf(call), view: (field) => fieldView(call, field), cap: 50 }),
    },
    {
      method: "POST",
      pattern,
      run: (request, _params, call) => {
        if (!call.caller.is_admin) throw forbidden();
        const made = checkedList(request.json(), 50, () => NEW_FIELD).map((item, at) => {
          const field = newField(call, type, item);
          call.store.put("fields", field);
          return { ...fieldView(call, field), request_id: requestIdOf(item, at) };
        });
        return found({ _total_items: made.length, _embedded: { custom_fields: made } });
      },
    },
    {
      method: "GET",
      pattern: `${pattern}/{id}`,
      run: (_request, { id }, call) => {
        const field = fieldsOf(call).find((known) => known.id === idOf(id));
        return field ? found(fieldView(call, field)) : EMPTY;
      },
    },
    {
      method: "DELETE",
      pattern: `${pattern}/{id}`,
      run: (_request, { id }, call) => {
        if (!call.caller.is_admin) throw forbidden();
        const field = fieldsOf(call).find((known) => known.id === idOf(id));
        if (!field) throw missing();
        if (field.is_predefined) throw forbidden();
        call.store.remove("fields", field.id);
        return EMPTY;
      },
    },
  ];
}

function newField(call: Call, type: EntityType, item: Body): FieldRow {
  const id = call.store.nextId("fields");
  const enums = item["enums"] as readonly { readonly value: string; readonly sort?: number; readonly code?: string }[] | undefined;
  return {
    id,
    entity_type: type,
    name: item["name"] as string,
    type: item["type"] as FieldType,
    code: (item["code"] as string | undefined) ?? null,
    sort: (item["sort"] as number | undefined) ?? id,
    is_api_only: item["is_api_only"] === true,
    is_predefined: false,
    enums: enums?.map(({ value, sort, code }, at) => ({ id: id * 100 + at, value, sort: sort ?? at, code: code ?? null })) ?? null,
  };
}

function fieldView(call: Call, field: FieldRow): Record<string, unknown> {
  return {
    ...field,
    account_id: call.account.id,
    group_id: null,
    required_statuses: [],
    is_deletable: !field.is_predefined,
    is_computed: false,
    _links: self(call, `${field.entity_type}/custom_fields/${field.id}`),
  };
}

function pipelineView(call: Call, { statuses, ...pipeline }: AmoPipeline): unknown {
  return {
    ...pipeline,
    is_unsorted_on: true,
    is_archive: false,
    account_id: call.account.id,
    _links: self(call, `leads/pipelines/${pipeline.id}`),
    _embedded: {
      statuses: statuses.map((status) => ({
        ...status,
        account_id: call.account.id,
        _links: self(call, `leads/pipelines/${pipeline.id}/statuses/${status.id}`),
      })),
    },
  };
}

function userView(call: Call, user: AmoUser, wanted: ReadonlySet<string>): unknown {
  const { id, name, email, lang, group_id, role_id, is_admin } = user;
  const role = call.account.roles.find((known) => known.id === role_id);
  const group = call.account.groups.find((known) => known.id === group_id);
  return {
    id,
    name,
    email,
    lang,
    rights: {
      ...user.rights,
      tasks: { edit: user.rights.leads.edit, delete: user.rights.leads.delete },
      mail_access: is_admin,
      catalog_access: is_admin,
      status_rights: [],
      is_admin,
      is_free: false,
      is_active: true,
      group_id,
      role_id,
    },
    ...(wanted.has("uuid") ? { uuid: uuid(id) } : {}),
    ...(wanted.has("amojo_id") ? { amojo_id: uuid(id + 500) } : {}),
    ...(wanted.has("phone_number") ? { phone_number: user.phone_number } : {}),
    _links: self(call, `users/${id}`),
    _embedded: {
      ...(wanted.has("role") ? { roles: role ? [role] : [] } : {}),
      ...(wanted.has("group") ? { groups: group ? [group] : [] } : {}),
    },
  };
}

function accountView(call: Call, wanted: ReadonlySet<string>): unknown {
  const { account } = call;
  return {
    id: account.id,
    name: account.name,
    subdomain: account.subdomain,
    created_at: 1_600_000_000,
    created_by: account.admin.id,
    updated_at: 1_600_000_000,
    updated_by: account.admin.id,
    current_user_id: call.caller.id,
    country: "RU",
    currency: "RUB",
    currency_symbol: "₽",
    customers_mode: "unavailable",
    is_unsorted_on: true,
    mobile_feature_version: 0,
    is_loss_reason_enabled: true,
    is_helpbot_enabled: false,
    is_technical_account: false,
    contact_name_display_order: 1,
    ...(wanted.has("amojo_id") ? { amojo_id: uuid(1) } : {}),
    ...(wanted.has("uuid") ? { uuid: uuid(2) } : {}),
    ...(wanted.has("version") ? { version: 11 } : {}),
    ...(wanted.has("is_api_filter_enabled") ? { is_api_filter_enabled: true } : {}),
    _links: self(call, "account"),
    _embedded: {
      ...(wanted.has("users_groups") ? { users_groups: account.groups.map((group) => ({ ...group, uuid: null })) } : {}),
      ...(wanted.has("task_types") ? { task_types: account.taskTypes.map((type) => ({ ...type, color: null, icon_id: null })) } : {}),
      ...(wanted.has("datetime_settings")
        ? {
            datetime_settings: {
              date_pattern: "d.m.Y H:i",
              short_date_pattern: "d.m.Y",
              time_format: "H:i:s",
              timezone: "Europe/Moscow",
              timezone_offset: "+03:00",
            },
          }
        : {}),
    },
  };
}

function uuid(serial: number): string {
  return `00000000-0000-4000-8000-${String(serial).padStart(12, "0")}`;
}
