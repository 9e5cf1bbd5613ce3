import { z } from "zod";
import type { Approved } from "../../domain/approval.js";
import type { CrmConnector } from "../../domain/crm.js";
import type { EntityRef } from "../../domain/entity.js";
import type { Schema } from "../../domain/schema.js";
import { Events, Notes, Tasks } from "./answers.js";
import type { Note, Task } from "./answers.js";
import { readLead, readParty } from "./deals.js";
import type { DealContext } from "./deals.js";
import { dealRef } from "./directory.js";
import { clientPath, clientRef, holderOf, noteRef } from "./map.js";
import type { HolderPath } from "./map.js";
import type { Marks } from "./mark.js";
import { eventPage, many, unix } from "./reading.js";
import type { Pairs } from "./reading.js";

type What = Parameters<CrmConnector["written"]>[0];

/** What a lookup needs of a draft, whatever else stands in it. */
const About = z.object({ kind: z.enum(["deal", "company", "contact"]), id: z.string() });
const NoteWords = z.object({ about: About, text: z.string() });
const TaskWords = z.object({ about: About.optional(), text: z.string(), dueAt: z.string() });
const MoveWords = z.object({ dealId: z.string(), pipelineId: z.string(), stageId: z.string(), comment: z.string().optional() });
const ContactWords = z.object({ companyId: z.string().optional() });
const DealWords = z.object({ comment: z.string().optional() });

/** The vendor's clock may go behind ours by so much. */
const skewMs = 120_000;

/**
 * Finds what an approval has written: deals and contacts by the mark they bear, moves by where the deal stands or stood,
 * notes and tasks among the target's own since the card was shown. A deal without the comment it was to have counts as
 * not written yet, so that the recovery comes by and adds it.
 */
export function createLookUp(context: DealContext & { readonly marks: Marks }) {
  const { reader, marks, system } = context;

  async function note(askedAt: Date, { path, id }: { path: HolderPath; id: string }, text: string): Promise<Note | undefined> {
    const since = new Date(askedAt.getTime() - skewMs);
    const notes = await reader.all(`/${path}/${id}/notes`, Notes, [["filter[updated_at][from]", unix(since)]]);
    return notes.find((one) => one.entity_id === id && one.created_at >= since && sameWords(one.params?.text, text));
  }

  async function task(askedAt: Date, { about, text, dueAt }: z.infer<typeof TaskWords>): Promise<Task | undefined> {
    const since = new Date(askedAt.getTime() - skewMs);
    const holder = about && holderOf(system, about);
    const hanging: Pairs = holder ? [["filter[entity_type]", holder.path], ...many("filter[entity_id]", [holder.id])] : [];
    const tasks = await reader.all("/tasks", Tasks, [...hanging, ["filter[updated_at][from]", unix(since)]]);
    return tasks.find(
      (one) =>
        one.created_at >= since &&
        sameWords(one.text, text) &&
        unix(one.complete_till) === unix(new Date(dueAt)) &&
        (!holder || (one.entity_type === holder.path && one.entity_id === holder.id)),
    );
  }

  /** Was a deal put into this place since the card was shown, wherever it stands now? */
  async function moved(askedAt: Date, { dealId, pipelineId, stageId }: z.infer<typeof MoveWords>): Promise<boolean> {
    const lead = await readLead(context, dealId);
    if (lead.pipeline_id === pipelineId && lead.status_id === stageId) return true;
    const query: Pairs = [
      ["filter[entity]", "lead"],
      ...many("filter[entity_id]", [dealId]),
      ["filter[type]", "lead_status_changed"],
      ["filter[created_at][from]", unix(new Date(askedAt.getTime() - skewMs))],
    ];
    const events = await reader.all("/events", Events, query, eventPage);
    const places = events.map((event) => event.value_after[0]?.lead_status);
    return places.some((place) => place?.id === stageId && place.pipeline_id === pipelineId);
  }

  async function linked(contactId: string, company: string): Promise<boolean> {
    return (await readParty(context, contactId))._embedded.companies.includes(company);
  }

  async function commented(askedAt: Date, dealId: string, comment: string | undefined): Promise<EntityRef | undefined> {
    if (comment !== undefined && !(await note(askedAt, { path: "leads", id: dealId }, comment))) return undefined;
    return dealRef(system, dealId);
  }

  const finders: Readonly<Record<What, (approved: Approved<unknown>) => Promise<EntityRef | undefined>>> = {
    async note(approved) {
      const { about, text } = wordsOf(NoteWords, approved);
      const holder = holderOf(system, about);
      const found = await note(approved.askedAt, holder, text);
      return found && noteRef(system, holder.path, found.id);
    },
    async task(approved) {
      const found = await task(approved.askedAt, wordsOf(TaskWords, approved));
      return found && { system, kind: "task", id: found.id };
    },
    async move(approved) {
      const words = wordsOf(MoveWords, approved);
      return (await moved(approved.askedAt, words)) ? commented(approved.askedAt, words.dealId, words.comment) : undefined;
    },
    async contact(approved) {
      const found = await marks.find("contacts", approved);
      if (!found) return undefined;
      const ref = clientRef(system, "contacts", found.id);
      const { companyId } = wordsOf(ContactWords, approved);
      return companyId === undefined || (await linked(ref.id, clientPath(system, companyId).id)) ? ref : undefined;
    },
    deal: markedLead,
    lead: markedLead,
  };

  async function markedLead(approved: Approved<unknown>): Promise<EntityRef | undefined> {
    const found = await marks.find("leads", approved);
    return found && commented(approved.askedAt, found.id, wordsOf(DealWords, approved).comment);
  }

  return { note, linked, find: (what: What, approved: Approved<unknown>) => finders[what](approved) };
}

function wordsOf<T>(shape: Schema<T>, { draft }: Approved<unknown>): T {
  return shape.parse(draft);
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#039": "'" };

/** An account that trims a text, ends its lines another way or escapes it has kept its words, and they are not written twice. */
function sameWords(stored: string | null | undefined, written: string): boolean {
  return stored !== null && stored !== undefined && plainWords(stored) === plainWords(written);
}

function plainWords(text: string): string {
  return text
    .replace(/&(amp|lt|gt|quot|#0?39);/g, (entity, name: string) => entities[name] ?? entity)
    .normalize("NFC")
    .replace(/\s+/g, " ")
    .trim();
}
