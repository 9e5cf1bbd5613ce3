import { createHash } from "node:crypto";
import type { Reply } from "../../domain/message.js";
import { createReplies as createKitReplies, type Replies as KitReplies } from "../kit/replies.js";
import type { Post } from "./post.js";
import type { MessagePart, Part } from "./render.js";
import { toRichText, unitsOf } from "./rich-text.js";

export type Replies = KitReplies<Part>;

export function createReplies(post: Post, render: (reply: Reply) => Promise<readonly Part[]>): Replies {
  const isText = (part: Part): part is MessagePart => part.kind === "message";
  return createKitReplies<Part, MessagePart>({ post, render, isText, startWithText, digestOf });
}

/** A message cannot become a file: what stands in its place is the file's title. */
function startWithText(parts: readonly Part[]): readonly [MessagePart?, ...Part[]] {
  const [first, ...rest] = parts;
  if (!first) return [];
  if (first.kind === "message") return [first, ...rest];
  const title = first.title === first.name ? `📎 ${first.name}` : first.title;
  const blocks = [toRichText(unitsOf([{ text: title }]))];
  return [{ kind: "message", blocks, plain: title }, { ...first, title: first.name }, ...rest];
}

function digestOf(part: Part): string {
  const hash = createHash("sha256");
  if (part.kind === "message") hash.update(JSON.stringify([part.blocks, part.plain]));
  else hash.update(part.title).update(part.bytes);
  return hash.digest("base64");
}
