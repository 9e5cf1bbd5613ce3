import { parseHtml, trim } from "./formatting.js";
import { Refusal } from "./refusal.js";
import type { Parameters, Upload } from "./request.js";
import type { World } from "./world.js";
import type { FakeButton, FakeMessage } from "./world.js";

type Fields = Readonly<Record<string, unknown>>;
type Method = (fields: Fields, uploads: Parameters["uploads"], world: World) => unknown;

const common = ["chat_id", "message_thread_id", "parse_mode", "reply_markup", "disable_notification", "reply_parameters"];
const known: Readonly<Record<string, readonly string[]>> = {
  getMe: [],
  sendMessage: [...common, "text", "link_preview_options"],
  sendPhoto: [...common, "photo", "caption"],
  sendDocument: [...common, "document", "caption"],
  editMessageText: ["chat_id", "message_id", "text", "parse_mode", "reply_markup", "link_preview_options"],
  deleteMessage: ["chat_id", "message_id"],
  sendChatAction: ["chat_id", "message_thread_id", "action"],
  answerCallbackQuery: ["callback_query_id", "text", "show_alert"],
  getFile: ["file_id"],
  setMyCommands: ["commands", "language_code", "scope"],
};

/** The methods Svyaz may call, with the refusals of the real ones. A parameter the method does not have is refused too. */
export const methods: Readonly<Record<string, Method>> = {
  getMe: (_fields, _uploads, world) => world.me,

  sendMessage(fields, _uploads, world) {
    const chat = world.openChat(fields.chat_id, fields.message_thread_id);
    const formatted = textOf(fields.text, fields.parse_mode);
    if (formatted.text === "") throw new Refusal(400, "Bad Request: message text is empty");
    if (formatted.text.length > 4096) throw new Refusal(400, "Bad Request: message is too long");
    return world.post(chat, { ...formatted, ...look(fields) });
  },

  sendPhoto(fields, uploads, world) {
    const chat = world.openChat(fields.chat_id, fields.message_thread_id);
    const photo = uploadOf(fields.photo, uploads);
    if (photo.bytes.length > 10_000_000) throw new Refusal(413, "Request Entity Too Large");
    checkPicture(photo.bytes);
    return world.post(chat, { ...captionOf(fields), ...look(fields), photo: photo.bytes });
  },

  sendDocument(fields, uploads, world) {
    const chat = world.openChat(fields.chat_id, fields.message_thread_id);
    const document = uploadOf(fields.document, uploads);
    if (document.bytes.length === 0) throw new Refusal(400, "Bad Request: file must be non-empty");
    if (document.bytes.length > 50_000_000) throw new Refusal(413, "Request Entity Too Large");
    return world.post(chat, { ...captionOf(fields), ...look(fields), document });
  },

  editMessageText(fields, _uploads, world) {
    const chat = world.openChat(fields.chat_id);
    const message = chat.messages.find(({ id }) => id === Number(fields.message_id));
    if (!message || message.deleted) throw new Refusal(400, "Bad Request: message to edit not found");
    if (message.from !== world.me.id) throw new Refusal(400, "Bad Request: message can't be edited");
    if (message.photo || message.document) throw new Refusal(400, "Bad Request: there is no text in the message to edit");
    const formatted = textOf(fields.text, fields.parse_mode);
    if (formatted.text === "") throw new Refusal(400, "Bad Request: message text is empty");
    if (formatted.text.length > 4096) throw new Refusal(400, "Bad Request: message is too long");
    const next = { ...formatted, ...look(fields) };
    const same = (value: Pick<FakeMessage, "text" | "entities" | "buttons">) => JSON.stringify([value.text, value.entities, value.buttons]);
    if (same(next) === same(message)) {
      throw new Refusal(
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
      );
    }
    Object.assign(message, next, { edits: message.edits + 1 });
    return world.asMessage(chat, message);
  },

  deleteMessage(fields, _uploads, world) {
    const chat = world.openChat(fields.chat_id);
    const message = chat.messages.find(({ id }) => id === Number(fields.message_id));
    if (!message || message.deleted) throw new Refusal(400, "Bad Request: message to delete not found");
    message.deleted = true;
    return true;
  },

  sendChatAction(fields, _uploads, world) {
    world.openChat(fields.chat_id, fields.message_thread_id);
    return true;
  },

  answerCallbackQuery({ callback_query_id: id, text }, _uploads, world) {
    if (typeof text === "string" && text.length > 200) throw new Refusal(400, "Bad Request: MESSAGE_TOO_LONG");
    if (typeof id !== "string" || !world.spinning.delete(id)) {
      throw new Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid");
    }
    return true;
  },

  getFile({ file_id: id }, _uploads, world) {
    const file = world.files.get(String(id));
    if (!file) throw new Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable");
    if (file.bytes.length > 20 * 1024 * 1024) throw new Refusal(400, "Bad Request: file is too big");
    return { file_id: id, file_unique_id: `u${String(id)}`, file_size: file.bytes.length, file_path: file.path };
  },

  setMyCommands({ commands, language_code: code }, _uploads, world) {
    if (!Array.isArray(commands) || commands.length > 100) throw new Refusal(400, "Bad Request: BOT_COMMANDS_TOO_MUCH");
    for (const { command, description } of commands as { command: string; description: string }[]) {
      if (!/^[a-z0-9_]{1,32}$/.test(command)) throw new Refusal(400, "Bad Request: BOT_COMMAND_INVALID");
      if (!description || description.length > 256) throw new Refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID");
    }
    world.commands.set(typeof code === "string" ? code : "", commands as { command: string; description: string }[]);
    return true;
  },
};

export function checkParameters(method: string, fields: Fields): void {
  const unknown = Object.keys(fields).filter((name) => !known[method]?.includes(name));
  if (unknown.length > 0) throw new Refusal(400, `Bad Request: ${method} has no parameter ${unknown.join(", ")}`);
}

function textOf(text: unknown, mode: unknown) {
  if (typeof text !== "string") throw new Refusal(400, "Bad Request: message text is empty");
  if (/\p{Surrogate}/u.test(text)) throw new Refusal(400, "Bad Request: strings must be encoded in UTF-8");
  if (mode === undefined) return trim(text, []);
  if (mode !== "HTML") throw new Refusal(400, "Bad Request: unsupported parse_mode");
  return parseHtml(text);
}

function captionOf(fields: Fields) {
  const caption = textOf(fields.caption ?? "", fields.parse_mode);
  if (caption.text.length > 1024) throw new Refusal(400, "Bad Request: message caption is too long");
  return caption;
}

function look(fields: Fields) {
  const preview = fields.link_preview_options as { is_disabled?: boolean } | undefined;
  return { buttons: buttonsOf(fields.reply_markup), preview: preview?.is_disabled !== true };
}

function buttonsOf(markup: unknown): FakeButton[][] {
  if (markup === undefined) return [];
  const rows = (markup as { inline_keyboard?: unknown }).inline_keyboard;
  if (!Array.isArray(rows)) throw new Refusal(400, "Bad Request: object expected as reply markup");
  const keyboard = rows as { text?: string; callback_data?: string; style?: string }[][];
  if (keyboard.flat().length > 100 || keyboard.some((row) => row.length === 0 || row.length > 8)) {
    throw new Refusal(400, "Bad Request: reply markup is too long");
  }
  return keyboard.map((row) =>
    row.map(({ text, callback_data: data, style, ...others }) => {
      if (!text?.trim()) throw new Refusal(400, "Bad Request: inline keyboard button text is empty");
      if (data === undefined) throw new Refusal(400, "Bad Request: text buttons are unallowed in the inline keyboard");
      const bytes = Buffer.byteLength(data);
      if (bytes < 1 || bytes > 64) throw new Refusal(400, "Bad Request: BUTTON_DATA_INVALID");
      if (style !== undefined && !["primary", "success", "danger"].includes(style))
        throw new Refusal(400, "Bad Request: BUTTON_STYLE_INVALID");
      if (Object.keys(others).length > 0) throw new Refusal(400, `Bad Request: unknown button fields ${Object.keys(others).join(", ")}`);
      return { text, data, style };
    }),
  );
}

function uploadOf(field: unknown, uploads: Parameters["uploads"]): Upload {
  const id = typeof field === "string" ? /^attach:\/\/(.+)$/.exec(field)?.[1] : undefined;
  const upload = id === undefined ? undefined : uploads.get(id);
  if (!upload) throw new Refusal(400, "Bad Request: there is no file in the request");
  if (!upload.name) throw new Refusal(400, "Bad Request: a file without a name");
  return upload;
}

function checkPicture(bytes: Uint8Array): void {
  const buffer = Buffer.from(bytes);
  if (buffer.subarray(0, 3).toString("hex") === "ffd8ff") return;
  if (buffer.subarray(0, 8).toString("hex") !== "89504e470d0a1a0a") throw new Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED");
  const [width, height] = [buffer.readUInt32BE(16), buffer.readUInt32BE(20)];
  const ratio = Math.max(width / height, height / width);
  if (width + height > 10_000 || ratio > 20) throw new Refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS");
}
