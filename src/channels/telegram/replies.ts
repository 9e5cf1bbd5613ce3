import { createHash } from "node:crypto";
import type { Reply } from "../../domain/message.js";
import { createReplies as createKitReplies, type Replies as KitReplies } from "../kit/replies.js";
import { escapeHtml } from "./html.js";
import type { Post } from "./post.js";
import type { Part } from "./render.js";

export type Replies = KitReplies<Part>;

type TextPart = Extract<Part, { kind: "text" }>;

export function createReplies(post: Post, render: (reply: Reply) => Promise<readonly Part[]>): Replies {
  const isText = (part: Part): part is TextPart => part.kind === "text";
  return createKitReplies<Part, TextPart>({ post, render, isText, startWithText, digestOf });
}

/** A text message cannot become a picture: what stands in its place is the picture's caption, or the file's name. */
function startWithText(parts: readonly Part[]): readonly [TextPart?, ...Part[]] {
  const [first, ...rest] = parts;
  if (!first) return [];
  if (first.kind === "text") return [first, ...rest];
  const html = first.html || `📎 ${escapeHtml(first.name)}`;
  return [{ kind: "text", html, plain: first.plain || `📎 ${first.name}` }, { ...first, html: "", plain: "" }, ...rest];
}

function digestOf(part: Part): string {
  const hash = createHash("sha256").update(part.kind).update(part.html);
  if (part.kind === "text") hash.update(JSON.stringify(part.keyboard ?? []));
  else hash.update(part.bytes);
  return hash.digest("base64");
}
