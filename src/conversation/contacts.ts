import type { Channel } from "../domain/channel.js";
import type { Address } from "../domain/message.js";
import { sameRoom } from "./chat.js";

/** A messenger account of a person, by the messenger's own id. */
export interface LinkedAccount {
  readonly channel: string;
  readonly workspace: string;
  readonly sender: string;
}

export interface Contacts {
  /**
   * A chat that this person alone reads: the given one where it is such, else their private one, in the same messenger if they are
   * known there. Undefined when no messenger knows them. Rejects when a messenger cannot be asked.
   */
  privately(person: string, address?: Address): Promise<Address | undefined>;
}

/** Where a person can be written to first: their accounts, the newest first, in channels that run. */
export function createContacts({
  accounts,
  channel,
}: {
  readonly accounts: (person: string) => Promise<readonly LinkedAccount[]>;
  readonly channel: (id: string) => Channel | undefined;
}): Contacts {
  return {
    async privately(person, address) {
      // Its chats are private by nature, and nobody is linked there.
      if (address?.channel === "terminal") return address;
      const known = await accounts(person);
      const here = (account: LinkedAccount) => account.channel === address?.channel && account.workspace === (address.workspace ?? "");
      const account = [...known.filter(here), ...known].find((one) => channel(one.channel) !== undefined);
      const direct = account && (await channel(account.channel)?.direct({ id: account.sender }, account.workspace || undefined));
      return direct && address && sameRoom(direct, address) ? address : direct;
    },
  };
}
