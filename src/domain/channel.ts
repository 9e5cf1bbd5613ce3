import type { ToolCallRecord } from "./assistant.js";
import type { Address, FileRef, InboxEvent, MessageRef, Reply, Sender } from "./message.js";

/** A place where people talk. It turns the messenger's events into ours and our replies into the messenger's. */
export interface Channel {
  readonly id: string;
  start(inbox: Inbox): Promise<void>;
  stop(): Promise<void>;
  /** Proves, without receiving anything, that the messenger takes the token; resolves to what the bot is called there. */
  check?(): Promise<string>;
  /** One reply may become several messages. The same key is sent once; `onlyFor` is seen by one sender of a group alone. */
  send(to: Address, reply: Reply, options: { readonly key: string; readonly onlyFor?: string }): Promise<readonly MessageRef[]>;
  /** Replaces a message already sent, and sends what does not fit after it: a settled card, an answer after a crash. */
  edit(message: MessageRef, reply: Reply): Promise<readonly MessageRef[]>;
  /** Their private chat: private data asked in a group, and what Svyaz says first. */
  direct(sender: Pick<Sender, "id">, workspace?: string): Promise<Address>;
  /** Posts the placeholder that the answer will take the place of. */
  progress(to: Address): Promise<Progress>;
  readFile(file: FileRef, signal: AbortSignal): Promise<Uint8Array>;
}

export interface Progress {
  /** Kept with the inbox row, so that a second attempt edits it and posts no other. */
  readonly message: MessageRef;
  step(text: string): void;
  /** For channels that show the calls themselves (`--json`). */
  call?(call: ToolCallRecord): void;
  finish(reply: Reply): Promise<readonly MessageRef[]>;
}

/** What a channel delivers into. Once `take` resolves, the event is safely stored and may be acknowledged. */
export interface Inbox {
  take(event: InboxEvent): Promise<void>;
}
