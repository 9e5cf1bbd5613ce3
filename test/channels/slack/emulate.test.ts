import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator } from "emulate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Channel } from "../../../src/domain/channel.js";
import type { Address } from "../../../src/domain/message.js";
import { createSlack } from "../../../src/channels/slack/index.js";
import { createMetrics } from "../../../src/watch/metrics.js";
import { onePixel, wording } from "../kit/wording.js";
import { keptLog } from "../telegram/setup.js";
import { now } from "./setup.js";

/**
 * A second judge that nobody here wrote: the Slack of the "emulate" package keeps what it was sent without checking blocks.
 * It knows no Socket Mode and no agent sessions, so only ordinary outgoing calls are tried on it.
 */
const emulator = await freePort()
  .then((port) =>
    createEmulator({
      service: "slack",
      port,
      seed: { slack: { users: [{ name: "anna", real_name: "Анна", email: "anna@example.com" }], channels: [{ name: "sales" }] } },
    }),
  )
  .catch((error: unknown) => {
    process.stderr.write(
      `SKIPPED: the emulate package does not start here, Slack's outgoing calls have one judge less: ${String(error)}\n`,
    );
    return undefined;
  });

describe.skipIf(!emulator)("an independent emulator of Slack", () => {
  const url = emulator?.url;
  let channel: Channel;
  let direct: Address;

  const ask = async (method: string, fields: object = {}) => {
    const headers = { authorization: "Bearer xoxb-test", "content-type": "application/json" };
    const response = await fetch(`${url}/api/${method}`, { method: "POST", headers, body: JSON.stringify(fields) });
    return (await response.json()) as Record<string, unknown>;
  };
  const history = async (): Promise<{ ts: string; text: string; blocks?: unknown[]; files?: { title: string }[] }[]> =>
    ((await ask("conversations.history", { channel: direct.chat })).messages as { ts: string; text: string }[]).toSorted((a, b) =>
      a.ts.localeCompare(b.ts),
    );

  beforeAll(async () => {
    channel = createSlack({
      botToken: "xoxb-test",
      http: { signingSecret: "0123456789abcdef0123456789abcdef", register: () => {} },
      slackApiUrl: `${url}/api/`,
      drawChart: async () => onePixel,
      allowedHosts: [],
      language: "ru",
      words: wording,
      log: keptLog(),
      metrics: createMetrics(),
      now,
    });
    await channel.start({ take: async () => {} });
    const { members } = (await ask("users.list")) as { members: { id: string; name: string }[] };
    direct = await channel.direct({ id: members.find(({ name }) => name === "anna")!.id });
  });
  afterAll(async () => {
    await channel.stop();
    await emulator?.close();
  });

  it("opens a direct talk, takes a message, its edit and its removal", async () => {
    const [message] = await channel.send(direct, [{ kind: "text", markdown: "**раз** <!channel>" }], { key: "1" });
    expect(await history()).toMatchObject([{ ts: message?.id, text: "раз &lt;!channel&gt;", blocks: [{ type: "rich_text" }] }]);
    await channel.edit(message!, [{ kind: "text", markdown: "два" }]);
    expect((await history()).map(({ text }) => text)).toEqual(["два"]);
    expect(await channel.edit(message!, [])).toEqual([]);
    expect(await history()).toEqual([]);
  });

  it("turns a placeholder into the answer, although it knows no status of a thread", async () => {
    const [root] = await channel.send(direct, [{ kind: "text", markdown: "корень" }], { key: "2" });
    const progress = await channel.progress({ ...direct, thread: root!.id });
    await progress.finish([{ kind: "text", markdown: "ответ" }]);
    const { messages } = (await ask("conversations.replies", { channel: direct.chat, ts: root!.id })) as {
      messages: { text: string }[];
    };
    expect(messages.map(({ text }) => text)).toEqual(["корень", "ответ"]);
  });

  // The emulator hands out no file with a Cyrillic name (its header is not encoded), so this one has none.
  it("takes a file in three steps, byte for byte", async () => {
    await channel.send(direct, [{ kind: "file", name: "report.xlsx", mediaType: "application/vnd.ms-excel", bytes: onePixel }], {
      key: "3",
    });
    const file = (await history()).flatMap(({ files = [] }) => files).at(-1) as unknown as { id: string; name: string; mimetype: string };
    expect(file).toMatchObject({ name: "report.xlsx" });
    const read = await channel.readFile({ id: file.id, name: file.name, mediaType: file.mimetype }, AbortSignal.timeout(5000));
    expect(new Uint8Array(read)).toEqual(onePixel);
  });
});

/** The emulator takes no port 0. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
