import { randomUUID } from "node:crypto";
import type { Route } from "../http.js";
import { type AmoPipeline, statusOf } from "./account.js";
import { type Call, EMPTY, found, missing, page, refuseFlaws, self } from "./answers.js";
import { anything, type Body, checkedList, checkedOne, list, notAChoice, requestIdOf, shape, text, whole } from "./checks.js";
import { newContact, newLead, newRule } from "./drafts.js";
import { among, between, select } from "./select.js";
import type { LeadRow, UnsortedRow } from "./store.js";

/** Incoming leads that nobody has taken yet. The vendor keeps each as a lead in the pipeline's first, unsorted stage. */
export const UNSORTED_ROUTES: readonly Route<Call>[] = [
  {
    method: "GET",
    pattern: "/api/v4/leads/unsorted",
    run: (request, _params, call) => {
      const rows = select(call.store.all("unsorted"), request, {
        filters: {
          uid: among((row) => row.id),
          pipeline_id: among((row) => row.pipeline_id),
          category: among(() => "forms", { comma: true }),
          created_at: between((row) => row.created_at),
        },
        orders: ["created_at"],
      });
      return page(call, request, { key: "unsorted", rows, view: (row) => unsortedView(call, row) });
    },
  },
  {
    method: "GET",
    pattern: "/api/v4/leads/unsorted/{uid}",
    run: (_request, { uid = "" }, call) => {
      const row = call.store.get("unsorted", uid);
      return row ? found(unsortedView(call, row)) : EMPTY;
    },
  },
  {
    method: "POST",
    pattern: "/api/v4/leads/unsorted/forms",
    run: (request, _params, call) => {
      const items = checkedList(request.json(), 250, () => formRule(call));
      const made = items.map((item, at) => ({ ...unsortedView(call, addForm(call, item)), request_id: requestIdOf(item, at) }));
      return found({ _total_items: made.length, _links: self(call, "leads/unsorted/forms"), _embedded: { unsorted: made } });
    },
  },
  {
    method: "POST",
    pattern: "/api/v4/leads/unsorted/{uid}/accept",
    run: (request, { uid }, call) => {
      const [row, lead] = waiting(call, uid);
      const body = checkedOne(request.json() ?? {}, shape({ user_id: whole(1), status_id: whole(1) }));
      const user = body["user_id"] === undefined ? call.caller : call.account.users.find(({ id }) => id === body["user_id"]);
      const status = statusOf(
        call.account,
        lead.pipeline_id,
        (body["status_id"] as number | undefined) ?? firstStage(call, lead.pipeline_id),
      );
      if (!user) refuseFlaws([[notAChoice("user_id")]], ["0"]);
      if (!status || status.type === 1) refuseFlaws([[notAChoice("status_id")]], ["0"]);
      else if (user) {
        call.changes.lead(
          {
            ...lead,
            status_id: status.id,
            responsible_user_id: user.id,
            group_id: user.group_id,
            updated_at: call.now,
            updated_by: call.caller.id,
          },
          call.caller,
        );
      }
      call.changes.unsorted(row, "accept");
      return found(unsortedView(call, row));
    },
  },
  {
    method: "DELETE",
    pattern: "/api/v4/leads/unsorted/{uid}/decline",
    run: (_request, { uid }, call) => {
      const [row, lead] = waiting(call, uid);
      call.changes.lead({ ...lead, is_deleted: true, updated_at: call.now, updated_by: call.caller.id }, call.caller);
      call.changes.unsorted(row, "decline");
      return found(unsortedView(call, row));
    },
  },
];

const METADATA = shape(
  {
    ip: text(),
    form_id: text(),
    form_name: text(),
    form_page: text(),
    form_sent_at: whole(0),
    referer: text(),
    visitor_uid: text(),
    form_type: anything,
  },
  ["ip", "form_id", "form_name", "form_page", "form_sent_at"],
);

function formRule(call: Call) {
  const embedded = shape({
    leads: list(newRule(call, "leads"), 1),
    contacts: list(newRule(call, "contacts"), 1),
    companies: list(newRule(call, "companies"), 1),
  });
  return shape(
    {
      source_name: text(),
      source_uid: text(),
      pipeline_id: whole(1),
      created_at: whole(0),
      request_id: text(),
      _embedded: embedded,
      metadata: METADATA,
    },
    ["source_name", "source_uid", "metadata"],
  );
}

function addForm(call: Call, item: Body): UnsortedRow {
  const pipeline = pipelineOf(call, item["pipeline_id"]);
  const embedded = (item["_embedded"] ?? {}) as { readonly leads?: readonly Body[]; readonly contacts?: readonly Body[] };
  const created_at = (item["created_at"] as number | undefined) ?? call.now;
  const contact = embedded.contacts?.[0] ? newContact(call, embedded.contacts[0]) : undefined;
  const unsortedStage = pipeline.statuses.find(({ type }) => type === 1)?.id ?? 0;
  const made = newLead(call, { name: item["source_name"], ...embedded.leads?.[0], pipeline_id: pipeline.id });
  const lead: LeadRow = { ...made, status_id: unsortedStage, contacts: contact ? [{ id: contact.id, is_main: true }] : [] };
  if (contact) call.changes.contact(contact, call.caller);
  call.changes.lead(lead, call.caller);
  const row: UnsortedRow = {
    id: randomUUID().replaceAll("-", ""),
    source_uid: item["source_uid"] as string,
    source_name: item["source_name"] as string,
    pipeline_id: pipeline.id,
    created_at,
    metadata: item["metadata"] as Body,
    lead_id: lead.id,
    contact_id: contact?.id ?? null,
    company_id: null,
  };
  call.changes.unsorted(row);
  return row;
}

function waiting(call: Call, uid = ""): readonly [UnsortedRow, LeadRow] {
  const row = call.store.get("unsorted", uid);
  const lead = row && call.store.get("leads", row.lead_id);
  if (!row || !lead) throw missing();
  return [row, lead];
}

function pipelineOf(call: Call, id: unknown): AmoPipeline {
  const pipeline = call.account.pipelines.find((known) => (id === undefined ? known.is_main : known.id === id));
  if (!pipeline) refuseFlaws([[notAChoice("pipeline_id")]], ["0"]);
  return pipeline as AmoPipeline;
}

function firstStage(call: Call, pipelineId: number): number {
  return call.account.pipelines.find(({ id }) => id === pipelineId)?.statuses.find(({ type }) => type === 0)?.id ?? 0;
}

function unsortedView(call: Call, row: UnsortedRow): Record<string, unknown> {
  const link = (type: "leads" | "contacts" | "companies", id: number | null) =>
    id === null ? [] : [{ id, _links: self(call, `${type}/${id}`) }];
  return {
    uid: row.id,
    source_uid: row.source_uid,
    source_name: row.source_name,
    category: "forms",
    pipeline_id: row.pipeline_id,
    created_at: row.created_at,
    metadata: row.metadata,
    account_id: call.account.id,
    _links: self(call, `leads/unsorted/${row.id}`),
    _embedded: {
      contacts: link("contacts", row.contact_id),
      leads: link("leads", row.lead_id),
      companies: link("companies", row.company_id),
    },
  };
}
