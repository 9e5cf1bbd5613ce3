import type { Address, Arrival, FileRef, InboxEvent, Sender } from "../../domain/message.js";
import { decodePress } from "../kit/buttons.js";
import { joinAround } from "../kit/mention.js";
import { printable } from "../kit/printable.js";
import type { Chat, File, Message, Update, User } from "./updates.js";

/** The bot itself, as `getMe` tells. */
export interface Myself {
  readonly id: number;
  readonly username: string;
}

/** The data of the button under a placeholder; no choice encodes to it. */
export const stopPress = "stop";

/**
 * An update as an event of ours, or nothing for what is not meant for us: talk of a group that neither names nor answers
 * the bot, service messages, presses of buttons that are not ours. Pure: the same update gives the same event.
 */
export function toEvent(update: Update, me: Myself, receivedAt: Date): InboxEvent | undefined {
  const arrival = { id: String(update.update_id), receivedAt };
  if (update.message) return fromMessage(update.message, me, arrival);
  if (update.callback_query) return fromPress(update.callback_query, arrival);
  if (update.my_chat_member) return fromMembership(update.my_chat_member, arrival);
  return undefined;
}

type Stamp = Pick<Arrival, "id" | "receivedAt">;

function fromMessage(message: Message, me: Myself, stamp: Stamp): InboxEvent | undefined {
  if (!message.from || message.chat.type === "channel" || message.is_automatic_forward) return undefined;
  // What was forwarded or written by another bot in the person's name is somebody else's words, commands and mentions included.
  const foreign = message.forward_origin !== undefined || message.via_bot !== undefined;
  const said = textFor(message, me);
  if (message.chat.type !== "private" && !isForUs(message, foreign ? { ...said, addressed: false } : said, me)) return undefined;
  const files = filesOf(message);
  if (!said.text && files.length === 0 && !hasOtherContent(message)) return undefined;

  const arrival: Arrival = { ...stamp, address: addressOf(message), visibility: visibilityOf(message.chat), sender: senderOf(message) };
  const text = foreign ? "" : printable(said.text);
  if (text === "/stop") return { ...arrival, kind: "stopped" };
  const quoted = [quotedIn(message), foreign ? said.text : undefined, contactIn(message)].filter((words) => words?.trim());
  return { ...arrival, kind: "message", text, quoted: quoted.length > 0 ? printable(quoted.join("\n\n")) : undefined, files };
}

function fromPress(press: NonNullable<Update["callback_query"]>, stamp: Stamp): InboxEvent | undefined {
  if (!press.message || press.data === undefined) return undefined;
  const address = addressOf(press.message);
  const arrival: Arrival = { ...stamp, address, visibility: visibilityOf(press.message.chat), sender: personOf(press.from) };
  if (press.data === stopPress) return { ...arrival, kind: "stopped" };
  const pressed = decodePress(press.data);
  return pressed && { ...arrival, kind: "choice", ...pressed, on: { address, id: String(press.message.message_id) } };
}

/** Let into a group: joined. Blocked or thrown out: nobody is left to answer, so what is at work there stops. */
function fromMembership(change: NonNullable<Update["my_chat_member"]>, stamp: Stamp): InboxEvent | undefined {
  const wasIn = isIn(change.old_chat_member.status);
  const isInNow = isIn(change.new_chat_member.status);
  if (change.chat.type === "channel" || wasIn === isInNow) return undefined;
  return {
    ...stamp,
    kind: isInNow ? "joined" : "stopped",
    address: { channel: "telegram", chat: String(change.chat.id) },
    visibility: visibilityOf(change.chat),
    sender: personOf(change.from),
  };
}

function isIn(status: string): boolean {
  return status !== "left" && status !== "kicked";
}

interface Said {
  readonly text: string;
  /** A mention of the bot or a command for it was in it; both are taken out. */
  readonly addressed: boolean;
}

/** The text without our own name: "@svyaz_bot что у нас с Ромашкой" and "/start@svyaz_bot code" as they are in a private chat. */
function textFor(message: Message, me: Myself): Said {
  const whole = message.text ?? message.caption ?? message.sticker?.emoji ?? "";
  const entities = message.text === undefined ? message.caption_entities : message.entities;
  const name = `@${me.username.toLowerCase()}`;
  let text = whole;
  let addressed = false;
  const fromTheEnd = [...(entities ?? [])].sort((a, b) => b.offset - a.offset);
  for (const { type, offset, length, user } of fromTheEnd) {
    const part = whole.slice(offset, offset + length).toLowerCase();
    const mention = (type === "mention" && part === name) || (type === "text_mention" && user?.id === me.id);
    const command = type === "bot_command" && offset === 0 && (!part.includes("@") || part.endsWith(name));
    addressed ||= mention || command;
    if (mention) text = joinAround(text.slice(0, offset), text.slice(offset + length));
    else if (command) text = part.replace(name, "") + text.slice(offset + length);
  }
  return { text: text.trim(), addressed };
}

/** In a group people talk to one another: only what names the bot, commands it or answers it is for it. */
function isForUs(message: Message, said: Said, me: Myself): boolean {
  const reply = message.reply_to_message;
  return said.addressed || (reply?.from?.id === me.id && reply.forum_topic_created === undefined);
}

function addressOf(message: { chat: Chat; message_thread_id?: number; is_topic_message?: boolean }): Address {
  // A thread id outside topics only groups replies; sending into it would be refused.
  const thread = message.is_topic_message && message.message_thread_id !== undefined ? String(message.message_thread_id) : undefined;
  return { channel: "telegram", chat: String(message.chat.id), ...(thread === undefined ? {} : { thread }) };
}

function visibilityOf(chat: Chat): "private" | "group" {
  return chat.type === "private" ? "private" : "group";
}

/**
 * Who wrote. Anonymous administrators and channels write under service accounts that many share, so they count as bots
 * under an id that nobody can be linked to.
 */
function senderOf(message: Message): Sender {
  const { from, sender_chat: chat } = message;
  if (chat) return { id: `chat:${chat.id}`, name: chat.title ?? "", standing: "bot" };
  return personOf(from!);
}

function personOf(user: User): Sender {
  const name = printable([user.first_name, user.last_name].filter(Boolean).join(" "));
  return { id: String(user.id), name, standing: user.is_bot ? "bot" : "member" };
}

function quotedIn(message: Message): string | undefined {
  return message.quote?.text ?? message.reply_to_message?.text ?? message.reply_to_message?.caption;
}

/** A shared contact card is material like a forwarded message: the person wrote none of it. */
function contactIn({ contact }: Message): string | undefined {
  return contact && [contact.first_name, contact.last_name, contact.phone_number].filter(Boolean).join(" ");
}

function filesOf(message: Message): readonly FileRef[] {
  const { document, voice, audio, video, video_note: note } = message;
  const photo = message.photo?.at(-1);
  return [
    document && toFile(document, "document", "application/octet-stream"),
    // Every size of a photo is listed, the largest last.
    photo && toFile(photo, "photo.jpg", "image/jpeg"),
    voice && toFile(voice, "voice.ogg", "audio/ogg"),
    audio && toFile(audio, "audio", "audio/mpeg"),
    video && toFile(video, "video.mp4", "video/mp4"),
    note && toFile(note, "video.mp4", "video/mp4"),
  ].filter((file) => file !== undefined);
}

function toFile(file: File, name: string, mediaType: string): FileRef {
  return {
    id: file.file_id,
    name: printable(file.file_name ?? name),
    mediaType: file.mime_type ?? mediaType,
    bytes: file.file_size,
    seconds: file.duration,
  };
}

/** Content without words for us: the person is still told something. Service messages have none of it. */
function hasOtherContent(message: Message): boolean {
  const { sticker, contact, location, venue, poll, dice, story } = message;
  const named = message.text !== undefined || message.caption !== undefined;
  return named || [sticker, contact, location, venue, poll, dice, story].some((content) => content !== undefined);
}
