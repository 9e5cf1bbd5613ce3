import type { EntityRef } from "./entity.js";
import type { ChartSpec, Table } from "./numbers.js";

/** Where a message came from and where its answer goes. Slack's ids are unique only inside a workspace. */
export interface Address {
  readonly channel: string;
  readonly workspace?: string;
  readonly chat: string;
  readonly thread?: string;
}
export interface MessageRef {
  readonly address: Address;
  readonly id: string;
}

/** `id` is the messenger's own and stable; names are shown and never trusted. */
export interface Sender {
  readonly id: string;
  readonly name: string;
  readonly verifiedEmail?: string;
  readonly standing: "member" | "guest" | "outsider" | "bot";
}

/** Plain data: an arrival is a row in `inbox` before it is acknowledged. */
export interface Arrival {
  /** The messenger's id of the event (`update_id`, `event_id`); with channel and workspace it is unique. */
  readonly id: string;
  readonly address: Address;
  readonly visibility: "private" | "group";
  readonly sender: Sender;
  readonly receivedAt: Date;
}

/** What a person wrote, already free of everything that only one messenger knows. */
export interface IncomingMessage extends Arrival {
  readonly kind: "message";
  readonly text: string;
  /** Somebody else's words, forwarded or replied to: material, never a wish of the sender. */
  readonly quoted?: string;
  readonly files: readonly FileRef[];
}

export interface IncomingChoice extends Arrival {
  readonly kind: "choice";
  readonly choice: string;
  readonly option: string;
  readonly on: MessageRef;
}

export type InboxEvent =
  | IncomingMessage
  | IncomingChoice
  | (Arrival & { readonly kind: "stopped" })
  | (Arrival & { readonly kind: "joined" });

/** A file still at the messenger; its channel reads it. */
export interface FileRef {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes?: number;
  readonly seconds?: number;
}

/** An answer, in the order it is read. Each channel renders each kind in its own best way. */
export type Reply = readonly Block[];

export type Block =
  | { readonly kind: "text"; readonly markdown: string }
  | { readonly kind: "table"; readonly table: Table; readonly caption?: string }
  | { readonly kind: "chart"; readonly chart: ChartSpec; readonly caption: string }
  | { readonly kind: "image"; readonly mediaType: string; readonly bytes: Uint8Array; readonly caption: string }
  | { readonly kind: "sources"; readonly sources: readonly Source[] }
  | { readonly kind: "file"; readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array }
  | Choice;

/** One question with buttons: "which Romashka?", Undo, Retry, "show more", feedback, and every approval. */
export interface Choice {
  /** Opaque and random; all that a button carries besides the option. */
  readonly id: string;
  readonly kind: "choice";
  readonly question: string;
  /** An approval's card: exactly what would be written. */
  readonly lines?: readonly Line[];
  readonly options: readonly Option[];
  readonly expiresAt?: Date;
}

export interface Line {
  readonly label: string;
  readonly value: string;
  /** The value stood in a document or a record and not in the person's words; shown with a mark. */
  readonly outside?: EntityRef;
}

export interface Source {
  readonly title: string;
  readonly url?: string;
  readonly ref: EntityRef;
}

export interface Option {
  readonly id: string;
  readonly label: string;
  /** What a press stands for, as if the person had written it ("amocrm:company:17"). Kept by the conversation; it never travels through a messenger. */
  readonly says?: string;
  readonly style?: "primary" | "danger";
}
