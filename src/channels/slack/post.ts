import type { AnyBlock } from "@slack/types";
import { z } from "zod";
import { NotFound, RequestRefused } from "../../domain/errors.js";
import type { Address, MessageRef } from "../../domain/message.js";
import type { Metrics } from "../../domain/metrics.js";
import { shorten } from "../kit/printable.js";
import type { Post as KitPost } from "../kit/replies.js";
import type { Slack } from "./api.js";
import { codeOf, saysBlocksRefused } from "./errors.js";
import { uploadFile } from "./files.js";
import type { MessagePart, Part, Simpler } from "./render.js";
import { escapeText } from "./wire-text.js";

export interface Post extends KitPost<Part, MessagePart> {
  /** An edit that is worth no waiting: not made when Slack asks to slow down. */
  editIfFree(message: MessageRef, part: MessagePart): Promise<void>;
}

const Posted = z.object({ channel: z.string(), ts: z.string() });
type Posted = z.infer<typeof Posted>;
const Done = z.object({ ok: z.literal(true) });

/** What an edit takes (`msg_too_long`). */
const longestText = 4000;

/** Files have no time stamp of their own: they are known by their id. */
const isFile = ({ id }: MessageRef) => id.startsWith("F");

export function createPost(slack: Slack, team: () => Promise<string>, metrics: Metrics): Post {
  const simpler = () => metrics.count("svyaz_channel_errors_total", { channel: "slack", reason: "shown-simpler" });

  /** Ids mean something in one workspace alone; elsewhere the same id may be somebody else. */
  const chatOf = async ({ channel, workspace, chat }: Address): Promise<string> => {
    if (channel === "slack" && (workspace === undefined || workspace === (await team()))) return chat;
    throw new RequestRefused(`slack: ${channel}:${workspace}:${chat} is not in this workspace`, { system: "slack", operation: "send" });
  };

  /** First as it was meant, then without what this workspace does not know, then as text alone. */
  const withFallback = async <T>(
    part: Pick<MessagePart, "blocks" | "plain" | "simpler">,
    put: (content: { readonly text: string; readonly blocks: readonly AnyBlock[] }, refused?: () => Promise<T>) => Promise<T>,
    then: (simple: Simpler) => Promise<unknown>,
  ): Promise<T> => {
    const content = (blocks: readonly AnyBlock[], plain: string) => ({ text: shorten(escapeText(plain), longestText) || "…", blocks });
    const asText = (plain: string) => () => {
      simpler();
      return put(content([], plain));
    };
    return put(content(part.blocks, part.plain), async () => {
      if (!part.simpler) return asText(part.plain)();
      simpler();
      const simple = await part.simpler();
      const done = await put(content(simple.blocks, simple.plain), asText(simple.plain));
      await then(simple);
      return done;
    });
  };

  const sendFile = async (to: Address, part: Extract<Part, { kind: "file" }>): Promise<MessageRef> => {
    const id = await uploadFile(slack, part, { channel_id: await chatOf(to), ...threadOf(to) });
    return { address: to, id };
  };

  const edit = async (message: MessageRef, part: MessagePart, settle?: (error: unknown) => Promise<unknown> | undefined) => {
    const channel = await chatOf(message.address);
    await withFallback(
      part,
      (content, refused) =>
        slack.call("chat.update", { channel, ts: message.id, ...content, parse: "none" }, Done as z.ZodType, (error) =>
          refused && saysBlocksRefused(error) ? refused() : settle?.(error),
        ),
      async ({ file }) => file && sendFile(message.address, file),
    );
  };

  return {
    async send(to, part) {
      if (part.kind === "file") return sendFile(to, part);
      const channel = await chatOf(to);
      const fields = { channel, ...threadOf(to), unfurl_links: false, unfurl_media: false, parse: "none" };
      const posted = await withFallback<Posted>(
        part,
        (content, refused) =>
          slack.call("chat.postMessage", { ...fields, ...content }, Posted, (error) =>
            saysBlocksRefused(error) ? refused?.() : undefined,
          ),
        async ({ file }) => file && sendFile(to, file),
      );
      return { address: { ...to, chat: posted.channel }, id: posted.ts };
    },

    edit: (message, part) => edit(message, part),

    editIfFree: (message, part) =>
      edit(message, part, (error) => (codeOf(error) === "ratelimited" ? Promise.resolve(undefined) : undefined)),

    async remove(message) {
      const channel = await chatOf(message.address);
      try {
        if (isFile(message)) await slack.call("files.delete", { file: message.id }, Done);
        else await slack.call("chat.delete", { channel, ts: message.id }, Done);
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
      }
    },
  };
}

function threadOf({ thread }: Address): { readonly thread_ts?: string } {
  return thread === undefined ? {} : { thread_ts: thread };
}
