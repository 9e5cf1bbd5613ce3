import type { WrittenKind } from "../../domain/access.js";
import type { Approved, Receipt } from "../../domain/approval.js";
import type { CrmConnector, CrmTask, Deal, DealQuery, Interaction, TaskQuery } from "../../domain/crm.js";
import type { Owner } from "../../domain/entity.js";
import type { Listing } from "../../domain/listing.js";
import type { Gate, Source, View, Writing } from "./gate.js";

const family = "crm";

/** A CRM behind the gate. Whatever hangs on a client or a deal is seen by those who see the client or the deal. */
export function guardCrm(crm: CrmConnector, gate: Gate): CrmConnector {
  const undo = crm.undo?.bind(crm);
  const read = (name: string, given?: unknown, subject?: { kind: string; id: string }) => ({ family, name, given, subject }) as const;

  async function demandClient(view: View, id: string): Promise<void> {
    if (view.all) return;
    const client = await crm.client(id);
    view.demand(client.owner, client.ref);
  }

  async function demandDeal(view: View, id: string): Promise<void> {
    if (view.all) return;
    const deal = await crm.deal(id);
    view.demand(deal.owner, deal.ref);
  }

  function demandThing(view: View, about: { readonly kind: string; readonly id: string } | undefined): Promise<void> {
    if (about === undefined) return Promise.resolve();
    return about.kind === "deal" ? demandDeal(view, about.id) : demandClient(view, about.id);
  }

  async function historySource(view: View, clientId: string, items: Listing<Interaction>): Promise<Source<Interaction>> {
    if (view.all) return everything(items);
    await demandClient(view, clientId);
    const open = new Set<string>();
    for await (const deal of crm.deals({ clientId })) if (view.sees(deal.owner)) open.add(deal.ref.id);
    return { items, keep: (found) => found.filter(({ deal }) => deal === undefined || open.has(deal.id)) };
  }

  async function dealSource(view: View, query: DealQuery): Promise<Source<Deal>> {
    if (query.clientId !== undefined) await demandClient(view, query.clientId);
    // Asked for by owner, the system need not send pages that would be thrown away; they are checked all the same.
    const ownerId = query.ownerId ?? (view.scope === "own" && view.userIds.length === 1 ? view.userIds[0] : undefined);
    return { items: crm.deals({ ...query, ownerId }), keep: owned(view) };
  }

  async function taskSource(view: View, query: TaskQuery): Promise<Source<CrmTask>> {
    await demandThing(view, query.about);
    const items = crm.tasks(query);
    return query.about === undefined ? { items, keep: owned(view) } : everything(items);
  }

  function write<Draft>(
    name: string,
    verb: "create" | "change",
    kind: WrittenKind,
    approved: Approved<Draft>,
    act: (approved: Approved<Draft>) => Promise<Receipt>,
    more: Partial<Writing<Draft>> & { demand?(view: View): Promise<void> } = {},
  ): Promise<Receipt> {
    return gate.write({ family, name, verb, kind, approved, ...more }, async (view) => {
      await more.demand?.(view);
      return act(approved);
    });
  }

  return {
    findClients: (query) => gate.list(read("crm.clients.read", query), (view) => ({ items: crm.findClients(query), keep: owned(view) })),
    client: (id) =>
      gate.read(read("crm.client.read", undefined, { kind: "client", id }), async (view) => {
        const client = await crm.client(id);
        view.demand(client.owner, client.ref);
        return client;
      }),
    history: (clientId, within) => {
      let items: Listing<Interaction> | undefined;
      return gate.list(read("crm.history.read", within, { kind: "client", id: clientId }), (view) =>
        historySource(view, clientId, (items ??= crm.history(clientId, within))),
      );
    },
    deals: (query) => gate.list(read("crm.deals.read", query), (view) => dealSource(view, query)),
    deal: (id) =>
      gate.read(read("crm.deal.read", undefined, { kind: "deal", id }), async (view) => {
        const deal = await crm.deal(id);
        view.demand(deal.owner, deal.ref);
        return deal;
      }),
    tasks: (query) => gate.list(read("crm.tasks.read", query), (view) => taskSource(view, query)),
    pipelines: () => gate.read(read("crm.pipelines.read"), () => crm.pipelines()),
    users: () => gate.list(read("crm.users.read"), () => everything(crm.users())),
    fields: (kind) => gate.read(read("crm.fields.read", kind), () => crm.fields(kind)),
    findSimilar: (draft) =>
      gate.read(read("crm.similar.read", draft), async (view) => (await crm.findSimilar(draft)).filter(({ owner }) => view.sees(owner))),
    createLead: (lead) =>
      write("lead.created", "create", "lead", lead, (approved) => crm.createLead(approved), { amount: lead.draft.amount }),
    createContact: (contact) =>
      write("contact.created", "create", "contact", contact, (approved) => crm.createContact(approved), {
        demand: (view) => demandThing(view, thing("company", contact.draft.companyId)),
      }),
    createDeal: (deal) =>
      write("deal.created", "create", "deal", deal, (approved) => crm.createDeal(approved), {
        amount: deal.draft.amount,
        subject: { kind: "client", id: deal.draft.clientId },
        demand: (view) => demandClient(view, deal.draft.clientId),
      }),
    moveDeal: (move) =>
      write("deal.moved", "change", "deal", move, (approved) => crm.moveDeal(approved), {
        subject: { kind: "deal", id: move.draft.dealId },
        demand: (view) => demandDeal(view, move.draft.dealId),
      }),
    addNote: (note) =>
      write("note.added", "create", "note", note, (approved) => crm.addNote(approved), {
        subject: note.draft.about,
        demand: (view) => demandThing(view, note.draft.about),
      }),
    createTask: (task) =>
      write("task.created", "create", "task", task, (approved) => crm.createTask(approved), {
        subject: task.draft.about,
        demand: (view) => demandThing(view, task.draft.about),
      }),
    ...(undo && {
      undo: (receipt: Approved<Receipt>) =>
        write("write.undone", "change", writtenKind(receipt.draft.ref.kind), receipt, undo, {
          subject: receipt.draft.ref,
          demand: (view) => demandThing(view, receipt.draft.ref),
        }),
    }),
    written: (what, approved) =>
      gate.read({ ...read("crm.write.looked-up", approved.approval), approved }, () => crm.written(what, approved)),
  };
}

/** A lead is taken back as the deal it has become; a company is a client like a contact. */
function writtenKind(kind: string): WrittenKind {
  const kinds: Readonly<Record<string, WrittenKind>> = { lead: "lead", note: "note", task: "task", contact: "contact", company: "contact" };
  return kinds[kind] ?? "deal";
}

function thing(kind: string, id: string | undefined) {
  return id === undefined ? undefined : { kind, id };
}

function owned<T extends { readonly owner?: Owner }>(view: View): (items: readonly T[]) => readonly T[] {
  return (items) => items.filter(({ owner }) => view.sees(owner));
}

function everything<T>(items: Listing<T>): Source<T> {
  return { items, keep: (found) => found };
}
