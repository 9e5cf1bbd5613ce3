import type { Deliveries, Delivery } from "./deliveries.js";
import { asFile } from "./methods.js";
import type { FakeFile, FakeMessage, FakeUser, World } from "./world.js";

type Json = Readonly<Record<string, unknown>>;

export interface Written {
  readonly channel?: string;
  readonly thread?: string;
  readonly files?: readonly {
    readonly name: string;
    readonly mimetype: string;
    readonly bytes: Uint8Array;
    readonly durationMs?: number;
    readonly claims?: number;
  }[];
  /** Messages of others that were shared into this one. */
  readonly shared?: readonly { readonly author: string; readonly text: string }[];
  readonly subtype?: string;
  readonly edited?: boolean;
  /** As it goes over the wire: mentions and links in angle brackets, entities escaped. */
  readonly wire?: boolean;
}

/** The people of the workspace and what they do. Each act resolves when Slack has tried to tell the app once. */
export class People {
  constructor(
    private readonly world: World,
    private readonly deliveries: Deliveries,
    private readonly host: () => string,
  ) {}

  add(id: string, name: string, about: Partial<FakeUser> = {}): void {
    this.world.users.set(id, { id, name, email: `${name.toLowerCase()}@example.com`, ...about });
    if (!about.foreignTeam && !about.bot) this.world.im(id);
  }

  change(id: string, about: Partial<FakeUser>): void {
    this.world.users.set(id, { ...this.world.users.get(id)!, ...about });
  }

  addChannel(id: string, members: readonly string[], about: { readonly shared?: boolean } = {}): void {
    this.world.addChannel({ id, kind: "channel", name: id.toLowerCase(), members: [...members, this.world.bot.userId], ...about });
  }

  /** In a direct talk every message is an event; in a channel only one that mentions the app. */
  async write(user: string, text: string, written: Written = {}): Promise<Delivery | undefined> {
    const channel = written.channel === undefined ? this.world.im(user) : this.world.channels.get(written.channel)!;
    const wire = written.wire ? text : text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    const files = (written.files ?? []).map((file) => this.keep(file));
    const message = this.world.post(channel, { user, text: wire, files, thread: written.thread });
    const mentioned = wire.includes(`<@${this.world.bot.userId}>`);
    if (channel.kind === "channel" && !mentioned) return undefined;
    const event = {
      type: channel.kind === "im" ? "message" : "app_mention",
      ...(channel.kind === "im" ? { channel_type: "im" } : {}),
      channel: channel.id,
      user,
      text: wire,
      ts: message.ts,
      event_ts: message.ts,
      team: this.world.users.get(user)?.foreignTeam ?? this.world.team,
      client_msg_id: `msg-${message.ts}`,
      ...(written.thread === undefined ? {} : { thread_ts: written.thread }),
      ...(written.subtype ? { subtype: written.subtype } : files.length > 0 ? { subtype: "file_share" } : {}),
      ...(files.length > 0 ? { files: files.map((file) => asFile(file, this.host())) } : {}),
      ...(written.edited ? { edited: { user, ts: message.ts } } : {}),
      ...(written.shared
        ? {
            attachments: written.shared.map(({ author, text: words }) => ({
              is_share: true,
              author_name: author,
              text: words,
              fallback: words,
            })),
          }
        : {}),
    };
    return this.send(event);
  }

  /** Presses the newest button with this label that the person can see. */
  press(user: string, label: string, channelId: string): Promise<Delivery> {
    const channel = this.world.channels.get(channelId)!;
    const shown = this.world
      .seen(channelId, user)
      .flatMap((message) => message.buttons.map((button) => ({ message, button })))
      .findLast(({ button }) => button.text === label);
    if (!shown) throw new Error(`no button "${label}" in ${channelId}`);
    const { message, button } = shown;
    const posted = channel.messages.find(({ ts }) => ts === message.ts)!;
    const action = {
      type: button.kind,
      action_id: button.actionId,
      block_id: "b1",
      value: button.value,
      action_ts: this.world.nextTs(),
      ...(button.kind === "button" ? { text: { type: "plain_text", text: button.text }, style: button.style } : {}),
    };
    return this.deliveries.add("interactive", this.pressed(user, posted, channelId, action));
  }

  /** The native stop control, which is there while a session is at work. */
  stop(user: string, channel: string, thread: string): Promise<Delivery> {
    if (this.world.sessions.get(`${channel}:${thread}`) !== "processing") throw new Error("no stop control is shown");
    return this.send({
      type: "agent_session_stopped",
      channel,
      thread_ts: thread,
      user,
      streaming_message_ts: [],
      event_ts: this.world.nextTs(),
    });
  }

  openHome(user: string, tab: "home" | "messages"): Promise<Delivery> {
    const channel = this.world.im(user).id;
    return this.send({ type: "app_home_opened", user, channel, tab, event_ts: this.world.nextTs() });
  }

  /** Any event, in the envelope that Slack puts around it. */
  send(event: Json, eventId = this.world.nextId("Ev")): Promise<Delivery> {
    return this.deliveries.add("events_api", {
      token: "legacy",
      type: "event_callback",
      team_id: this.world.team,
      context_team_id: this.world.team,
      context_enterprise_id: null,
      api_app_id: "A0SVYAZAPP",
      event_id: eventId,
      event_time: Math.floor(this.world.now().getTime() / 1000),
      is_ext_shared_channel: false,
      authorizations: [{ team_id: this.world.team, user_id: this.world.bot.userId, is_bot: true, is_enterprise_install: false }],
      event,
    });
  }

  private pressed(user: string, message: FakeMessage, channel: string, action: Json): Json {
    const thread = message.thread === undefined ? {} : { thread_ts: message.thread };
    return {
      type: "block_actions",
      user: { id: user, username: user.toLowerCase(), name: user.toLowerCase(), team_id: this.world.team },
      api_app_id: "A0SVYAZAPP",
      token: "legacy",
      container: {
        type: "message",
        message_ts: message.ts,
        channel_id: channel,
        is_ephemeral: message.ephemeralFor !== undefined,
        ...thread,
      },
      trigger_id: this.world.nextId("trigger"),
      team: { id: this.world.team, domain: "svyaz" },
      enterprise: null,
      is_enterprise_install: false,
      channel: { id: channel, name: this.world.channels.get(channel)?.name },
      message: { type: "message", ts: message.ts, text: message.text, user: message.user, bot_id: this.world.bot.botId, ...thread },
      state: { values: {} },
      response_url: `${this.host()}/response`,
      actions: [action],
    };
  }

  private keep(file: NonNullable<Written["files"]>[number]): FakeFile {
    const kept: FakeFile = { ...file, id: this.world.nextId("F"), title: file.name, uploaded: true, deleted: false };
    this.world.files.set(kept.id, kept);
    return kept;
  }
}
