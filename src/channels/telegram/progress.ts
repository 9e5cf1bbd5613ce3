import type { Progress } from "../../domain/channel.js";
import type { SvyazError } from "../../domain/errors.js";
import type { Address } from "../../domain/message.js";
import { createCoalescer } from "../kit/coalesce.js";
import { oneLine, shorten } from "../kit/printable.js";
import type { Keyboard } from "./card.js";
import { escapeHtml } from "./html.js";
import type { Post } from "./post.js";
import type { Replies } from "./replies.js";
import { stopPress } from "./receive.js";

/** About one message a second in a private chat, twenty a minute in a group, edits included. */
const betweenEditsMs = { private: 1100, group: 3100 };

export interface ProgressOptions {
  readonly post: Post;
  readonly replies: Replies;
  /** The placeholder's text and its stop button, in the language of the installation. */
  readonly words: { readonly working: string; readonly stop: string };
  readonly onLostStep: (error: SvyazError) => void;
}

/**
 * A placeholder that shows the newest step and becomes the answer. Telegram's drafts are not used: they vanish when the
 * process dies, and clients have shown the text twice at the hand-over.
 * The stop button stands in private chats alone, where nobody else can press it.
 */
export async function startProgress(to: Address, { post, replies, words, onLostStep }: ProgressOptions): Promise<Progress> {
  const isPrivate = !to.chat.startsWith("-");
  const keyboard: Keyboard | undefined = isPrivate ? [[{ text: words.stop, callback_data: stopPress }]] : undefined;
  const shown = (text: string) => ({ kind: "text", html: `<i>${escapeHtml(text)}</i>`, plain: text, keyboard }) as const;
  const message = await post.send(to, shown(words.working));
  const steps = createCoalescer(betweenEditsMs[isPrivate ? "private" : "group"], (text) =>
    post.edit(message, shown(text)).catch((error: SvyazError) => onLostStep(error)),
  );
  return {
    message,
    step(text) {
      const line = shorten(oneLine(text), 300);
      if (line !== "") steps.put(line);
    },
    async finish(reply) {
      await steps.close();
      return replies.replace(message, reply);
    },
  };
}
