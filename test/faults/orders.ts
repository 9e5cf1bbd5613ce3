import type { Role } from "../../src/domain/people.js";

/** Where a process ends itself: at the `hit`th passing of a failpoint, counted from its start. */
export interface Death {
  readonly at: string;
  readonly hit: number;
}

/** What the process is started with, as its one argument. */
export interface ProcessOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** How far its clock is ahead of the machine's, milliseconds. */
  readonly clockAheadMs: number;
  readonly death?: Death;
  readonly httpTimeoutMs: number;
}

export interface Employee {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly principal: string;
}

/** What the harness asks of the process. `number` ties the answer to it. */
export type Order = { readonly number: number } & Wish;
export type Wish =
  | { readonly act: "people"; readonly people: readonly Employee[] }
  /** Answered by the ids of the cards that came back. */
  | { readonly act: "ask"; readonly text: string; readonly as: string; readonly chat: string }
  /** The command line's way to a card; answered by its exit code. */
  | { readonly act: "decide"; readonly id: string; readonly yes: boolean; readonly as: string }
  /** The messenger's way to it: a pressed button, which is an event of its own. */
  | { readonly act: "press"; readonly id: string; readonly yes: boolean; readonly as: string; readonly chat: string }
  /** From now on; the passing of failpoints is counted anew. */
  | { readonly act: "die"; readonly death: Death }
  /** Their own sign-in to the CRM, by the way a person goes: link, vendor's page, way back. */
  | { readonly act: "sign-in"; readonly as: string }
  /** Asks for a client in their name; answered by what comes back. */
  | { readonly act: "knock"; readonly as: string }
  | { readonly act: "sync"; readonly full?: boolean }
  /** Answered by what stands in the mirror. */
  | { readonly act: "mirror" }
  /** A web hook of the CRM's; answered when it would have been answered over HTTP. */
  | { readonly act: "hook"; readonly body: string }
  /** What the queue does with stored web hooks. */
  | { readonly act: "refresh" }
  | { readonly act: "facts" }
  | { readonly act: "stop" };

/** What a person with a sign-in of their own gets: an answer, the request to sign in again, or neither. */
export type Knocked = "answered" | "reconnect" | "trouble";

export type Told = { readonly ready: true } | { readonly number: number; readonly answer?: unknown; readonly error?: string };
