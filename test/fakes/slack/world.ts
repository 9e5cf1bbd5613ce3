import { Refusal } from "./refusal.js";
import { type Drawn, draw } from "./shown.js";

type Json = Readonly<Record<string, unknown>>;

export interface FakeUser {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly emailConfirmed?: boolean;
  /** A guest of many channels, or of one. */
  readonly guest?: "multi-channel" | "single-channel";
  /** Somebody of another company in a shared channel. */
  readonly foreignTeam?: string;
  readonly bot?: boolean;
  deleted?: boolean;
}

export interface FakeFile {
  readonly id: string;
  readonly name: string;
  title: string;
  readonly mimetype: string;
  bytes: Uint8Array;
  readonly altText?: string;
  readonly durationMs?: number;
  readonly claims?: number;
  uploaded: boolean;
  deleted: boolean;
}

export interface FakeMessage {
  readonly ts: string;
  readonly user: string;
  readonly thread?: string;
  /** Shown to this person alone, and gone after a reload. */
  readonly ephemeralFor?: string;
  text: string;
  blocks?: readonly Json[];
  parse?: string;
  readonly files: readonly FakeFile[];
  readonly unfurls: boolean;
  edits: number;
  deleted: boolean;
}

export interface FakeChannel {
  readonly id: string;
  readonly kind: "im" | "channel";
  readonly name: string;
  readonly members: Set<string>;
  readonly shared: boolean;
  readonly messages: FakeMessage[];
  archived: boolean;
}

/** What a person sees of one message. */
export interface Seen extends Drawn {
  readonly ts: string;
  readonly thread?: string;
  /** What a notification says. */
  readonly notification: string;
  readonly files: readonly { readonly name: string; readonly title: string; readonly mimetype: string; readonly bytes: Uint8Array }[];
  readonly edits: number;
  readonly unfurls: boolean;
  readonly ephemeral: boolean;
}

/** Everything a workspace remembers: people, channels, messages, files, sessions. */
export class World {
  readonly team = "T0SVYAZ001";
  readonly bot = { userId: "U0SVYAZBOT", botId: "B0SVYAZBOT" };
  readonly users = new Map<string, FakeUser>();
  readonly channels = new Map<string, FakeChannel>();
  readonly files = new Map<string, FakeFile>();
  /** By channel and thread: the agent session's state, and the line under the thread. */
  readonly sessions = new Map<string, string>();
  readonly statusLines = new Map<string, string>();
  scopes: readonly string[] = [
    "app_mentions:read",
    "assistant:write",
    "chat:write",
    "files:read",
    "files:write",
    "im:history",
    "im:write",
    "users:read",
    "users:read.email",
  ];
  private last = 0;

  constructor(readonly now: () => Date) {
    this.users.set(this.bot.userId, { id: this.bot.userId, name: "svyaz", bot: true });
  }

  nextTs(): string {
    this.last += 1;
    return `${Math.floor(this.now().getTime() / 1000)}.${String(this.last).padStart(6, "0")}`;
  }

  nextId(prefix: string): string {
    this.last += 1;
    return `${prefix}0${String(this.last).padStart(9, "0")}`;
  }

  /** The channel of a direct talk with the bot; the same for ever. */
  im(user: string): FakeChannel {
    const id = `D${user.slice(1)}`;
    return this.channels.get(id) ?? this.addChannel({ id, kind: "im", name: "directmessage", members: [user, this.bot.userId] });
  }

  addChannel(
    channel: Pick<FakeChannel, "id" | "kind" | "name"> & { readonly members: readonly string[]; readonly shared?: boolean },
  ): FakeChannel {
    const added = { ...channel, members: new Set(channel.members), shared: channel.shared ?? false, messages: [], archived: false };
    this.channels.set(channel.id, added);
    return added;
  }

  /** A channel the bot may write to now, or the refusal of the real service. */
  open(id: unknown): FakeChannel {
    const channel = this.channels.get(String(id));
    if (!channel) throw new Refusal("channel_not_found");
    if (!channel.members.has(this.bot.userId)) throw new Refusal("not_in_channel");
    if (channel.archived) throw new Refusal("is_archived");
    return channel;
  }

  post(channel: FakeChannel, message: Partial<FakeMessage> & { readonly text: string }): FakeMessage {
    const blank = { user: this.bot.userId, files: [], unfurls: true, edits: 0, deleted: false };
    const posted: FakeMessage = { ...blank, ...message, ts: this.nextTs() };
    channel.messages.push(posted);
    // Slack clears the line under a thread when the app posts into it.
    if (posted.user === this.bot.userId) this.statusLines.delete(`${channel.id}:${posted.thread}`);
    return posted;
  }

  find(channel: FakeChannel, ts: unknown): FakeMessage | undefined {
    return channel.messages.find((message) => message.ts === ts && !message.deleted && message.ephemeralFor === undefined);
  }

  seen(id: string, by?: string): readonly Seen[] {
    return (this.channels.get(id)?.messages ?? [])
      .filter((message) => message.user === this.bot.userId && !message.deleted)
      .filter(({ ephemeralFor }) => ephemeralFor === undefined || ephemeralFor === by)
      .map(({ ts, thread, text, blocks, parse, files, edits, unfurls, ephemeralFor }) => {
        const drawn = draw(blocks, text, parse);
        const live = files.filter(({ deleted }) => !deleted);
        return {
          ...drawn,
          text: [drawn.text, ...live.map(({ title }) => title)].filter((one) => one !== "").join("\n"),
          ts,
          thread,
          notification: text,
          files: live,
          edits,
          unfurls,
          ephemeral: ephemeralFor !== undefined,
        };
      })
      .filter((message) => message.text !== "" || message.buttons.length > 0 || message.files.length > 0);
  }
}
