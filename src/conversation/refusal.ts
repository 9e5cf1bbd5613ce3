import type { AuditLog } from "../domain/audit.js";
import type { Channel } from "../domain/channel.js";
import type { Log } from "../domain/log.js";
import type { InboxEvent } from "../domain/message.js";
import type { Language } from "../domain/people.js";
import { texts } from "../text/texts.js";
import { mostWaiting } from "./arrivals.js";
import { chatKey } from "./chat.js";
import { languageOf } from "./language.js";

/**
 * What becomes of a message when too many of its sender's wait already: its row says "refused", and each of the sender's chats is
 * told once, until the rush is over. That leaves a line in the audit log; a line for each message would make the flood a bigger one.
 */
export function createRefusal(parts: {
  readonly audit: AuditLog;
  readonly channel: (id: string) => Channel | undefined;
  readonly language: Language;
  /** Everything of this sender's is answered. */
  readonly isOver: (sender: string) => boolean;
  readonly log: Log;
}): (event: InboxEvent, sender: string) => Promise<void> {
  const told = new Map<string, Set<string>>();

  return async (event, sender) => {
    for (const one of told.keys()) if (parts.isOver(one)) told.delete(one);
    const chats = told.get(sender) ?? new Set<string>();
    told.set(sender, chats);
    const chat = chatKey(event.address);
    const channel = parts.channel(event.address.channel);
    if (chats.has(chat) || !channel || event.kind !== "message") return;
    chats.add(chat);
    await parts.audit.note(
      { name: "message.refused", actor: sender, trace: `refused:${event.id}`, payload: { why: "too many wait" } },
      "denied",
    );
    const markdown = texts(languageOf(event.text, parts.language)).limits.tooManyWaiting(mostWaiting);
    // Whoever delivers must not wait for the messenger.
    void channel
      .send(event.address, [{ kind: "text", markdown }], {
        key: `refused:${event.id}`,
        onlyFor: event.visibility === "group" ? event.sender.id : undefined,
      })
      .catch((error: unknown) => parts.log.warn("a refusal could not be sent", { chat, error }));
  };
}
