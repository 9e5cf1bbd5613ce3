import type { Entity } from "../../domain/entity.js";
import type { Audience, Principal } from "../../domain/people.js";
import type { Deal } from "../../domain/crm.js";
import type { Lead, Note, Party, Task, User } from "./answers.js";
import type { Directory } from "./directory.js";
import { groupOf, groupsOf, isFirstStage } from "./directory.js";
import { clientRef, fromNote, holderRef, toClient, toDeal } from "./map.js";
import type { HolderPath, PartyPath } from "./map.js";

export interface EntityContext {
  readonly system: string;
  readonly baseUrl: string;
  readonly innField?: string;
  readonly directory: Directory;
}

export async function dealEntity(context: EntityContext, lead: Lead): Promise<Entity> {
  const { directory, system } = context;
  const [account, pipelines, owner] = await Promise.all([
    directory.account(),
    directory.pipelines(),
    directory.owner(lead.responsible_user_id),
  ]);
  const deal: Deal = toDeal({ ...context, currency: account.currency }, lead, pipelines, owner);
  return {
    ref: deal.ref,
    title: deal.title,
    url: deal.url,
    ...stamped(lead),
    readers: await readersOf(context, "leads", lead.responsible_user_id),
    owner,
    relations: [
      ...lead._embedded.companies.map((id) => ({ kind: "client", to: clientRef(system, "companies", id) })),
      ...lead._embedded.contacts.map((id) => ({ kind: "contact", to: clientRef(system, "contacts", id) })),
    ],
    fields: {
      amount: deal.amount?.amount ?? null,
      currency: account.currency,
      pipelineId: deal.pipeline.id,
      pipeline: deal.pipeline.name,
      stageId: deal.stage.id,
      stage: deal.stage.name,
      firstStage: isFirstStage(pipelines, lead.pipeline_id, lead.status_id),
      state: deal.stage.state,
      createdAt: deal.createdAt.toISOString(),
      closedAt: deal.closedAt?.toISOString() ?? null,
      lossReason: deal.lossReason ?? null,
    },
  };
}

export async function partyEntity(context: EntityContext, path: PartyPath, party: Party): Promise<Entity> {
  const owner = await context.directory.owner(party.responsible_user_id);
  const client = toClient(context, path, party, owner);
  return {
    ref: client.ref,
    title: client.name,
    url: client.url,
    ...stamped(party),
    readers: await readersOf(context, path, party.responsible_user_id),
    owner,
    keys: { inn: client.inn, phones: client.phones, emails: client.emails },
    relations: party._embedded.companies.map((id) => ({ kind: "company", to: clientRef(context.system, "companies", id) })),
    fields: { createdAt: party.created_at.toISOString() },
  };
}

export async function taskEntity(context: EntityContext, task: Task): Promise<Entity> {
  const about = task.entity_id && task.entity_type ? holderRef(context.system, task.entity_type, task.entity_id) : undefined;
  return {
    ref: { system: context.system, kind: "task", id: task.id },
    title: task.text ?? "",
    ...stamped(task),
    readers: await readersOf(context, "leads", task.responsible_user_id),
    owner: await context.directory.owner(task.responsible_user_id),
    relations: about ? [{ kind: "about", to: about }] : [],
    fields: { dueAt: task.complete_till.toISOString(), done: task.is_completed },
  };
}

/** A note is whose its holder is; of a holder that cannot be seen it is nobody's. */
export async function noteEntity(context: EntityContext, path: HolderPath, note: Note, holderOwner: string | undefined): Promise<Entity> {
  const { ref, kind, text, direction } = fromNote(context.system, path, note);
  const about = holderRef(context.system, path, note.entity_id);
  return {
    ref,
    title: text.slice(0, 120),
    ...stamped(note),
    readers: holderOwner === undefined ? "nobody" : await readersOf(context, path, holderOwner),
    owner: holderOwner === undefined ? undefined : await context.directory.owner(holderOwner),
    relations: about ? [{ kind: "about", to: about }] : [],
    fields: { kind, text, direction: direction ?? null, at: note.created_at.toISOString() },
  };
}

function stamped(thing: { readonly updated_at: Date }) {
  return { updatedAt: thing.updated_at, version: String(thing.updated_at.getTime() / 1_000) };
}

/**
 * Who sees a thing in amoCRM: whom it belongs to, and whose role lets them see their department's (G) or everybody's (A).
 * A role is named as a principal of its own, so a changed role moves a membership and touches no entity.
 */
async function readersOf({ directory, system }: EntityContext, path: HolderPath, ownerId: string): Promise<Audience> {
  const owner = (await directory.users()).get(ownerId);
  const department = owner ? [`${system}:sees:${path}:group:${groupOf(owner)}`] : [];
  return [[`${system}:user:${ownerId}`, ...department, `${system}:sees:${path}:all`]];
}

/** A user's department and what their role lets them see. */
export function membershipOf(system: string, user: User): { readonly member: Principal; readonly of: readonly Principal[] } {
  const sees = (["leads", "contacts", "companies"] as const).flatMap((path) => {
    const view = user.rights.is_admin ? "A" : user.rights[path]?.view;
    if (view === "A") return [`${system}:sees:${path}:all`];
    return view === "G" ? [`${system}:sees:${path}:group:${groupOf(user)}`] : [];
  });
  return { member: `${system}:user:${user.id}`, of: [...groupsOf(system, user), ...sees] };
}
