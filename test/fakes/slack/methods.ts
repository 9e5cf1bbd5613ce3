import { charactersOf, problemsOf } from "./blocks.js";
import { Refusal } from "./refusal.js";
import type { FakeChannel, FakeFile, FakeMessage, FakeUser, World } from "./world.js";

type Json = Readonly<Record<string, unknown>>;
type Method = {
  readonly fields: readonly string[];
  readonly scope?: string;
  readonly perform: (fields: Json, world: World, host: string) => Json;
};

const posting = ["channel", "thread_ts", "text", "blocks", "unfurl_links", "unfurl_media", "parse", "link_names", "mrkdwn", "metadata"];

/** The Web API, as far as a bot of this kind calls it. A parameter that a method does not know is refused: Slack would ignore it silently. */
export const methods: Readonly<Record<string, Method>> = {
  "auth.test": {
    fields: [],
    perform: (_fields, world) => ({
      url: "https://svyaz.slack.example/",
      team: "Svyaz",
      user: "svyaz",
      team_id: world.team,
      user_id: world.bot.userId,
      bot_id: world.bot.botId,
      is_enterprise_install: false,
    }),
  },

  "users.info": {
    fields: ["user"],
    scope: "users:read",
    perform({ user: id }, world) {
      const user = world.users.get(String(id));
      if (!user) throw new Refusal("user_not_found");
      return { user: asUser(user, world) };
    },
  },

  "conversations.open": {
    fields: ["users", "return_im"],
    scope: "im:write",
    perform({ users }, world) {
      const user = world.users.get(String(users));
      if (!user) throw new Refusal("users_not_found");
      if (user.deleted) throw new Refusal("user_disabled");
      if (user.bot) throw new Refusal("cannot_dm_bot");
      if (user.foreignTeam) throw new Refusal("user_not_visible");
      return { channel: { id: world.im(user.id).id } };
    },
  },

  "conversations.info": {
    fields: ["channel"],
    perform({ channel: id }, world) {
      const { id: channel, kind, name, shared } = world.open(id);
      return { channel: { id: channel, name, is_im: kind === "im", is_ext_shared: shared } };
    },
  },

  "chat.postMessage": {
    fields: posting,
    scope: "chat:write",
    perform(fields, world) {
      const channel = world.open(fields.channel);
      const posted = world.post(channel, { ...contentOf(fields), thread: threadOf(fields, channel), unfurls: unfurls(fields) });
      return { channel: channel.id, ts: posted.ts, message: { ts: posted.ts, text: posted.text } };
    },
  },

  "chat.postEphemeral": {
    fields: [...posting, "user"],
    scope: "chat:write",
    perform(fields, world) {
      const channel = world.open(fields.channel);
      if (!channel.members.has(String(fields.user))) throw new Refusal("user_not_in_channel");
      const content = { ...contentOf(fields), thread: threadOf(fields, channel), ephemeralFor: String(fields.user) };
      return { message_ts: world.post(channel, content).ts };
    },
  },

  "chat.update": {
    fields: ["channel", "ts", "text", "blocks", "parse", "link_names"],
    scope: "chat:write",
    perform(fields, world) {
      const channel = world.open(fields.channel);
      const message = world.find(channel, fields.ts);
      if (!message) throw new Refusal("message_not_found");
      if (message.user !== world.bot.userId || message.files.length > 0) throw new Refusal("cant_update_message");
      const content = contentOf(fields);
      if (content.text.length > 4000) throw new Refusal("msg_too_long");
      Object.assign(message, { ...content, edits: message.edits + 1 });
      return { channel: channel.id, ts: message.ts, text: message.text };
    },
  },

  "chat.delete": {
    fields: ["channel", "ts"],
    scope: "chat:write",
    perform(fields, world) {
      const message = world.find(world.open(fields.channel), fields.ts);
      if (!message) throw new Refusal("message_not_found");
      if (message.user !== world.bot.userId) throw new Refusal("cant_delete_message");
      message.deleted = true;
      return {};
    },
  },

  "files.getUploadURLExternal": {
    fields: ["filename", "length", "alt_text", "snippet_type"],
    scope: "files:write",
    perform({ filename, length, alt_text: altText }, world, host) {
      if (typeof filename !== "string" || filename === "") throw new Refusal("invalid_arguments");
      if (!(Number(length) > 0)) throw new Refusal("invalid_arguments");
      if (typeof altText === "string" && altText.length > 1000) throw new Refusal("alt_text_too_large");
      const id = world.nextId("F");
      const blank = { title: filename, mimetype: mediaTypeOf(filename), uploaded: false, deleted: false };
      world.files.set(id, {
        ...blank,
        id,
        name: filename,
        bytes: new Uint8Array(),
        altText: altText as string | undefined,
        claims: Number(length),
      });
      return { file_id: id, upload_url: `${host}/upload/v1/${id}` };
    },
  },

  "files.completeUploadExternal": {
    fields: ["files", "channel_id", "thread_ts", "initial_comment", "blocks"],
    scope: "files:write",
    perform(fields, world) {
      const channel = world.open(fields.channel_id);
      const files = (fields.files as readonly { readonly id: string; readonly title?: string }[]).map(({ id, title }) => {
        const file = world.files.get(id);
        if (!file?.uploaded) throw new Refusal("file_not_found");
        file.title = title ?? file.name;
        return file;
      });
      const text = typeof fields.initial_comment === "string" ? fields.initial_comment : "";
      world.post(channel, { text, files, thread: threadOf(fields, channel) });
      return { files: files.map(({ id, title }) => ({ id, title })) };
    },
  },

  "files.info": {
    fields: ["file"],
    scope: "files:read",
    perform({ file: id }, world, host) {
      const file = world.files.get(String(id));
      if (!file || file.deleted) throw new Refusal("file_not_found");
      return { file: asFile(file, host) };
    },
  },

  "files.delete": {
    fields: ["file"],
    scope: "files:write",
    perform({ file: id }, world) {
      const file = world.files.get(String(id));
      if (!file || file.deleted) throw new Refusal("file_not_found");
      file.deleted = true;
      return {};
    },
  },

  "assistant.threads.setStatus": {
    fields: ["channel_id", "thread_ts", "status", "loading_messages"],
    scope: "assistant:write",
    perform(fields, world) {
      const name = threadName(fields, world);
      if (typeof fields.status !== "string") throw new Refusal("invalid_arguments");
      if (fields.status === "") world.statusLines.delete(name);
      else world.statusLines.set(name, fields.status);
      return {};
    },
  },

  "agents.sessions.setStatus": {
    fields: ["channel_id", "thread_ts", "status", "title", "initiator_user_id"],
    scope: "assistant:write",
    perform(fields, world) {
      const name = threadName(fields, world);
      if (!["processing", "active", "suspended", "closed"].includes(String(fields.status))) throw new Refusal("invalid_status");
      world.sessions.set(name, String(fields.status));
      return { agent_status: fields.status };
    },
  },
};

function threadName(fields: Json, world: World): string {
  const channel = world.open(fields.channel_id);
  if (!world.find(channel, fields.thread_ts)) throw new Refusal("thread_not_found");
  return `${channel.id}:${String(fields.thread_ts)}`;
}

/** Only a message that stands by itself carries a thread. */
function threadOf({ thread_ts: ts }: Json, channel: FakeChannel): string | undefined {
  if (ts === undefined) return undefined;
  const root = channel.messages.find((message) => message.ts === ts);
  if (!root || root.thread !== undefined) throw new Refusal("thread_not_found");
  return root.ts;
}

function contentOf(fields: Json): Pick<FakeMessage, "text" | "blocks" | "parse"> {
  const { text, blocks, parse } = fields;
  if (text !== undefined && typeof text !== "string") throw new Refusal("invalid_arguments");
  // Slack would take blocks without text; people who only hear or see the notification would get nothing.
  if (!text?.trim()) throw new Refusal("no_text");
  if (/\p{Surrogate}/u.test(text)) throw new Refusal("invalid_arguments");
  if (parse !== undefined && parse !== "none" && parse !== "full") throw new Refusal("invalid_arguments");
  const problems = blocks === undefined ? [] : problemsOf(blocks);
  if (problems.length > 0)
    throw new Refusal("invalid_blocks", { response_metadata: { messages: problems.map((one) => `[ERROR] ${one}`) } });
  if (charactersOf(blocks) > 13_000) throw new Refusal("msg_blocks_too_long");
  return { text: text.slice(0, 40_000), blocks: blocks as readonly Json[] | undefined, parse };
}

function unfurls({ unfurl_links: links, unfurl_media: media }: Json): boolean {
  return links !== false || media !== false;
}

function mediaTypeOf(name: string): string {
  if (/\.png$/i.test(name)) return "image/png";
  if (/\.jpe?g$/i.test(name)) return "image/jpeg";
  return "application/octet-stream";
}

export function asUser(user: FakeUser, world: World): Json {
  const { id, name, email, emailConfirmed = true, guest, foreignTeam, bot = false, deleted = false } = user;
  const mayReadEmail = world.scopes.includes("users:read.email") && !foreignTeam;
  return {
    id,
    team_id: foreignTeam ?? world.team,
    name: name.toLowerCase(),
    deleted,
    real_name: name,
    profile: { real_name: name, display_name: name, ...(email && mayReadEmail ? { email } : {}) },
    is_bot: bot,
    is_restricted: guest !== undefined,
    is_ultra_restricted: guest === "single-channel",
    is_stranger: foreignTeam !== undefined,
    is_email_confirmed: email !== undefined && emailConfirmed,
  };
}

export function asFile(file: FakeFile, host: string): Json {
  const { id, name, title, mimetype, bytes, durationMs, claims } = file;
  return {
    id,
    name,
    title,
    mimetype,
    size: claims ?? bytes.length,
    mode: "hosted",
    url_private: `${host}/files-pri/${id}/${encodeURIComponent(name)}`,
    url_private_download: `${host}/files-pri/${id}/download/${encodeURIComponent(name)}`,
    ...(durationMs === undefined ? {} : { subtype: "slack_audio", duration_ms: durationMs }),
  };
}
