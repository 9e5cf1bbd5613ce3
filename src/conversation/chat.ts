import type { Address } from "../domain/message.js";

/** One line of talk: a chat, or a thread in it. Also the unit in which turns go one after another. */
export function chatKey(address: Address): string {
  return [...room(address), address.thread ?? ""].map(encodeURIComponent).join("|");
}

/** The chat without its thread. */
export function roomKey(address: Address): string {
  return room(address).map(encodeURIComponent).join("|");
}

/** The same chat, in whatever thread. */
export function sameRoom(one: Address, other: Address): boolean {
  return roomKey(one) === roomKey(other);
}

function room({ channel, workspace, chat }: Address): string[] {
  return [channel, workspace ?? "", chat];
}
