import { performance } from "node:perf_hooks";
import { z } from "zod";
import type { Approved, Receipt, Written } from "../../domain/approval.js";
import type { Http } from "../../domain/connector.js";
import type { ContactDraft, CrmConnector, DealDraft, DealMove, LeadDraft, NoteDraft, TaskDraft } from "../../domain/crm.js";
import { OutcomeUnknown, RequestRefused } from "../../domain/errors.js";
import { ChangedLead, CreatedComplex, CreatedContacts, CreatedLeads, CreatedNotes, CreatedTasks } from "./answers.js";
import { readLead } from "./deals.js";
import type { DealContext } from "./deals.js";
import { dealRef, lostStage } from "./directory.js";
import { createLookUp } from "./lookup.js";
import { clientPath, clientRef, holderOf, noteRef, numberOf, pageOf } from "./map.js";
import type { HolderPath } from "./map.js";
import type { Marks } from "./mark.js";
import { unix } from "./reading.js";

type Writes = Pick<CrmConnector, "createLead" | "createContact" | "createDeal" | "moveDeal" | "addNote" | "createTask" | "written"> &
  Required<Pick<CrmConnector, "undo">>;

/** A write whose answer was lost may still be under way so long after. */
const settleMs = 10_000;

/** Where a deal stood and stands: what `undo` of a move turns round. */
const Place = z.object({ pipelineId: z.string(), stageId: z.string() });
const Undo = z.object({ from: Place, to: Place });
type Place = z.infer<typeof Place>;

export function createWrites(context: DealContext & { readonly http: Http; readonly marks: Marks }): Writes {
  const { http, directory, marks, system, baseUrl } = context;
  const lookUp = createLookUp(context);
  const lost = new Map<string, number>();

  /** Remembers when a write was left in doubt, for `written`. */
  async function attempt<T>(approved: Approved<unknown>, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof OutcomeUnknown) lost.set(approved.approval, performance.now());
      throw error;
    }
  }

  const settled = ({ approval }: Approved<unknown>) => performance.now() - (lost.get(approval) ?? -settleMs) >= settleMs;

  function post<T>(path: string, json: unknown, answer: z.ZodType<T>): Promise<T> {
    return http.request({ method: "POST", path: `/api/v4${path}`, body: { json }, answer });
  }

  /** Whoever asked, as a user of the account: nobody's deal would be the token's owner's. */
  function responsible(approved: Approved<{ readonly ownerId?: string }>): { readonly responsible_user_id?: number } {
    const prefix = `${system}:user:`;
    const own = approved.askedBy.principals.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length));
    const id = approved.draft.ownerId ?? (own.length === 1 ? own[0] : undefined);
    return id === undefined ? {} : { responsible_user_id: Number(numberOf(system, "user", id)) };
  }

  /** A deal as `POST /leads` and `/leads/complex` take it. */
  async function dealBody(approved: Approved<Omit<DealDraft, "clientId">>) {
    const { draft, approval } = approved;
    if (draft.dueAt !== undefined) throw new RequestRefused(`${system}: a deal has no due date there; make a task`, { system });
    const { currency } = await directory.account();
    if (draft.amount && draft.amount.currency !== currency) {
      throw new RequestRefused(`${system}: deals are in ${currency}, not in ${draft.amount.currency}`, { system });
    }
    const mark = await marks.put("leads", approval);
    const known = new Map((await directory.fields("leads")).map((field) => [String(field.id), field]));
    const own = Object.entries(draft.custom ?? {}).map(([id, value]) => {
      const field = known.get(id);
      if (!field) throw new RequestRefused(`${system}: deals have no field ${id}`, { system });
      return { field_id: field.id, values: [field.enums?.length ? { enum_id: Number(value) } : { value }] };
    });
    const fields = [...own, ...mark.fields];
    const tags = [...(draft.source === undefined ? [] : [{ name: draft.source }]), ...mark.tags];
    return {
      name: draft.title,
      ...(draft.amount && { price: Number(draft.amount.amount) }),
      ...(draft.pipelineId !== undefined && { pipeline_id: Number(draft.pipelineId) }),
      ...(draft.stageId !== undefined && { status_id: Number(draft.stageId) }),
      ...responsible(approved),
      ...(fields.length > 0 && { custom_fields_values: fields }),
      embedded: tags.length > 0 ? { tags } : {},
    };
  }

  /** What comes after the record itself is written: whatever goes wrong there, "not written" would be a lie. The sweep finds it and goes on. */
  async function afterwards<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof OutcomeUnknown) throw error;
      throw new OutcomeUnknown(`${system}: written, but not yet all that belongs to it`, { system, cause: error });
    }
  }

  async function comment(approved: Approved<{ readonly comment?: string }>, holder: { path: HolderPath; id: string }): Promise<void> {
    const text = approved.draft.comment;
    if (text === undefined || (await lookUp.note(approved.askedAt, holder, text))) return;
    await post(`/${holder.path}/${holder.id}/notes`, [{ note_type: "common", params: { text } }], CreatedNotes);
  }

  async function dealReceipt(approved: Approved<{ readonly comment?: string }>, id: string): Promise<Receipt> {
    await comment(approved, { path: "leads", id });
    // Automations of the account may have moved it already: what stands there is what would be closed.
    const lead = await readLead(context, id);
    const from = { pipelineId: lead.pipeline_id, stageId: lead.status_id };
    return {
      ref: dealRef(system, id),
      url: pageOf(baseUrl, "leads", id),
      undo: { label: "close-as-lost", before: { from, to: { ...from, stageId: lostStage } } },
    };
  }

  async function contactReceipt({ draft }: Approved<ContactDraft>, id: string): Promise<Receipt> {
    const ref = clientRef(system, "contacts", id);
    const company = draft.companyId === undefined ? undefined : clientPath(system, draft.companyId).id;
    if (company !== undefined && !(await lookUp.linked(ref.id, company))) {
      await http.request({
        method: "POST",
        path: `/api/v4/contacts/${id}/link`,
        body: { json: [{ to_entity_id: Number(company), to_entity_type: "companies" }] },
        answer: z.unknown(),
      });
    }
    return { ref, url: pageOf(baseUrl, "contacts", id) };
  }

  async function setPlace(id: string, to: Place, lossReasonId?: string): Promise<void> {
    const json = {
      status_id: Number(to.stageId),
      pipeline_id: Number(to.pipelineId),
      ...(lossReasonId === undefined ? {} : { loss_reason_id: Number(lossReasonId) }),
    };
    await http.request({ method: "PATCH", path: `/api/v4/leads/${id}`, body: { json }, answer: ChangedLead });
  }

  /** Moves a deal that stands where the card said; one that somebody moved meanwhile is left alone. */
  async function move(id: string, from: Place, to: Place, lossReasonId?: string): Promise<void> {
    const lead = await readLead(context, id);
    const stands = (place: Place) => lead.pipeline_id === place.pipelineId && lead.status_id === place.stageId;
    if (stands(to)) return;
    if (!stands(from)) throw new RequestRefused(`${system}: deal ${id} was moved meanwhile to the stage ${lead.status_id}`, { system });
    await setPlace(id, to, lossReasonId);
  }

  return {
    /**
     * A new enquiry becomes a deal in the first stage with its contact, in one request: it has an id at once, it can be
     * found by its mark, and an account with duplicate control joins it to what is there. The list of unsorted
     * enquiries is left to forms and calls, since its entries can be found by nobody until they are accepted.
     */
    createLead: (approved: Approved<LeadDraft>) =>
      attempt(approved, async () => {
        const known = await marks.find("leads", approved);
        if (known) return afterwards(() => dealReceipt(approved, known.id));
        const { name, phone, email } = approved.draft.contact;
        const { embedded, ...deal } = await dealBody(approved);
        const values = [...channel("PHONE", phone), ...channel("EMAIL", email)];
        const contact = { name, ...responsible(approved), ...(values.length > 0 && { custom_fields_values: values }) };
        const body = { ...deal, _embedded: { ...embedded, contacts: [contact] } };
        const [made] = await post("/leads/complex", [body], CreatedComplex);
        return afterwards(() => dealReceipt(approved, String(made?.id)));
      }),

    createContact: (approved: Approved<ContactDraft>) =>
      attempt(approved, async () => {
        const known = await marks.find("contacts", approved);
        if (known) return afterwards(() => contactReceipt(approved, known.id));
        const { name, phone, email } = approved.draft;
        const mark = await marks.put("contacts", approved.approval);
        const values = [...channel("PHONE", phone), ...channel("EMAIL", email), ...mark.fields];
        const body = {
          name,
          ...responsible(approved),
          ...(values.length > 0 && { custom_fields_values: values }),
          ...(mark.tags.length > 0 && { _embedded: { tags: mark.tags } }),
        };
        const made = await post("/contacts", [body], CreatedContacts);
        return afterwards(() => contactReceipt(approved, String(made._embedded.contacts[0]?.id)));
      }),

    createDeal: (approved: Approved<DealDraft>) =>
      attempt(approved, async () => {
        const known = await marks.find("leads", approved);
        if (known) return afterwards(() => dealReceipt(approved, known.id));
        const { path, id } = clientPath(system, approved.draft.clientId);
        const client = path === "companies" ? { companies: [{ id: Number(id) }] } : { contacts: [{ id: Number(id), is_main: true }] };
        const { embedded, ...deal } = await dealBody(approved);
        const made = await post("/leads", [{ ...deal, _embedded: { ...embedded, ...client } }], CreatedLeads);
        return afterwards(() => dealReceipt(approved, String(made._embedded.leads[0]?.id)));
      }),

    moveDeal: (approved: Approved<DealMove>) =>
      attempt(approved, async () => {
        const { dealId, pipelineId, stageId, before, lossReasonId } = approved.draft;
        const id = numberOf(system, "deal", dealId);
        const to = { pipelineId, stageId };
        await move(id, before, to, lossReasonId);
        await afterwards(() => comment(approved, { path: "leads", id }));
        return {
          ref: dealRef(system, id),
          url: pageOf(baseUrl, "leads", id),
          undo: { label: "move-back", before: { from: to, to: before } },
        };
      }),

    addNote: (approved: Approved<NoteDraft>) =>
      attempt(approved, async () => {
        const { path, id } = holderOf(system, approved.draft.about);
        const made = await post(`/${path}/${id}/notes`, [{ note_type: "common", params: { text: approved.draft.text } }], CreatedNotes);
        return { ref: noteRef(system, path, String(made._embedded.notes[0]?.id)), url: pageOf(baseUrl, path, id) };
      }),

    createTask: (approved: Approved<TaskDraft>) =>
      attempt(approved, async () => {
        const { text, dueAt, about } = approved.draft;
        const holder = about && holderOf(system, about);
        const body = {
          text,
          complete_till: Number(unix(new Date(dueAt))),
          task_type_id: 1,
          ...(holder && { entity_id: Number(holder.id), entity_type: holder.path }),
          ...responsible(approved),
        };
        const made = await post("/tasks", [body], CreatedTasks);
        return {
          ref: { system, kind: "task", id: String(made._embedded.tasks[0]?.id) },
          ...(holder && { url: pageOf(baseUrl, holder.path, holder.id) }),
        };
      }),

    undo: (approved: Approved<Receipt>) =>
      attempt(approved, async () => {
        const { ref, undo } = approved.draft;
        const places = Undo.safeParse(undo?.before);
        if (ref.kind !== "deal" || !places.success) throw new RequestRefused(`${system}: this cannot be taken back`, { system });
        await move(numberOf(system, "deal", ref.id), places.data.from, places.data.to);
        return { ref, url: pageOf(baseUrl, "leads", ref.id) };
      }),

    async written(what, approved): Promise<Written> {
      const ref = await lookUp.find(what, approved);
      return ref ?? (settled(approved) ? "absent" : "unsure");
    },
  };
}

function channel(code: "PHONE" | "EMAIL", value: string | undefined) {
  return value === undefined ? [] : [{ field_code: code, values: [{ value, enum_code: "WORK" }] }];
}
