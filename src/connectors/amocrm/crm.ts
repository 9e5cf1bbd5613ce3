import { z } from "zod";
import type { Client, ContactDraft, CrmConnector, Deal, DealDraft, LeadDraft, TaskQuery } from "../../domain/crm.js";
import type { Http } from "../../domain/connector.js";
import { startOfDay } from "../kit/days.js";
import { asCursor, listed, listing, readCursor } from "../kit/listing.js";
import { Tasks } from "./answers.js";
import { asDeal, findDeals, leadsOf, partyOf, readLead } from "./deals.js";
import type { DealContext } from "./deals.js";
import { stateOf } from "./directory.js";
import { asClient, byEmail, byPhone, findClients, findExactly, recognise, wordsOf } from "./find.js";
import type { FindContext } from "./find.js";
import { readHistory } from "./history.js";
import { clientPath, holderOf, numberOf, toField, toTask, toUser } from "./map.js";
import { createMarks } from "./mark.js";
import { many } from "./reading.js";
import { createWrites } from "./writes.js";

const TaskPosition = z.object({ of: z.literal("tasks"), query: z.string(), offset: z.number(), limit: z.number() });

/** amoCRM's sales work in our words. */
export function createCrm(context: DealContext & FindContext & { readonly http: Http }): CrmConnector {
  const { directory, reader, system } = context;

  function tasks(query: TaskQuery): ReturnType<CrmConnector["tasks"]> {
    const asked = JSON.stringify(query);
    return listing(async ({ from, size = 50, signal }) => {
      const place =
        from === undefined
          ? { offset: 0, limit: Math.min(size, 240) }
          : readCursor(
              from,
              TaskPosition.refine((one) => one.query === asked),
              { system },
            );
      const holder = query.about && holderOf(system, query.about);
      const zone = await context.zone();
      const due = query.due && { from: startOfDay(query.due.from, zone), to: startOfDay(query.due.to, zone, 1) };
      const filters = [
        ...(holder ? [["filter[entity_type]", holder.path] as const, ...many("filter[entity_id]", [holder.id])] : []),
        ...(query.ownerId === undefined ? [] : many("filter[responsible_user_id]", [numberOf(system, "user", query.ownerId)])),
        ...(query.done === undefined ? [] : [["filter[is_completed]", query.done ? "1" : "0"] as const]),
      ];
      const sorted = [["order[complete_till]", "asc"] as const];
      const { rows, next } = await reader.page(
        "/tasks",
        Tasks,
        [...((await directory.filters()) ? filters : []), ...sorted],
        place,
        signal,
      );
      const fitting = rows.filter(
        (task) =>
          (!holder || (task.entity_type === holder.path && task.entity_id === holder.id)) &&
          (query.ownerId === undefined || task.responsible_user_id === query.ownerId) &&
          (query.done === undefined || task.is_completed === query.done) &&
          (!due || (task.complete_till >= due.from && task.complete_till < due.to)),
      );
      const items = await Promise.all(fitting.map(async (task) => toTask(system, task, await directory.owner(task.responsible_user_id))));
      return { items, next: next && asCursor({ of: "tasks", query: asked, ...next }) };
    });
  }

  async function findSimilar(draft: LeadDraft | ContactDraft | DealDraft): Promise<readonly (Client | Deal)[]> {
    if ("clientId" in draft) {
      const title = wordsOf(draft.title).join(" ");
      const leads = await leadsOf(
        context,
        draft.clientId,
        (lead) => stateOf(lead.status_id) === "open" && wordsOf(lead.name).join(" ") === title,
      );
      return Promise.all(leads.map((lead) => asDeal(context, lead)));
    }
    const { name, phone, email } = "contact" in draft ? draft.contact : draft;
    const wanted = [
      ...(phone === undefined ? [] : [byPhone(phone.replace(/\D/g, ""))]),
      ...(email === undefined ? [] : [byEmail(email.toLowerCase())]),
    ];
    const byName = recognise(name);
    const found = await Promise.all(
      (wanted.length > 0 || byName.kind !== "name" ? wanted : [byName]).map((one) => findExactly(context, one)),
    );
    return [...new Map(found.flat().map((client) => [client.ref.id, client])).values()];
  }

  return {
    findClients: ({ text }) => findClients(context, text),
    async client(id) {
      const party = await partyOf(context, id);
      return asClient(context, clientPath(system, id).path, party);
    },
    history: (clientId, within) => readHistory(context, clientId, within),
    deals: (query) => findDeals(context, query),
    deal: async (id) => asDeal(context, await readLead(context, id)),
    tasks,
    async pipelines() {
      return (await directory.pipelines()).map((pipeline) => ({
        id: pipeline.id,
        name: pipeline.name,
        main: pipeline.is_main,
        // Type 1 is the list of unsorted enquiries: no deal is put there by hand.
        stages: pipeline._embedded.statuses
          .filter((status) => status.type !== 1)
          .sort((a, b) => a.sort - b.sort)
          .map(({ id, name }) => ({ id, name, state: stateOf(id) })),
      }));
    },
    users: () => listed(async () => [...(await directory.users()).values()].map((user) => toUser(system, user))),
    async fields(kind) {
      if (kind === "task") return [];
      const fields = await directory.fields(kind === "contact" ? "contacts" : "leads");
      // Telephone and e-mail are the draft's own; what only the API may change is nobody's to fill in.
      return fields.filter((field) => field.is_api_only !== true && field.code !== "PHONE" && field.code !== "EMAIL").map(toField);
    },
    findSimilar,
    ...createWrites({ ...context, marks: createMarks(context) }),
  };
}
