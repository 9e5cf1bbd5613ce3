import type { Operation } from "./access.js";
import type { EntityRef } from "./entity.js";
import type { Address, Choice, Line } from "./message.js";
import type { Language, Person } from "./people.js";
import type { Schema } from "./schema.js";

declare const approvedBrand: unique symbol;

/**
 * Something that was agreed to. Writing methods of connectors take nothing else,
 * and only the approvals service makes one: an unconfirmed write does not compile.
 */
export interface Approved<Draft> {
  readonly [approvedBrand]: true;
  /** Also the idempotency key and the mark in the record: the same approval never writes twice. */
  readonly approval: string;
  readonly system: string;
  readonly draft: Draft;
  /** In whose name and with whose rights it is written, read again at the press. */
  readonly askedBy: Person;
  readonly agreedBy: readonly Person[];
  readonly askedAt: Date;
}

export interface Receipt {
  readonly ref: EntityRef;
  readonly url?: string;
  /** Present when it can be taken back: what the button says, and what stood there before. */
  readonly undo?: { readonly label: string; readonly before: Readonly<Record<string, unknown>> };
}

/** "absent" is a promise: were it written, the system would show it by now. */
export type Written = EntityRef | "absent" | "unsure";

export type ApprovalState = "waiting" | "rejected" | "expired" | "agreed" | "running" | "done" | "failed" | "unknown";

export interface Proposal {
  readonly tool: string;
  readonly operation: Operation;
  readonly draft: unknown;
  readonly askedBy: Person;
  readonly language: Language;
  readonly address: Address;
  readonly title: string;
  readonly lines: readonly Line[];
  /** The turn's id and the caller as the audit log names them. */
  readonly trace: string;
  readonly actor: string;
}

/** What the conversation needs to know of an approval to act on it and to tell of it. */
export interface ApprovalCard {
  readonly id: string;
  readonly tool: string;
  readonly state: ApprovalState;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly trace: string;
  readonly actor: string;
  readonly language: Language;
  readonly address: Address;
  readonly askedBy: string;
  readonly operation: Operation;
  /** Besides the asker's own yes somebody else's is needed. */
  readonly second: boolean;
  readonly expiresAt: Date;
  readonly agreedAt?: Date;
  readonly receipt?: Receipt;
}

export interface Approvals {
  /** Keeps the draft, its hash and what was shown, and returns the card. */
  propose(proposal: Proposal): Promise<Choice>;
  /**
   * Settles it exactly once: a second answer, a stranger's, a late one and one from another chat throw `ApprovalUnusable`.
   * Where two yeses are needed the asker's own comes first and leaves it waiting, for 24 hours more; a second person's answer is
   * taken without `from` only, since their button is bound to its chat by whoever kept it.
   */
  answer(approval: string, yes: boolean, by: Person, from?: Address): Promise<ApprovalState>;
  /** From `agreed`, or from a `running` that lost its lease, to `running`. One caller wins, the others get nothing. */
  take<Draft>(approval: string, draft: Schema<Draft>): Promise<Approved<Draft> | undefined>;
  /** The gate's question before each write: running, under this lease, with this hash? */
  holds(approved: Approved<unknown>): Promise<boolean>;
  /** So the card and the audit log tell the same story. */
  close(
    approval: string,
    end: { readonly state: "done"; readonly receipt: Receipt } | { readonly state: "failed" | "unknown"; readonly reason: string },
  ): Promise<void>;
  /** Keeps a running approval its taker's for a while longer. */
  extend(approved: Approved<unknown>): Promise<void>;
  card(approval: string): Promise<ApprovalCard | undefined>;
  /** Who may give the second yes, as of now. Those who may do it in the asker's department alone come before those who may everywhere. */
  seconds(approval: string): Promise<readonly Person[]>;
  /** Their cards are out. */
  secondsAsked(approval: string): Promise<void>;
  /** Cards with the asker's own yes: nobody else has been asked yet, or nobody has answered in time (these are closed by this call). */
  secondsMissing(): Promise<{ readonly unasked: readonly ApprovalCard[]; readonly expired: readonly ApprovalCard[] }>;
  /** A turn that is run again after a crash: what its first try proposed was never shown. */
  withdraw(trace: string): Promise<void>;
  /** The newest card of that tool which the person was shown in that chat by an earlier message, and has not answered. */
  lastShown(by: {
    readonly person: Person;
    readonly address: Address;
    readonly tool: string;
    readonly trace: string;
  }): Promise<string | undefined>;
  /** Another card takes its place: it is closed, and a later press on it is told so. False when it was answered meanwhile. */
  supersede(approval: string, by: Person, trace: string): Promise<boolean>;
  /** Agreed or running, and nobody at work on it: what the recovery sweep looks through. */
  left(): Promise<
    readonly { readonly approval: string; readonly tool: string; readonly state: "agreed" | "running"; readonly agreedAt: Date }[]
  >;
}
