import type { EntityRef } from "./entity.js";
import type { Listing } from "./listing.js";

/** Names are noun-dot-past: "message.received", "tool.called", "lead.created", "sync.finished". */
export interface AuditEvent {
  readonly name: string;
  /** A person's id, or "svyaz" for what it does by itself, or "cli:<os user> as anna". */
  readonly actor: string;
  /** Ties together everything done for one message, one run, one approval. */
  readonly trace: string;
  readonly subject?: EntityRef;
  /** Stripped of secrets; kept beside the event, which holds only its salted digest. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

export interface AuditRecord extends AuditEvent {
  readonly id: string;
  readonly at: Date;
  readonly outcome: "started" | "succeeded" | "failed" | "denied";
  readonly error?: string;
  /** Its place in the chain; absent until the sealer has come by, within a second. */
  readonly number?: bigint;
  readonly digest?: string;
}

export interface AuditLog {
  /**
   * Writes "started", does the act, writes how it ended.
   * If the first line cannot be written, the act does not happen.
   */
  during<T>(event: AuditEvent, act: () => Promise<T>): Promise<T>;
  /** For things that are one moment and not an act. */
  note(event: AuditEvent, outcome?: "succeeded" | "denied"): Promise<void>;
  read(query: { readonly since?: Date; readonly until?: Date; readonly actor?: string; readonly trace?: string }): Listing<AuditRecord>;
  /** The first broken link, or nothing. */
  verify(): Promise<{ readonly brokenAt: bigint } | undefined>;
}
