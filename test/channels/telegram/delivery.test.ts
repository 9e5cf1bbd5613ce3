import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { InboxEvent } from "../../../src/domain/message.js";
import { createTelegram, type WebhookHandler } from "../../../src/channels/telegram/index.js";
import { SettingsInvalid, SignInNeeded } from "../../../src/domain/errors.js";
import { anna, boris, openTelegramWorld } from "./setup.js";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const textOf = (event: InboxEvent | undefined) => (event?.kind === "message" ? event.text : undefined);

async function polling(take: (event: InboxEvent) => Promise<void>) {
  const world = await openTelegramWorld();
  cleanups.push(() => world.telegram.close());
  await world.channel.start({ take });
  cleanups.push(() => world.channel.stop());
  return world;
}

describe("polling", () => {
  it("confirms an update only after it was stored: a process that dies before leaves it to the next", async () => {
    let store = () => {};
    const dying: InboxEvent[] = [];
    const { telegram, settings } = await polling((event) => {
      dying.push(event);
      return new Promise<void>((resolve) => (store = resolve));
    });
    telegram.people.write(anna, "важное");
    await vi.waitFor(() => expect(dying).toHaveLength(1));
    expect(telegram.unconfirmed()).toEqual([500]);

    const second: InboxEvent[] = [];
    const successor = createTelegram(settings);
    await successor.start({ take: async (event) => void second.push(event) });
    cleanups.push(() => successor.stop());
    await vi.waitFor(() => expect(second.map(textOf)).toEqual(["важное"]));
    expect(second[0]?.id).toBe(dying[0]?.id);
    await vi.waitFor(() => expect(telegram.unconfirmed()).toEqual([]));
    store();
  });

  it("asks again for what could not be stored, and does not hold up other chats meanwhile", async () => {
    const taken: string[] = [];
    let away = true;
    const { telegram } = await polling(async (event) => {
      if (event.sender.id === String(anna) && away) throw new Error("the database is away");
      taken.push(textOf(event)!);
    });
    telegram.people.write(anna, "раз");
    telegram.people.write(anna, "два");
    telegram.people.write(boris, "другой чат");
    await vi.waitFor(() => expect(taken).toEqual(["другой чат"]));
    telegram.people.write(boris, "ещё");
    await vi.waitFor(() => expect(taken).toEqual(["другой чат", "ещё"]), 5000);
    expect(telegram.unconfirmed()).toHaveLength(4);
    away = false;
    await vi.waitFor(() => expect(taken).toEqual(["другой чат", "ещё", "раз", "два"]), 5000);
    await vi.waitFor(() => expect(telegram.unconfirmed()).toEqual([]));
  });

  it("does not wait for one chat to store another's", async () => {
    const taken: string[] = [];
    let store = () => {};
    const { telegram } = await polling(async (event) => {
      if (textOf(event) === "долго") await new Promise<void>((resolve) => (store = resolve));
      taken.push(textOf(event)!);
    });
    telegram.people.write(boris, "разминка");
    await vi.waitFor(() => expect(taken).toHaveLength(1));
    for (const [person, text] of [
      [anna, "долго"],
      [boris, "быстро"],
    ] as const)
      telegram.people.write(person, text);
    store();
    await vi.waitFor(() => {
      store();
      expect(taken).toHaveLength(3);
    });
  });

  it("takes a hundred waiting updates and more, each once", async () => {
    const world = await openTelegramWorld();
    cleanups.push(() => world.telegram.close());
    for (let index = 0; index < 250; index += 1) world.telegram.people.write(index % 2 ? anna : boris, `№${index}`);
    await world.channel.start(world.inbox);
    cleanups.push(() => world.channel.stop());
    await vi.waitFor(() => expect(world.events).toHaveLength(250), 5000);
    expect(new Set(world.events.map(({ id }) => id)).size).toBe(250);
  });

  it("takes a webhook away before it polls, and keeps what waited for it", async () => {
    const world = await openTelegramWorld();
    cleanups.push(() => world.telegram.close());
    await fetch(`${world.telegram.apiRoot}/bot${world.telegram.token}/setWebhook`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ url: "https://old.example.com/hook" }),
    });
    world.telegram.people.write(anna, "ждал");
    await world.channel.start(world.inbox);
    cleanups.push(() => world.channel.stop());
    await vi.waitFor(() => expect(world.events.map(textOf)).toEqual(["ждал"]));
  });

  it.each([
    ["the server is busy", { kind: "refuse", code: 429, description: "Too Many Requests: retry after 1", parameters: { retry_after: 1 } }],
    ["another copy polls", { kind: "refuse", code: 409, description: "Conflict: terminated by other getUpdates request" }],
    ["the connection is cut", { kind: "cut", done: false }],
    ["a proxy answers with a page", { kind: "html", status: 502 }],
  ] as const)("goes on by itself after %s", async (_case, trouble) => {
    const world = await openTelegramWorld();
    cleanups.push(() => world.telegram.close());
    world.telegram.trouble("getUpdates", trouble, 2);
    await world.channel.start(world.inbox);
    cleanups.push(() => world.channel.stop());
    world.telegram.people.write(anna, "я здесь");
    await vi.waitFor(() => expect(world.events.map(textOf)).toEqual(["я здесь"]), 8000);
    expect(world.log.lines.join()).not.toContain(world.telegram.token);
  });

  it("stops at once while nothing arrives, and after storing what has arrived", async () => {
    const taken: InboxEvent[] = [];
    const { telegram, channel } = await polling(async (event) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      taken.push(event);
    });
    telegram.people.write(anna, "последнее");
    await vi.waitFor(() => expect(telegram.calls.filter(({ method }) => method === "getUpdates").length).toBeGreaterThan(0));
    await new Promise((resolve) => setTimeout(resolve, 30));
    const began = performance.now();
    await channel.stop();
    expect(performance.now() - began).toBeLessThan(2000);
    expect(taken).toHaveLength(1);
    expect(telegram.unconfirmed()).toEqual([]);
  });
});

describe("the token", () => {
  it("that Telegram does not know stops the start, and is named nowhere", async () => {
    const world = await openTelegramWorld();
    cleanups.push(() => world.telegram.close());
    const wrong = "5000000000:AAF-some-other-token-of-35-letters_";
    const channel = createTelegram({ ...world.settings, token: { reveal: () => wrong } });
    const error = await channel.start(world.inbox).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(SignInNeeded);
    expect(JSON.stringify([error, String(error), (error as Error).stack, world.log.lines])).not.toContain("AAF");
  });
});

describe("the menu", () => {
  it("is published in both languages, and in the installation's for all others", async () => {
    const commands = { ru: [{ command: "pomosch", description: "Помощь" }], en: [{ command: "help", description: "Help" }] };
    const world = await openTelegramWorld({ commands, language: "en" });
    cleanups.push(() => world.telegram.close());
    await world.channel.start(world.inbox);
    cleanups.push(() => world.channel.stop());
    expect([world.telegram.commands("ru"), world.telegram.commands("en"), world.telegram.commands()]).toEqual([
      ["pomosch"],
      ["help"],
      ["help"],
    ]);
  });

  it("that Telegram refuses is no reason not to start", async () => {
    const world = await openTelegramWorld({ commands: { ru: [{ command: "Справка", description: "?" }], en: [] } });
    cleanups.push(() => world.telegram.close());
    await world.channel.start(world.inbox);
    cleanups.push(() => world.channel.stop());
    expect(world.log.lines.join()).toContain("menu");
  });
});

describe("a webhook", () => {
  const secretToken = "s3cret_token-for-tests";

  async function listening(take: (event: InboxEvent) => Promise<void>) {
    let handler: WebhookHandler | undefined;
    const server = createServer((request, response) => void hand(request, response));
    const hand = async (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const { status } = await handler!({
        method: request.method!,
        path: request.url!,
        query: {},
        headers,
        body: Buffer.concat(chunks),
        receivedAt: new Date(),
      });
      response.writeHead(status).end();
    };
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/telegram`;
    const world = await openTelegramWorld({ mode: { kind: "webhook", secretToken, url, register: (given) => (handler = given) } });
    cleanups.push(async () => {
      await world.telegram.close();
      await new Promise((resolve) => server.close(resolve));
    });
    await world.channel.start({ take });
    cleanups.push(() => world.channel.stop());
    const post = (body: string, headers: Record<string, string>) =>
      fetch(url, { method: "POST", body, headers }).then(({ status }) => status);
    return { ...world, post };
  }

  it("answers only once the update is stored, and gets again what was not", async () => {
    const taken: InboxEvent[] = [];
    let refusals = 2;
    const { telegram } = await listening(async (event) => {
      if (refusals-- > 0) throw new Error("the database is away");
      taken.push(event);
    });
    telegram.people.write(anna, "через хук");
    await vi.waitFor(() => expect(taken.map(textOf)).toEqual(["через хук"]));
    await vi.waitFor(() => expect(telegram.webhookStatuses()).toEqual([503, 503, 200]));
    expect(telegram.unconfirmed()).toEqual([]);
  });

  it("reads nothing without the secret", async () => {
    const taken: InboxEvent[] = [];
    const { post } = await listening(async (event) => void taken.push(event));
    const forged = JSON.stringify({
      update_id: 1,
      message: {
        message_id: 1,
        chat: { id: anna, type: "private" },
        from: { id: anna, is_bot: false, first_name: "А" },
        text: "дай токен",
      },
    });
    const header = "x-telegram-bot-api-secret-token";
    const guesses = ["", "s3cret_token-for-test", `${secretToken}s`, secretToken.toUpperCase(), "x".repeat(300)];
    for (const guess of guesses) expect(await post(forged, { [header]: guess })).toBe(401);
    expect(await post(forged, {})).toBe(401);
    expect(await post("{half", { [header]: secretToken })).toBe(400);
    expect(taken).toEqual([]);
    expect(await post(forged, { [header]: secretToken })).toBe(200);
    expect(taken).toHaveLength(1);
  });

  it("without a secret worth the name does not start", async () => {
    for (const poor of ["", "short", "with spaces and more than sixteen"]) {
      const world = await openTelegramWorld({ mode: { kind: "webhook", secretToken: poor, register: () => {} } });
      cleanups.push(() => world.telegram.close());
      await expect(world.channel.start(world.inbox)).rejects.toThrow(SettingsInvalid);
    }
  });

  it("sends what comes while it stops away, to be delivered again", async () => {
    const { channel, post } = await listening(async () => {});
    await channel.stop();
    expect(await post("{}", { "x-telegram-bot-api-secret-token": secretToken })).toBe(503);
  });
});
