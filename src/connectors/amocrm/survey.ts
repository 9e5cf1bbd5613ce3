import { z } from "zod";
import { AccessDenied, NotFound } from "../../domain/errors.js";
import type { Survey, SurveyFinding, Volume } from "../../domain/survey.js";
import { Account, rows, User } from "./answers.js";
import type { CustomField } from "./answers.js";
import type { Directory } from "./directory.js";
import { isInnField } from "./map.js";
import { wholePage } from "./reading.js";
import type { Reader } from "./reading.js";

const holders = { leads: "deal", contacts: "contact", companies: "company" } as const;

/** A page of notes, and up to three more calls for whose things they hang on. */
const notesPerCall = wholePage / 4;

/** Every list that is mirrored: our word for what is in it, the vendor's path and key. */
const lists = [
  { kind: "deal", path: "/leads", key: "leads" },
  { kind: "contact", path: "/contacts", key: "contacts" },
  { kind: "company", path: "/companies", key: "companies" },
  { kind: "task", path: "/tasks", key: "tasks" },
  ...Object.keys(holders).map((holder) => ({ kind: "note", path: `/${holder}/notes`, key: "notes" })),
] as const;

const Asked = Account.extend({
  current_user_id: z.number().transform(String),
  version: z.number().optional(),
  customers_mode: z.string().optional(),
  is_unsorted_on: z.boolean().optional(),
  is_loss_reason_enabled: z.boolean().optional(),
});

/** What an amoCRM account has, and what our token may see of it. The API counts nothing (Filters and paging): sizes are found by pages. */
export async function surveyAccount(
  { reader, directory, innField }: { readonly reader: Reader; readonly directory: Directory; readonly innField?: string },
  signal: AbortSignal,
): Promise<Survey> {
  const findings: SurveyFinding[] = [];
  const account = await reader.one("/account", Asked, [["with", "version,users_groups,datetime_settings,is_api_filter_enabled"]], signal);
  const [users, pipelines, fields] = await Promise.all([directory.users(), directory.pipelines(), fieldsOf(directory)]);
  const me = users.get(account.current_user_id);
  if (users.size === 0) findings.push({ level: "missing", code: "users-hidden" });
  if (me?.rights.is_admin === true) findings.push({ level: "risk", code: "admin-token", about: [me.name] });
  if (me) findings.push(...narrowRights(me));
  if (account.is_api_filter_enabled === false) findings.push({ level: "risk", code: "filters-off" });
  const clients = [...fields.contacts, ...fields.companies];
  if (!clients.some((field) => field.type === "legal_entity" || isInnField(field, innField)))
    findings.push({ level: "missing", code: "inn-field", about: innField === undefined ? [] : [innField] });
  const counted = await countAll(reader, signal);
  if (counted.hidden.length > 0) findings.push({ level: "missing", code: "lists-hidden", about: counted.hidden });
  return {
    name: `${account.name} (${account.subdomain})`,
    version: account.version === undefined ? undefined : String(account.version),
    users: users.size === 0 ? undefined : users.size,
    account: me && { name: me.name, admin: me.rights.is_admin === true },
    modules: [
      { name: "unsorted", on: account.is_unsorted_on === true },
      { name: "customers", on: account.customers_mode !== undefined && !["unavailable", "disabled"].includes(account.customers_mode) },
      { name: "loss-reasons", on: account.is_loss_reason_enabled === true },
    ],
    pipelines: pipelines.map(({ name, _embedded }) => ({
      name,
      stages: _embedded.statuses.toSorted((a, b) => a.sort - b.sort).map((stage) => stage.name),
    })),
    fields: (["leads", "contacts", "companies"] as const).flatMap((holder) =>
      fields[holder].map(({ name, type }) => ({ of: holders[holder], name, type })),
    ),
    volumes: counted.volumes,
    findings,
  };
}

async function fieldsOf(directory: Directory): Promise<Readonly<Record<keyof typeof holders, readonly CustomField[]>>> {
  const [leads, contacts, companies] = await Promise.all([
    directory.fields("leads"),
    directory.fields("contacts"),
    directory.fields("companies"),
  ]);
  return { leads, contacts, companies };
}

/** "A" is everything; a token that sees only its user's own or its group's things leaves holes in the mirror. */
function narrowRights({ name, rights }: z.output<typeof User>): SurveyFinding[] {
  if (rights.is_admin === true) return [];
  const narrow = (["leads", "contacts", "companies"] as const)
    .filter((holder) => rights[holder]?.view !== "A")
    .map((holder) => holders[holder]);
  return narrow.length === 0 ? [] : [{ level: "missing", code: "rights-narrow", about: [name, ...narrow] }];
}

async function countAll(reader: Reader, signal: AbortSignal): Promise<{ readonly volumes: readonly Volume[]; readonly hidden: string[] }> {
  const hidden: string[] = [];
  const found = await Promise.all(
    lists.map(async ({ kind, path, key }) => {
      try {
        return { kind, count: await countRows(reader, path, key, signal) };
      } catch (error) {
        if (!(error instanceof AccessDenied || error instanceof NotFound)) throw error;
        hidden.push(path.slice(1));
        return { kind, count: 0 };
      }
    }),
  );
  const kinds = [...new Set(lists.map(({ kind }) => kind))];
  const sum = (kind: string) => found.filter((one) => one.kind === kind).reduce((total, { count }) => total + count, 0);
  return { volumes: kinds.map((kind) => ({ kind, count: sum(kind), perCall: kind === "note" ? notesPerCall : wholePage })), hidden };
}

/** The last page is found by doubling, then by halving: some twenty calls for a million rows. */
async function countRows(reader: Reader, path: string, key: string, signal: AbortSignal): Promise<number> {
  const answer = rows(key);
  const pageAt = (page: number) =>
    reader.page(path, answer, [["order[id]", "asc"]], { offset: (page - 1) * wholePage, limit: wholePage }, signal);
  let full = 0;
  let beyond = 1;
  let last = await pageAt(beyond);
  while (last.next) {
    full = beyond;
    beyond *= 2;
    last = await pageAt(beyond);
  }
  if (last.rows.length > 0) return (beyond - 1) * wholePage + last.rows.length;
  // The page `full` has others behind it; from `beyond` on there is nothing.
  while (beyond - full > 1) {
    const middle = Math.floor((full + beyond) / 2);
    const page = await pageAt(middle);
    if (page.rows.length === 0) beyond = middle;
    else if (page.next) full = middle;
    else return (middle - 1) * wholePage + page.rows.length;
  }
  return full * wholePage;
}
