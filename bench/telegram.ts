import { once } from "node:events";
import Fastify, { type FastifyInstance } from "fastify";
import { Bot, webhookCallback } from "grammy";
import { Pool } from "undici";
import { createTelegram } from "../src/channels/telegram/index.js";
import type { Database } from "../src/platform/database.js";
import { createServer } from "../src/platform/server.js";
import { channelWords } from "../src/text/wordings.js";
import { createMetrics } from "../src/watch/metrics.js";
import type { FakeTelegram } from "../test/fakes/telegram/index.js";
import { openTestApp, type TestApp } from "../test/support/app.js";
import { quiet } from "../test/support/database.js";

export const secretToken = "a-secret-of-the-bench-0123456789";

/** A bot behind a web hook. */
export interface Hook {
  /** Delivers an update as Telegram does; resolves once it is acknowledged, and rejects when it is not. */
  readonly deliver: (update: { readonly update_id: number }) => Promise<void>;
  close(): Promise<void>;
}

/** The whole product behind its own web server, with these people known by their Telegram accounts. */
export async function openSvyaz(options: {
  readonly telegram: FakeTelegram;
  readonly database: Database;
  readonly people: readonly number[];
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<Hook & { readonly app: TestApp }> {
  const { telegram, database, people, environment } = options;
  const metrics = createMetrics();
  const server = createServer({ log: quiet, ready: async () => [], metrics: () => metrics.text() });
  const channel = createTelegram({
    token: telegram.token,
    apiRoot: telegram.apiRoot,
    mode: { kind: "webhook", secretToken, register: (handler) => server.route({ method: "POST", path: "/webhooks/telegram", handler }) },
    drawChart: () => Promise.reject(new Error("nobody asks for charts here")),
    allowedHosts: [],
    language: "ru",
    words: { ru: channelWords("ru", "Europe/Moscow"), en: channelWords("en", "Europe/Moscow") },
    commands: { ru: [], en: [] },
    log: quiet,
    metrics,
    now: () => new Date(),
  });
  const app = await openTestApp({ SVYAZ_SANDBOX: "false", ...environment }, { database, channels: [channel] });
  for (const id of people) {
    await app.people.add({ id: `person-${id}`, name: `Сотрудник ${id}` });
    const { code } = await app.people.invite(`person-${id}`, app.now(), 60_000);
    await app.people.redeem(code, { channel: "telegram", id: String(id) }, app.now());
  }
  await channel.start(app.inbox);
  const client = clientOf(await server.start(), "/webhooks/telegram");
  return {
    app,
    deliver: client.deliver,
    async close() {
      await client.close();
      await server.stop();
      await app.end();
    },
  };
}

/** A bare grammY bot that knows itself already; the named methods are answered within the 200. */
export function openBot({ token, apiRoot, me }: FakeTelegram, canUseWebhookReply: (method: string) => boolean = () => false): Bot {
  const abilities = {
    can_join_groups: true,
    can_read_all_group_messages: false,
    can_manage_bots: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    supports_join_request_queries: false,
  };
  return new Bot(token, { botInfo: { ...me, is_bot: true, ...abilities }, client: { apiRoot, canUseWebhookReply } });
}

/** A grammY bot behind the same kind of web server, with grammY's own adapter. */
export async function openBare(bot: Bot): Promise<Hook> {
  const server: FastifyInstance = Fastify({ logger: false });
  server.post("/bot", webhookCallback(bot, "fastify", { secretToken }));
  const client = clientOf(await server.listen({ host: "127.0.0.1", port: 0 }), "/bot");
  return {
    deliver: client.deliver,
    async close() {
      await client.close();
      await server.close();
    },
  };
}

/** What Telegram would send for a text in a private chat. */
export function textUpdate(id: number, person: number, text: string) {
  const from = { id: person, is_bot: false, first_name: `Сотрудник ${person}`, language_code: "ru" };
  const chat = { id: person, type: "private", first_name: from.first_name };
  return { update_id: id, message: { message_id: id, date: 1_795_000_000, chat, from, text } };
}

/** Telegram keeps up to 40 connections to a web hook (Bot API, setWebhook, max_connections). */
function clientOf(origin: string, path: string) {
  const pool = new Pool(origin, { connections: 40 });
  const headers = { "content-type": "application/json", "x-telegram-bot-api-secret-token": secretToken };
  return {
    deliver: async (update: { readonly update_id: number }) => {
      const { statusCode, body } = await pool.request({ method: "POST", path, headers, body: JSON.stringify(update) });
      body.resume();
      if (!body.closed) await once(body, "close");
      if (statusCode !== 200) throw new Error(`update ${update.update_id} was answered with ${statusCode}`);
    },
    close: () => pool.close(),
  };
}
