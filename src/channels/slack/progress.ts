import type { Progress } from "../../domain/channel.js";
import type { SvyazError } from "../../domain/errors.js";
import type { Address } from "../../domain/message.js";
import { createCoalescer } from "../kit/coalesce.js";
import { oneLine, shorten } from "../kit/printable.js";
import { stopButton } from "./card.js";
import type { Post } from "./post.js";
import { visibilityOf } from "./receive.js";
import { type MessagePart, withFeedback } from "./render.js";
import type { Replies } from "./replies.js";
import { toRichText, unitsOf } from "./rich-text.js";
import type { Session } from "./session.js";

/** `chat.update` is counted for the whole workspace, about fifty a minute. */
const betweenEditsMs = 2000;

export interface ProgressOptions {
  readonly post: Post;
  readonly replies: Replies;
  readonly session: Session;
  /** The placeholder's text and its stop button, in the language of the installation. */
  readonly words: { readonly working: string; readonly stop: string };
  readonly onLostStep: (error: SvyazError) => void;
  /** Keeps an eye on what nobody waits for. */
  readonly behind: (work: Promise<void>) => void;
}

/**
 * A placeholder that shows the newest step and becomes the answer. Streaming is not used: a stream that a dead process began
 * cannot be taken up, and an edit can.
 * Where Slack shows no stop control of its own, a button does, in private chats alone, where nobody else can press it.
 */
export async function startProgress(to: Address, options: ProgressOptions): Promise<Progress> {
  const { post, replies, session, words, onLostStep, behind } = options;
  const isPrivate = visibilityOf(to.chat) === "private";
  const hasStop = await session.begin(to);
  const button = isPrivate && !hasStop ? [stopButton(words.stop)] : [];
  const shown = (text: string): MessagePart => ({
    kind: "message",
    blocks: [toRichText(unitsOf([{ text, italic: true }])), ...button],
    plain: text,
  });
  const message = await post.send(to, shown(words.working));
  // A post clears the line, so it is set behind it.
  const line = session.line(to, words.working);
  behind(line);
  const steps = createCoalescer(betweenEditsMs, (text) =>
    post.editIfFree(message, shown(text)).catch((error: SvyazError) => onLostStep(error)),
  );
  return {
    message,
    step(text) {
      const step = shorten(oneLine(text), 300);
      if (step !== "") steps.put(step);
    },
    async finish(reply) {
      await steps.close();
      behind(line.then(() => session.end(to)));
      return replies.replace(message, reply, isPrivate ? withFeedback : undefined);
    },
  };
}
