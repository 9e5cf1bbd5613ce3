import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ToolCallRecord } from "../../domain/assistant.js";
import type { Channel, Inbox } from "../../domain/channel.js";
import { NotFound } from "../../domain/errors.js";
import type { Address, Block, MessageRef, Reply } from "../../domain/message.js";
import type { ChartSpec } from "../../domain/numbers.js";
import type { Saved } from "./render.js";

/** Who watches a chat of the terminal channel: the screen, or a command that asked one question. */
export interface Watcher {
  /** `message` is the same for what replaces an earlier reply. */
  reply(reply: Reply, saved: Saved, message: MessageRef): void;
  step?(text: string): void;
  call?(call: ToolCallRecord): void;
}

export interface Terminal extends Channel {
  /** Shows a chat's replies to `watcher` until the returned function is called. Unwatched replies are dropped: nobody is there to read them. */
  watch(chat: string, watcher: Watcher): () => void;
  say(message: {
    readonly chat: string;
    readonly person: string;
    readonly name?: string;
    readonly text: string;
    readonly now: Date;
  }): Promise<string>;
  press(press: {
    readonly chat: string;
    readonly person: string;
    readonly choice: string;
    readonly option: string;
    /** The id of the message it stands under. */
    readonly on?: string;
    readonly now: Date;
  }): Promise<string>;
}

/**
 * The same conversation without a messenger: for trying it out, for scripts, for tests. Its "messenger" is this process:
 * a chat is a name, a sender is a person's id, and whoever can open the data folder is believed.
 */
export function createTerminal({
  pictures,
  drawChart,
}: {
  readonly pictures: string;
  readonly drawChart: (chart: ChartSpec, caption: string) => Promise<Uint8Array>;
}): Terminal {
  const watchers = new Map<string, Watcher>();
  let inbox: Inbox | undefined;
  /** One process, one screen: what was sent under a key is not shown again. */
  const sent = new Map<string, Promise<readonly MessageRef[]>>();

  const save = async (reply: Reply): Promise<Saved> => {
    const paths = new Map<Block, string>();
    for (const block of reply) {
      const file = await fileOf(block);
      if (!file) continue;
      mkdirSync(pictures, { recursive: true });
      const path = join(pictures, file.name);
      writeFileSync(path, file.bytes);
      paths.set(block, path);
    }
    return { path: (block) => paths.get(block) };
  };

  const fileOf = async (block: Block): Promise<{ name: string; bytes: Uint8Array } | undefined> => {
    const stamp = randomUUID().slice(0, 8);
    switch (block.kind) {
      case "chart":
        return { name: `chart-${stamp}.png`, bytes: await drawChart(block.chart, block.caption) };
      case "image":
        return { name: `image-${stamp}.${block.mediaType.split("/")[1] ?? "bin"}`, bytes: block.bytes };
      case "file":
        return { name: `${stamp}-${block.name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "_")}`, bytes: block.bytes };
      case "text":
      case "table":
      case "sources":
      case "choice":
        return undefined;
    }
  };

  const show = async (address: Address, reply: Reply, id: string = randomUUID()): Promise<readonly MessageRef[]> => {
    if (reply.every((block) => block.kind === "text" && block.markdown.trim() === "")) return [];
    const message = { address, id };
    watchers.get(address.chat)?.reply(reply, await save(reply), message);
    return [message];
  };

  const arrival = (chat: string, person: string, now: Date, name?: string) => ({
    id: randomUUID(),
    address: { channel: "terminal", chat },
    visibility: "private" as const,
    sender: { id: person, name: name ?? person, standing: "member" as const },
    receivedAt: now,
  });

  const take = async (event: Parameters<Inbox["take"]>[0]): Promise<string> => {
    if (!inbox) throw new NotFound("the terminal channel is not started", { operation: "terminal.take" });
    await inbox.take(event);
    return event.id;
  };

  return {
    id: "terminal",
    start: async (given) => {
      inbox = given;
    },
    stop: async () => {
      inbox = undefined;
    },
    send: (to, reply, { key }) => {
      const known = sent.get(key) ?? show(to, reply);
      sent.set(key, known);
      return known;
    },
    edit: (message, reply) => show(message.address, reply, message.id),
    direct: async ({ id }) => ({ channel: "terminal", chat: id }),
    async progress(address) {
      const message = { address, id: randomUUID() };
      let finished = false;
      return {
        message,
        step: (text) => {
          if (!finished) watchers.get(address.chat)?.step?.(text);
        },
        call: (call) => watchers.get(address.chat)?.call?.(call),
        finish: (reply) => {
          finished = true;
          return show(address, reply, message.id);
        },
      };
    },
    readFile: async (file) => {
      throw new NotFound(`the terminal sends no files (${file.name})`, { operation: "terminal.readFile" });
    },
    watch(chat, watcher) {
      watchers.set(chat, watcher);
      return () => {
        if (watchers.get(chat) === watcher) watchers.delete(chat);
      };
    },
    say: ({ chat, person, name, text, now }) => take({ ...arrival(chat, person, now, name), kind: "message", text, files: [] }),
    press: ({ chat, person, choice, option, on, now }) => {
      const event = arrival(chat, person, now);
      return take({ ...event, kind: "choice", choice, option, on: { address: event.address, id: on ?? choice } });
    },
  };
}
