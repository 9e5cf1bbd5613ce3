import type { Channel } from "../domain/channel.js";
import type { Log } from "../domain/log.js";
import type { Address } from "../domain/message.js";

/** "telegram:-1004711" or "slack:C0ADMINS": a chat that an admin names in the settings. */
export function readChatName(name: string): Address {
  const at = name.indexOf(":");
  return { channel: name.slice(0, at), chat: name.slice(at + 1) };
}

/**
 * Says something in the admins' chat. What cannot be said there, and all that is said where none is set, is a line of the log:
 * whoever speaks has nothing to mend.
 */
export function createAdminChat(parts: {
  readonly name?: string;
  readonly channel: (id: string) => Pick<Channel, "send"> | undefined;
  readonly log: Log;
}): (markdown: string, key: string) => Promise<void> {
  const { name, channel, log } = parts;
  const address = name === undefined ? undefined : readChatName(name);
  return async (markdown, key) => {
    const room = address && channel(address.channel);
    if (!address || !room) {
      log.info(markdown, { key });
      return;
    }
    await room
      .send(address, [{ kind: "text", markdown }], { key })
      .catch((error: unknown) => log.warn("the admins' chat could not be written to", { key, error, markdown }));
  };
}
