import type { Address, Arrival, FileRef, InboxEvent } from "../../domain/message.js";
import { decodePress } from "../kit/buttons.js";
import { joinAround } from "../kit/mention.js";
import { printable } from "../kit/printable.js";
import type { BlockActions, Body, Event, Said, SharedFile } from "./events.js";
import type { People } from "./people.js";
import { decodeText, mentionsIn } from "./wire-text.js";

/** The app itself, as `auth.test` tells. */
export interface Myself {
  readonly team: string;
  readonly userId: string;
}

/** What the app's own controls are called; the buttons of choices begin with `press`. */
export const actionIds = { press: "press:", stop: "stop", feedback: "feedback" } as const;

/** How many people named in one message are looked up. */
const mostNames = 5;

/**
 * A checked body as an event of ours, or nothing for what is not meant for us: other bots and ourselves, talk of a channel that
 * does not mention the app, edits, service messages, controls that are not ours.
 */
export async function toEvent(body: Body, me: Myself, people: People, receivedAt: Date): Promise<InboxEvent | undefined> {
  if (body.type === "block_actions") return fromPress(body, me, people, receivedAt);
  const { event, event_id: id } = body;
  switch (event.type) {
    case "message":
    case "app_mention":
      return isForUs(event, me) ? fromMessage(event, me, people, { id, receivedAt }) : undefined;
    case "agent_session_stopped": {
      const address = addressOf(event.channel, event.thread_ts, me);
      return { id, receivedAt, kind: "stopped", address, visibility: visibilityOf(event.channel), sender: await people.sender(event.user) };
    }
    case "app_home_opened": {
      if (event.tab !== "messages" || event.channel === undefined) return undefined;
      // Opened again and again; the id makes it the one event that it is for us.
      const arrival = { id: `joined:${event.user}`, receivedAt, address: addressOf(event.channel, undefined, me) };
      return { ...arrival, kind: "joined", visibility: "private", sender: await people.sender(event.user) };
    }
  }
}

function isForUs(event: Extract<Event, { type: "message" | "app_mention" }>, me: Myself): boolean {
  if (event.user === undefined || event.user === me.userId || event.bot_id !== undefined) return false;
  // The answer to the first wording stands; the person writes anew.
  if (event.edited !== undefined) return false;
  if (event.subtype !== undefined && !["file_share", "thread_broadcast", "me_message"].includes(event.subtype)) return false;
  return event.type === "app_mention" || visibilityOf(event.channel) === "private";
}

async function fromMessage(said: Said, me: Myself, people: People, stamp: Pick<Arrival, "id" | "receivedAt">): Promise<InboxEvent> {
  const sender = await people.sender(said.user!);
  const shared = (said.attachments ?? []).filter(({ is_share: share, is_msg_unfurl: unfurl }) => share || unfurl);
  const wire = withoutName(said.text ?? "", me);
  const names = await namesIn([wire, ...shared.map(({ text }) => text ?? "")].join("\n"), people);
  const decode = (text: string) => printable(decodeText(text, (id) => names.get(id))).trim();
  const quoted = shared.map(({ text }) => decode(text ?? "")).filter((text) => text !== "");
  return {
    ...stamp,
    kind: "message",
    // Each message of a direct talk begins a thread; the answer goes into it.
    address: addressOf(said.channel, said.thread_ts ?? said.ts, me),
    visibility: visibilityOf(said.channel),
    sender,
    text: decode(wire),
    quoted: quoted.length > 0 ? quoted.join("\n\n") : undefined,
    files: (said.files ?? []).map(toFile),
  };
}

async function fromPress(body: BlockActions, me: Myself, people: People, receivedAt: Date): Promise<InboxEvent | undefined> {
  const { user, channel, message, actions } = body;
  const [action] = actions;
  if (!channel || !message || !action) return undefined;
  const isStop = action.action_id === actionIds.stop;
  const pressed = action.action_id.startsWith(actionIds.press) ? decodePress(action.value ?? "") : undefined;
  if (!isStop && !pressed) return undefined;
  const address = addressOf(channel.id, message.thread_ts ?? message.ts, me);
  const arrival: Arrival = {
    // A press has no event id; this names it, however often it is told of.
    id: `press:${channel.id}:${message.ts}:${user.id}:${action.action_ts}`,
    address,
    visibility: visibilityOf(channel.id),
    sender: await people.sender(user.id),
    receivedAt,
  };
  return pressed ? { ...arrival, kind: "choice", ...pressed, on: { address, id: message.ts } } : { ...arrival, kind: "stopped" };
}

function addressOf(channel: string, thread: string | undefined, me: Myself): Address {
  return { channel: "slack", workspace: me.team, chat: channel, ...(thread === undefined ? {} : { thread }) };
}

/** The ids of direct talks begin with D; group talks and channels with C or G. */
export function visibilityOf(channel: string): "private" | "group" {
  return channel.startsWith("D") ? "private" : "group";
}

/** The text without our own name: "<@U0BOT> что у нас с Ромашкой". */
function withoutName(wire: string, me: Myself): string {
  const [before = "", ...after] = wire.split(new RegExp(`<@${me.userId}(?:\\|[^<>]*)?>`));
  return after.reduce(joinAround, before);
}

/** "Задачу на @Борис": names mean something to the tools, ids do not. Whoever cannot be looked up keeps the id. */
async function namesIn(wire: string, people: People): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    mentionsIn(wire)
      .slice(0, mostNames)
      .map(async (id) => [id, await people.sender(id).catch(() => undefined)] as const),
  );
  return new Map(found.flatMap(([id, person]) => (person && person.name !== "" ? [[id, person.name] as const] : [])));
}

function toFile({ id, name, mimetype, size, duration_ms: durationMs }: SharedFile): FileRef {
  return {
    id,
    name: printable(name || "file"),
    mediaType: mimetype || "application/octet-stream",
    bytes: size,
    seconds: durationMs === undefined ? undefined : Math.round(durationMs / 1000),
  };
}
