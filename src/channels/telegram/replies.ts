import { createHash } from "node:crypto";
import { NotFound } from "../../domain/errors.js";
import type { Address, MessageRef, Reply } from "../../domain/message.js";
import { createDelivery } from "../kit/delivery.js";
import { escapeHtml } from "./html.js";
import type { Post } from "./post.js";
import type { Part } from "./render.js";

/** Replies as people see them: several messages each, sent once, replaced in place. */
export interface Replies {
  send(to: Address, reply: Reply, key: string): Promise<readonly MessageRef[]>;
  replace(message: MessageRef, reply: Reply): Promise<readonly MessageRef[]>;
}

type TextPart = Extract<Part, { kind: "text" }>;
interface Shown {
  readonly ref: MessageRef;
  readonly kind: Part["kind"];
  readonly digest: string;
}

const rememberedEdits = 2000;

export function createReplies(post: Post, render: (reply: Reply) => Promise<readonly Part[]>): Replies {
  const delivery = createDelivery<Part, MessageRef>();
  /** What stands after a replaced message, so that replacing it again sends nothing twice. */
  const followers = new Map<string, readonly Shown[]>();

  /** One follower: left as it is, edited, or sent. */
  const follow = async (part: Part, before: Shown | undefined, to: Address): Promise<Shown> => {
    const digest = digestOf(part);
    if (before?.digest === digest) return before;
    if (part.kind === "text" && before?.kind === "text") {
      await post.edit(before.ref, part);
      return { ...before, digest };
    }
    return { ref: await post.send(to, part), kind: part.kind, digest };
  };

  return {
    send(to, reply, key) {
      return delivery.deliver(
        key,
        () => render(reply),
        (part) => post.send(to, part),
      );
    },

    async replace(message, reply) {
      const [first, ...rest] = startingWithText(await render(reply));
      if (!first) {
        await post.remove(message);
        return [];
      }
      const start = await editOrSend(post, message, first);
      const name = `${message.address.chat}:${message.id}`;
      const before = followers.get(name) ?? [];
      const now: Shown[] = [];
      for (const [index, part] of rest.entries()) {
        now.push(await follow(part, before[index], start.address));
        // Kept as it grows: should the next one fail, a second attempt goes on from here.
        remember(followers, name, [...now, ...before.slice(now.length)]);
      }
      const kept = new Set(now.map(({ ref }) => ref.id));
      for (const { ref } of before) if (!kept.has(ref.id)) await post.remove(ref);
      remember(followers, name, now);
      return [start, ...now.map(({ ref }) => ref)];
    },
  };
}

/** A message that is gone (deleted by the person) is no reason to lose the answer. */
async function editOrSend(post: Post, message: MessageRef, part: TextPart): Promise<MessageRef> {
  try {
    await post.edit(message, part);
    return message;
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    return post.send(message.address, part);
  }
}

/** A text message cannot become a picture: what stands in its place is the picture's caption, or the file's name. */
function startingWithText(parts: readonly Part[]): readonly [TextPart?, ...Part[]] {
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

function remember(followers: Map<string, readonly Shown[]>, name: string, shown: readonly Shown[]): void {
  followers.delete(name);
  if (shown.length > 0) followers.set(name, shown);
  const oldest = followers.keys().next();
  if (followers.size > rememberedEdits && !oldest.done) followers.delete(oldest.value);
}
