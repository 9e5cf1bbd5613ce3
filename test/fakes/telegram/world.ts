import { type FakeEntity, clickable } from "./formatting.js";
import { Refusal } from "./refusal.js";
import type { Upload } from "./request.js";

export interface FakeButton {
  readonly text: string;
  readonly data: string;
  readonly style?: string;
}

/** A message as it lies in a chat. */
export interface FakeMessage {
  readonly id: number;
  readonly from: number;
  readonly thread?: number;
  text: string;
  entities: readonly FakeEntity[];
  buttons: FakeButton[][];
  /** Telegram's servers would fetch the first link. */
  preview: boolean;
  readonly photo?: Uint8Array;
  readonly document?: Upload;
  edits: number;
  deleted: boolean;
}

export interface FakePerson {
  readonly id: number;
  readonly name: string;
  readonly username?: string;
  /** Has pressed Start: before that, a bot may not write first. */
  started: boolean;
  blocked: boolean;
}

export interface FakeChat {
  id: number;
  readonly type: "private" | "group" | "supergroup";
  readonly title?: string;
  readonly topics: ReadonlySet<number>;
  readonly messages: FakeMessage[];
  movedTo?: number;
}

/** What a person sees of one message: text without markup, what could be pressed, pictures and files as bytes. */
export interface Seen {
  readonly id: number;
  readonly thread?: number;
  readonly text: string;
  readonly entities: readonly FakeEntity[];
  readonly clickable: readonly string[];
  readonly buttons: readonly (readonly FakeButton[])[];
  readonly photo?: Uint8Array;
  readonly document?: Upload;
  readonly edits: number;
  readonly preview: boolean;
}

/** Everything Telegram remembers: people, chats, messages, files, commands. */
export class World {
  readonly me = { id: 4_000_000_000, is_bot: true, first_name: "Svyaz", username: "svyaz_bot" };
  readonly people = new Map<number, FakePerson>();
  readonly chats = new Map<number, FakeChat>();
  readonly files = new Map<string, { readonly path: string; readonly bytes: Uint8Array }>();
  readonly commands = new Map<string, readonly { readonly command: string; readonly description: string }[]>();
  /** Callback queries whose button still shows the waiting look. */
  readonly spinning = new Set<string>();
  private lastMessage = 100;

  nextMessage(): number {
    this.lastMessage += 1;
    return this.lastMessage;
  }

  /** The chat a bot may write to now, or the refusal of the real server. */
  openChat(id: unknown, thread?: unknown): FakeChat & { readonly thread?: number } {
    const chat = this.chats.get(Number(id));
    if (!chat) throw new Refusal(400, "Bad Request: chat not found");
    if (chat.movedTo !== undefined) {
      throw new Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", { migrate_to_chat_id: chat.movedTo });
    }
    const person = chat.type === "private" ? this.people.get(chat.id) : undefined;
    if (person?.blocked) throw new Refusal(403, "Forbidden: bot was blocked by the user");
    if (person && !person.started) throw new Refusal(403, "Forbidden: bot can't initiate conversation with a user");
    if (thread !== undefined && !chat.topics.has(Number(thread))) throw new Refusal(400, "Bad Request: message thread not found");
    return { ...chat, thread: thread === undefined ? undefined : Number(thread) };
  }

  post(chat: FakeChat & { readonly thread?: number }, content: Partial<FakeMessage> & { readonly text: string }) {
    const blank = { entities: [], buttons: [], preview: true, edits: 0, deleted: false, thread: chat.thread };
    const message: FakeMessage = { ...blank, ...content, id: this.nextMessage(), from: this.me.id };
    chat.messages.push(message);
    return this.asMessage(chat, message);
  }

  asMessage(chat: FakeChat, message: FakeMessage) {
    return {
      message_id: message.id,
      date: 1_795_000_000,
      chat: { id: chat.id, type: chat.type, title: chat.title },
      from: message.from === this.me.id ? this.me : this.asUser(message.from),
      ...(message.thread === undefined ? {} : { message_thread_id: message.thread, is_topic_message: true }),
      ...(message.photo || message.document ? { caption: message.text } : { text: message.text, entities: message.entities }),
    };
  }

  asUser(id: number) {
    const person = this.people.get(id)!;
    return { id, is_bot: false, first_name: person.name, username: person.username, language_code: "ru" };
  }

  seen(chatId: number): readonly Seen[] {
    const messages = this.chats.get(chatId)?.messages ?? [];
    return messages
      .filter(({ from, deleted }) => from === this.me.id && !deleted)
      .map(({ id, thread, text, entities, buttons, photo, document, edits, preview }) => ({
        id,
        thread,
        text,
        entities,
        clickable: clickable({ text, entities }),
        buttons,
        photo,
        document,
        edits,
        preview,
      }));
  }
}
