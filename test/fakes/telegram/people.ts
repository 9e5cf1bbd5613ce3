import type { UpdateQueue } from "./updates.js";
import type { FakeChat, FakeMessage, World } from "./world.js";

/** Everything a person may put into a message besides text. */
export interface Written {
  /** A group's id; the person's private chat when absent. */
  readonly chat?: number;
  readonly thread?: number;
  readonly replyTo?: number;
  readonly quote?: string;
  readonly forwarded?: boolean;
  readonly viaBot?: boolean;
  /** Written in the name of a channel, or by an anonymous administrator. */
  readonly senderChat?: { readonly id: number; readonly title: string };
  readonly fromBot?: boolean;
  readonly voice?: { readonly seconds: number; readonly bytes: Uint8Array };
  readonly document?: { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array; readonly claims?: number };
  readonly photo?: Uint8Array;
  /** Fields given as they are: contact, sticker, new_chat_members … */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** The group's bot sees everything (privacy mode off). */
  readonly unfiltered?: boolean;
}

/** What people do in Telegram, as updates for the bot. */
export class People {
  constructor(
    private readonly world: World,
    private readonly queue: UpdateQueue,
  ) {}

  add(id: number, name: string, options: { readonly username?: string; readonly started?: boolean } = {}): number {
    this.world.people.set(id, { id, name, username: options.username, started: options.started ?? true, blocked: false });
    this.world.chats.set(id, { id, type: "private", topics: new Set(), messages: [] });
    return id;
  }

  addGroup(id: number, title: string, topics: readonly number[] = []): number {
    const type = topics.length > 0 ? "supergroup" : "group";
    this.world.chats.set(id, { id, type, title, topics: new Set(topics), messages: [] });
    return id;
  }

  /** Writes; returns the message's id. In groups, privacy mode holds back what is not for the bot. */
  write(person: number, text: string, written: Written = {}): number {
    const chat = this.world.chats.get(written.chat ?? person)!;
    const known = this.world.people.get(person);
    if (known && chat.type === "private") known.started = true;
    const id = this.world.nextMessage();
    const stored: FakeMessage = {
      id,
      from: person,
      thread: written.thread,
      text,
      entities: entitiesOf(text),
      buttons: [],
      preview: false,
      edits: 0,
      deleted: false,
    };
    chat.messages.push(stored);
    const message = { ...this.base(chat, stored, written), ...this.content(text, written, id), ...written.extra };
    if (chat.type === "private" || written.unfiltered || this.reaches(stored, written, chat)) this.queue.add("message", message);
    return id;
  }

  edit(person: number, id: number, text: string): void {
    const chat = [...this.world.chats.values()].find(({ messages }) => messages.some((message) => message.id === id))!;
    const message = chat.messages.find((one) => one.id === id)!;
    message.text = text;
    this.queue.add("edited_message", { ...this.world.asMessage(chat, message), from: this.world.asUser(person), edit_date: 1_795_000_100 });
  }

  /** Presses the newest button with this label; returns the id of the callback query. */
  press(person: number, label: string, chatId = person): string {
    const chat = this.world.chats.get(chatId)!;
    const message = chat.messages.findLast(({ buttons, deleted }) => !deleted && buttons.flat().some(({ text }) => text === label));
    const button = message?.buttons.flat().find(({ text }) => text === label);
    if (!message || !button) throw new Error(`no button "${label}" in chat ${chatId}`);
    return this.pressData(person, button.data, chatId, message.id);
  }

  pressData(person: number, data: string, chatId: number, messageId: number): string {
    const chat = this.world.chats.get(chatId)!;
    const message = chat.messages.find(({ id }) => id === messageId)!;
    const id = `query-${this.world.nextMessage()}`;
    this.world.spinning.add(id);
    const shown = this.world.asMessage(chat, message);
    this.queue.add("callback_query", { id, from: this.world.asUser(person), chat_instance: "1", data, message: shown });
    return id;
  }

  block(person: number): void {
    this.world.people.get(person)!.blocked = true;
    this.membership(person, this.world.chats.get(person)!, "member", "kicked");
  }

  inviteBot(person: number, group: number): void {
    this.membership(person, this.world.chats.get(group)!, "left", "member");
  }

  /** The group becomes a supergroup with a new id. */
  migrate(group: number): number {
    const chat = this.world.chats.get(group)!;
    const id = -1_000_000_000_000 + group;
    this.world.chats.set(id, { ...chat, id, type: "supergroup" });
    this.world.chats.set(group, { ...chat, movedTo: id });
    return id;
  }

  private membership(person: number, chat: FakeChat, before: string, after: string): void {
    this.queue.add("my_chat_member", {
      chat: { id: chat.id, type: chat.type, title: chat.title },
      from: this.world.asUser(person),
      date: 1_795_000_000,
      old_chat_member: { status: before, user: this.world.me },
      new_chat_member: { status: after, user: this.world.me },
    });
  }

  private base(chat: FakeChat, stored: FakeMessage, written: Written) {
    const replied = chat.messages.find(({ id }) => id === written.replyTo);
    const from =
      written.fromBot || written.senderChat
        ? { id: 1_087_968_824, is_bot: true, first_name: "Group", username: "GroupAnonymousBot" }
        : this.world.asUser(stored.from);
    const head = {
      message_id: stored.id,
      date: 1_795_000_000,
      chat: { id: chat.id, type: chat.type, title: chat.title },
      ...(stored.thread === undefined ? {} : { message_thread_id: stored.thread, is_topic_message: true }),
    };
    return {
      ...head,
      from,
      ...(written.senderChat ? { sender_chat: { ...written.senderChat, type: "channel" } } : {}),
      ...(replied ? { reply_to_message: this.world.asMessage(chat, replied) } : {}),
      ...(written.quote ? { quote: { text: written.quote, position: 0 } } : {}),
      ...(written.forwarded ? { forward_origin: { type: "hidden_user", sender_user_name: "Somebody", date: 1 } } : {}),
      ...(written.viaBot ? { via_bot: { id: 5, is_bot: true, first_name: "Inline" } } : {}),
    };
  }

  private content(text: string, { voice, document, photo }: Written, id: number): Record<string, unknown> {
    const keep = (bytes: Uint8Array, name: string) => {
      this.world.files.set(`file-${id}`, { path: `documents/${name}`, bytes });
      return { file_id: `file-${id}`, file_unique_id: `u-${id}`, file_size: bytes.length };
    };
    const caption = text === "" ? {} : { caption: text, caption_entities: entitiesOf(text) };
    if (voice) return { ...caption, voice: { ...keep(voice.bytes, "voice.oga"), duration: voice.seconds, mime_type: "audio/ogg" } };
    if (document) {
      const { name, mediaType, bytes, claims } = document;
      const file = keep(bytes, "file 1.bin");
      return { ...caption, document: { ...file, file_size: claims ?? bytes.length, file_name: name, mime_type: mediaType } };
    }
    if (photo) {
      const large = keep(photo, "photo.jpg");
      return {
        ...caption,
        photo: [
          { ...large, file_id: "small", width: 90, height: 90 },
          { ...large, width: 900, height: 900 },
        ],
      };
    }
    return text === "" ? {} : { text, entities: entitiesOf(text) };
  }

  private reaches({ text }: FakeMessage, { replyTo }: Written, chat: FakeChat): boolean {
    const answersBot = chat.messages.some(({ id, from }) => id === replyTo && from === this.world.me.id);
    return answersBot || text.startsWith("/") || text.toLowerCase().includes(`@${this.world.me.username}`);
  }
}

/** Clients mark commands and mentions by themselves. */
function entitiesOf(text: string) {
  return [...text.matchAll(/(?<![\w/])\/\w+(?:@\w+)?|(?<![\w@])@\w{4,32}/g)].map((match) => ({
    type: match[0].startsWith("/") ? "bot_command" : "mention",
    offset: match.index,
    length: match[0].length,
  }));
}
