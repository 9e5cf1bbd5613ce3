import { InputFile } from "grammy";
import type { InlineKeyboardMarkup } from "grammy/types";
import { NotFound } from "../../domain/errors.js";
import type { Metrics } from "../../domain/metrics.js";
import type { Post as KitPost } from "../kit/replies.js";
import type { Telegram } from "./api.js";
import type { Keyboard } from "./card.js";
import { saysUnchanged, saysUnparsable } from "./errors.js";
import type { Part } from "./render.js";

export type Post = KitPost<Part, Extract<Part, { kind: "text" }>>;

interface Sent {
  readonly chat: { readonly id: number };
  readonly message_id: number;
}

const methods = { text: "sendMessage", photo: "sendPhoto", document: "sendDocument" } as const;
const noPreview = { is_disabled: true } as const;

export function createPost(telegram: Telegram, metrics: Metrics): Post {
  const { api, call } = telegram;
  const inPlain = () => metrics.count("svyaz_channel_errors_total", { channel: "telegram", reason: "shown-without-markup" });

  return {
    async send(to, part) {
      const thread = to.thread === undefined ? {} : { message_thread_id: Number(to.thread) };
      const sent = await call(
        methods[part.kind],
        () => sendFormatted(),
        (error) => (saysUnparsable(error) ? sendPlain() : undefined),
      );
      return { address: { ...to, chat: String(sent.chat.id) }, id: String(sent.message_id) };

      function sendFormatted(): Promise<Sent> {
        if (part.kind === "text") {
          const extra = { ...thread, parse_mode: "HTML", link_preview_options: noPreview, reply_markup: markup(part.keyboard) } as const;
          return api.sendMessage(to.chat, part.html, extra);
        }
        return sendMedia(part, part.html === "" ? {} : { caption: part.html, parse_mode: "HTML" });
      }

      function sendPlain(): Promise<Sent> {
        inPlain();
        if (part.kind === "text") {
          return api.sendMessage(to.chat, part.plain, { ...thread, link_preview_options: noPreview, reply_markup: markup(part.keyboard) });
        }
        return sendMedia(part, { caption: part.plain });
      }

      function sendMedia(
        { kind, name, bytes }: Exclude<Part, { kind: "text" }>,
        caption: { caption?: string; parse_mode?: "HTML" },
      ): Promise<Sent> {
        // A fresh one each time: a file that was read once is not sent again.
        const file = new InputFile(bytes, name);
        const extra = { ...thread, ...caption };
        return kind === "photo" ? api.sendPhoto(to.chat, file, extra) : api.sendDocument(to.chat, file, extra);
      }
    },

    async edit({ address, id }, part) {
      const extra = { link_preview_options: noPreview, reply_markup: markup(part.keyboard) };
      await call(
        "editMessageText",
        async () => void (await api.editMessageText(address.chat, Number(id), part.html, { ...extra, parse_mode: "HTML" })),
        (error) => {
          if (saysUnchanged(error)) return Promise.resolve();
          if (!saysUnparsable(error)) return undefined;
          inPlain();
          return api.editMessageText(address.chat, Number(id), part.plain, extra).then(() => undefined);
        },
      );
    },

    async remove({ address, id }) {
      try {
        await call("deleteMessage", () => api.deleteMessage(address.chat, Number(id)));
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
      }
    },
  };
}

function markup(keyboard: Keyboard | undefined): InlineKeyboardMarkup | undefined {
  return keyboard && { inline_keyboard: keyboard.map((row) => [...row]) };
}
