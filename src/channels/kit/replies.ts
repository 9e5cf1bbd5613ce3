import { NotFound } from "../../domain/errors.js";
import type { Address, MessageRef, Reply } from "../../domain/message.js";
import { createDelivery } from "./delivery.js";

/** Replies as people see them: several messages each, sent once, replaced in place. */
export interface Replies<Part> {
  send(to: Address, reply: Reply, key: string): Promise<readonly MessageRef[]>;
  /** `adorn` adds to the finished parts what this one time belongs to them. */
  replace(message: MessageRef, reply: Reply, adorn?: (parts: readonly Part[]) => readonly Part[]): Promise<readonly MessageRef[]>;
}

/** Puts messages into chats and changes them. Each call is one message. */
export interface Post<Part, Text extends Part> {
  send(to: Address, part: Part): Promise<MessageRef>;
  /** Replaces the text; the same text again changes nothing. Throws NotFound when there is no such text message any more. */
  edit(message: MessageRef, part: Text): Promise<void>;
  /** Gone already is as good as removed. */
  remove(message: MessageRef): Promise<void>;
}

export interface RepliesOptions<Part, Text extends Part> {
  readonly post: Post<Part, Text>;
  readonly render: (reply: Reply) => Promise<readonly Part[]>;
  /** Which parts can be edited into one another. */
  readonly isText: (part: Part) => part is Text;
  /** The same parts, with a text in front that may take the place of a text message. */
  readonly startWithText: (parts: readonly Part[]) => readonly [Text?, ...Part[]];
  /** Equal for parts that look the same. */
  readonly digestOf: (part: Part) => string;
}

interface Shown {
  readonly ref: MessageRef;
  readonly text: boolean;
  readonly digest: string;
}

const rememberedEdits = 2000;

export function createReplies<Part, Text extends Part>(options: RepliesOptions<Part, Text>): Replies<Part> {
  const { post, render, isText, startWithText, digestOf } = options;
  const delivery = createDelivery<Part, MessageRef>();
  /** What stands after a replaced message, so that replacing it again sends nothing twice. */
  const followers = new Map<string, readonly Shown[]>();

  /** One follower: left as it is, edited, or sent. */
  const follow = async (part: Part, before: Shown | undefined, to: Address): Promise<Shown> => {
    const digest = digestOf(part);
    if (before?.digest === digest) return before;
    if (before?.text && isText(part)) {
      await post.edit(before.ref, part);
      return { ...before, digest };
    }
    return { ref: await post.send(to, part), text: isText(part), digest };
  };

  /** A message that is gone (deleted by the person) is no reason to lose the answer. */
  const editOrSend = async (message: MessageRef, part: Text): Promise<MessageRef> => {
    try {
      await post.edit(message, part);
      return message;
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      return post.send(message.address, part);
    }
  };

  return {
    send(to, reply, key) {
      return delivery.deliver(
        key,
        () => render(reply),
        (part) => post.send(to, part),
      );
    },

    async replace(message, reply, adorn = (parts) => parts) {
      const [first, ...rest] = startWithText(adorn(await render(reply)));
      if (!first) {
        await post.remove(message);
        return [];
      }
      const start = await editOrSend(message, first);
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

function remember(followers: Map<string, readonly Shown[]>, name: string, shown: readonly Shown[]): void {
  followers.delete(name);
  if (shown.length > 0) followers.set(name, shown);
  const oldest = followers.keys().next();
  if (followers.size > rememberedEdits && !oldest.done) followers.delete(oldest.value);
}
