import type { Approved, Receipt, Written } from "./approval.js";
import type { EntityRef, Owner } from "./entity.js";
import type { Listing } from "./listing.js";
import type { Money, Period } from "./numbers.js";

/** Sales work: who the client is, what happened with them, what is on the table. */
export interface CrmConnector {
  findClients(query: { readonly text: string }): Listing<Client>;
  client(id: string): Promise<Client>;
  /** Calls, letters, meetings, notes and stage changes, newest first. */
  history(clientId: string, within?: Period): Listing<Interaction>;
  deals(query: DealQuery): Listing<Deal>;
  deal(id: string): Promise<Deal>;
  tasks(query: TaskQuery): Listing<CrmTask>;
  /** Pipelines with their stages in order; names are how people speak of them. */
  pipelines(): Promise<readonly Pipeline[]>;
  /** The system's own users, to know whose deal it is and to make a person responsible. */
  users(): Listing<CrmUser>;
  /** Which fields a draft needs or may have, the company's own ones included. */
  fields(kind: "lead" | "contact" | "deal" | "task"): Promise<readonly CrmField[]>;
  /** What is there already and looks like it. */
  findSimilar(draft: LeadDraft | ContactDraft | DealDraft): Promise<readonly (Client | Deal)[]>;
  createLead(lead: Approved<LeadDraft>): Promise<Receipt>;
  createContact(contact: Approved<ContactDraft>): Promise<Receipt>;
  createDeal(deal: Approved<DealDraft>): Promise<Receipt>;
  moveDeal(move: Approved<DealMove>): Promise<Receipt>;
  addNote(note: Approved<NoteDraft>): Promise<Receipt>;
  createTask(task: Approved<TaskDraft>): Promise<Receipt>;
  /** Takes back what a receipt says; never by deleting. */
  undo?(receipt: Approved<Receipt>): Promise<Receipt>;
  /** Did this approval's write reach the system? Looked up by the mark it leaves, or by the target's newest things. */
  written(what: "lead" | "contact" | "deal" | "move" | "note" | "task", approved: Approved<unknown>): Promise<Written>;
}

export interface Client {
  readonly ref: EntityRef;
  readonly kind: "company" | "person";
  readonly name: string;
  readonly inn?: string;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly owner?: Owner;
  readonly url?: string;
  readonly updatedAt: Date;
}

export interface Deal {
  readonly ref: EntityRef;
  readonly title: string;
  readonly companyId?: string;
  readonly contactIds: readonly string[];
  readonly pipeline: { readonly id: string; readonly name: string };
  readonly stage: { readonly id: string; readonly name: string; readonly state: "open" | "won" | "lost" };
  readonly amount?: Money;
  readonly owner?: Owner;
  readonly lossReason?: string;
  readonly url?: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastTouchAt?: Date;
  readonly closedAt?: Date;
}

export interface DealQuery {
  readonly clientId?: string;
  readonly ownerId?: string;
  readonly pipelineId?: string;
  readonly stageId?: string;
  readonly state?: "open" | "won" | "lost";
  readonly amount?: { readonly from?: Money; readonly to?: Money };
  readonly created?: Period;
  readonly closed?: Period;
  /** Nothing has happened with it since that moment. */
  readonly idleSince?: Date;
}

/** A draft is plain JSON with everything resolved: ids, not names; decimals, not "20k"; moments as ISO text with an offset. */
export interface DealDraft {
  readonly title: string;
  readonly clientId: string;
  readonly amount?: Money;
  readonly pipelineId?: string;
  readonly stageId?: string;
  readonly ownerId?: string;
  readonly source?: string;
  readonly dueAt?: string;
  readonly comment?: string;
  readonly custom?: Readonly<Record<string, string | number | boolean>>;
}

export interface LeadDraft extends Omit<DealDraft, "clientId"> {
  readonly contact: { readonly name: string; readonly phone?: string; readonly email?: string };
}

/** One thing that happened with a client: a call, a letter, a note, a move to another stage. */
export interface Interaction {
  readonly ref: EntityRef;
  readonly kind: "call" | "message" | "meeting" | "note" | "task" | "stage" | "deal" | "other";
  readonly at: Date;
  readonly direction?: "in" | "out";
  readonly seconds?: number;
  /** What was said or done, as the system keeps it: text from outside. */
  readonly text: string;
  readonly author?: string;
  /** The deal it belongs to, where it has one. */
  readonly deal?: EntityRef;
}

export interface Stage {
  readonly id: string;
  readonly name: string;
  readonly state: "open" | "won" | "lost";
}

export interface Pipeline {
  readonly id: string;
  readonly name: string;
  readonly main: boolean;
  readonly stages: readonly Stage[];
}

export interface CrmUser {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly active: boolean;
  readonly groups: readonly string[];
}

export interface CrmTask {
  readonly ref: EntityRef;
  readonly text: string;
  readonly dueAt?: Date;
  readonly done: boolean;
  readonly owner?: Owner;
  /** What it is about. */
  readonly about?: EntityRef;
  readonly url?: string;
}

export interface TaskQuery {
  readonly ownerId?: string;
  readonly about?: { readonly kind: "deal" | "company" | "contact"; readonly id: string };
  readonly done?: boolean;
  readonly due?: Period;
}

export interface CrmField {
  readonly id: string;
  readonly name: string;
  readonly type: "text" | "number" | "day" | "moment" | "flag" | "choice";
  readonly required: boolean;
  readonly options?: readonly { readonly id: string; readonly name: string }[];
}

export interface ContactDraft {
  readonly name: string;
  readonly phone?: string;
  readonly email?: string;
  readonly companyId?: string;
  readonly ownerId?: string;
}

export interface DealMove {
  readonly dealId: string;
  readonly pipelineId: string;
  readonly stageId: string;
  /** Where it stood when the card was shown. */
  readonly before: { readonly pipelineId: string; readonly stageId: string };
  readonly lossReasonId?: string;
  readonly comment?: string;
}

export interface NoteDraft {
  readonly about: { readonly kind: "deal" | "company" | "contact"; readonly id: string };
  readonly text: string;
}

export interface TaskDraft {
  readonly text: string;
  /** ISO moment with an offset. */
  readonly dueAt: string;
  readonly about?: { readonly kind: "deal" | "company" | "contact"; readonly id: string };
  readonly ownerId?: string;
}
