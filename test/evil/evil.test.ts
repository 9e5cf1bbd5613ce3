import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import diagnostics from "node:diagnostics_channel";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { linksTo } from "../../src/channels/kit/addresses.js";
import { createSlack } from "../../src/channels/slack/index.js";
import { createTelegram } from "../../src/channels/telegram/index.js";
import { renderReply } from "../../src/channels/terminal/render.js";
import type { Reply } from "../../src/domain/message.js";
import * as tools from "../../src/tools/index.js";
import { channelWords } from "../../src/text/wordings.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { type FakeOpenAi, type Say, startOpenAi } from "../fakes/openai.js";
import { type FakeSlack, startFakeSlack } from "../fakes/slack/index.js";
import { type FakeTelegram, startFakeTelegram } from "../fakes/telegram/index.js";
import { openTestApp, type TestApp } from "../support/app.js";
import { quiet } from "../support/database.js";
import { attacked, calls, utterances } from "./cases.js";

const evilHost = "evil.example";
const anna = 111_000_111;
const annaInSlack = "U0ANNA0001";
const toAnna = "D0ANNA0001";
const wordings = { ru: channelWords("ru", "Europe/Moscow"), en: channelWords("en", "Europe/Moscow") };
const patience = { timeout: 30_000, interval: 25 };

/** Clients and pages that anna and vera may not see, as they are called in the systems. */
const hidden = /ООО «Альфа-Строй»|G5\b.{0,20}154|Фонд оплаты труда вырос/;

/** The whole product with all its channels, and a model that says whatever it is told to. */
let model: FakeOpenAi;
let telegram: FakeTelegram;
let slack: FakeSlack;
let trap: Server;
let trapped = 0;
let app: TestApp;
let script: readonly Say[] = [];
const reached = new Set<string>();

const watch = (message: unknown) => {
  const { socket } = message as { socket: import("node:net").Socket };
  socket.once("connect", () => reached.add(`${socket.remoteAddress}:${socket.remotePort}`));
  socket.once("lookup", (_error: unknown, _address: unknown, _family: unknown, host: string) => host !== "localhost" && reached.add(host));
};

beforeAll(async () => {
  diagnostics.subscribe("net.client.socket", watch);
  trap = createServer((_request, response) => {
    trapped += 1;
    response.end("caught");
  });
  await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
  model = await startOpenAi((request) => {
    const said = request.messages
      .slice(request.messages.findLastIndex(({ role }) => role === "user"))
      .filter(({ role }) => role === "assistant").length;
    return script[said] ?? { text: "Всё сделано." };
  });
  telegram = await startFakeTelegram();
  telegram.people.add(anna, "Анна");
  slack = await startFakeSlack();
  slack.people.add(annaInSlack, "Анна", { email: "anna@example.com" });
  const shared = {
    drawChart: async () => new Uint8Array(),
    allowedHosts: ["127.0.0.1"],
    language: "ru" as const,
    words: wordings,
    log: quiet,
    metrics: createMetrics(),
    now: () => new Date("2026-11-20T09:00:00.000Z"),
  };
  const inTelegram = createTelegram({
    ...shared,
    token: telegram.token,
    apiRoot: telegram.apiRoot,
    mode: { kind: "polling" },
    commands: { ru: [], en: [] },
  });
  const inSlack = createSlack({ ...shared, botToken: slack.botToken, appToken: slack.appToken, slackApiUrl: slack.apiUrl });
  app = await openTestApp(
    { OPENAI_API_KEY: "test-key", OPENAI_BASE_URL: model.url, SLACK_MATCH_EMAIL: "true" },
    { channels: [inTelegram, inSlack], sandboxPerSecond: 50 },
  );
  const me = (await app.people.list()).find(({ id }) => id === "anna");
  slack.people.add(annaInSlack, "Анна", { email: me?.email ?? "" });
  await inTelegram.start(app.inbox);
  await inSlack.start(app.inbox);
  const { code } = await app.people.invite("anna", app.now(), 60_000);
  telegram.people.write(anna, code);
  await vi.waitFor(() => expect(telegram.seen(anna).length).toBeGreaterThan(0), patience);
});
afterAll(async () => {
  diagnostics.unsubscribe("net.client.socket", watch);
  await app.end();
  await Promise.all([model.close(), telegram.close(), slack.close()]);
  trap.close();
});

/** Requests that change anything, by the systems' own count. */
function changes(): Readonly<Record<string, number>> {
  const { amocrm, onecErp, confluence } = app.sandbox!.servers;
  return Object.fromEntries(
    [amocrm, onecErp, confluence].flatMap((server, at) =>
      Object.entries(server.counters().byRoute)
        .filter(([route]) => !route.startsWith("GET") && !route.startsWith("HEAD"))
        .map(([route, count]) => [`${at} ${route}`, count]),
    ),
  );
}

function records(): string {
  const { fields: _fields, ...rest } = app.sandbox!.servers.amocrm.store.dump();
  return createHash("sha256").update(JSON.stringify(rest)).digest("hex");
}

describe(`a model that does anything, by ${calls.length} cases`, () => {
  let before: string;
  beforeAll(() => {
    before = records();
  });

  it.each(calls)("writes nothing and shows nothing hidden: $title", async ({ as, asked, steps }) => {
    script = steps;
    const from = model.bodies.length;
    const answer = await app.ask(asked, { as });
    expect(changes()).toEqual({});
    // Somebody has been told something, whatever the model did.
    expect(answer.blocks.length).toBeGreaterThan(0);
    if (as === "vera") expect(answer.approvals).toEqual([]);
    if (as === "vera" || as === "anna") {
      expect(JSON.stringify(answer.lines)).not.toMatch(hidden);
      expect(model.bodies.slice(from).join("\n")).not.toMatch(hidden);
    }
  });

  it("goes for every tool there is", () => {
    expect([...attacked].toSorted()).toEqual(
      Object.values(tools)
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it("has left every record of the CRM as it was, and nobody with a schedule they did not agree to", async () => {
    expect(records()).toBe(before);
    expect((await app.database.query("select * from schedules")).rows).toEqual([]);
  });

  it("has never been shown a secret", () => {
    const seen = model.bodies.join("\n");
    const environment = app.sandbox?.environment ?? {};
    for (const name of ["AMOCRM_TOKEN", "ONEC_ERP_PASSWORD", "CONFLUENCE_TOKEN"]) expect(seen).not.toContain(environment[name]);
    expect(seen).not.toContain("test-key");
  });

  it("has offered no write after a poisoned document to somebody who only read", async () => {
    script = [{ calls: [{ name: "read-document", args: { document: "Партнёрская программа: условия поставки" } }] }];
    await app.ask("что в партнёрской программе?", { as: "admin" });
    const [first, second] = model.requests.slice(-2).map(({ tools = [] }) => tools.map((tool) => tool.function.name));
    expect(first).toContain("create-deal");
    expect(second).toContain("search-documents");
    expect(second).not.toContain("create-deal");
  });
});

describe(`a model whose every word leads elsewhere, by ${utterances(evilHost).length} ways in each channel`, () => {
  const texts = utterances(evilHost);
  const batch = 9;
  const batches = Array.from({ length: Math.ceil(texts.length / batch) }, (_, at) => texts.slice(at * batch, (at + 1) * batch));
  const elsewhere = (links: readonly string[]) => links.filter((link) => !URL.canParse(link) || new URL(link).hostname !== "127.0.0.1");

  it.each(batches.map((lines, at) => [at, lines] as const))("gives nothing to press in Telegram, part %i", async (at, lines) => {
    script = [{ text: [`Часть ${at}т.`, ...lines].join("\n\n") }];
    telegram.people.write(anna, `скажи часть ${at}`);
    await vi.waitFor(() => expect(telegram.seen(anna).some(({ text }) => text.includes(`Часть ${at}т`))).toBe(true), patience);
    const seen = telegram.seen(anna);
    expect(seen.flatMap(({ clickable }) => elsewhere(clickable))).toEqual([]);
    expect(seen.filter(({ preview }) => preview)).toEqual([]);
  });

  it.each(batches.map((lines, at) => [at, lines] as const))("gives nothing to press in Slack, part %i", async (at, lines) => {
    script = [{ text: [`Часть ${at}с.`, ...lines].join("\n\n") }];
    await slack.people.write(annaInSlack, `скажи часть ${at}`, { channel: toAnna });
    await vi.waitFor(() => expect(slack.seen(toAnna).some(({ text }) => text.includes(`Часть ${at}с`))).toBe(true), patience);
    const seen = slack.seen(toAnna);
    expect(seen.flatMap(({ clickable }) => elsewhere(clickable))).toEqual([]);
    expect(seen.filter(({ unfurls }) => unfurls)).toEqual([]);
  });

  it.each(batches.map((lines, at) => [at, lines] as const))("makes no link of it in the terminal, part %i", async (at, lines) => {
    script = [{ text: [`Часть ${at}.`, ...lines, `http://127.0.0.1:${(trap.address() as AddressInfo).port}/?d=SECRET`].join("\n\n") }];
    const { blocks } = await app.ask(`скажи часть ${at}`, { as: "anna" });
    const allowed = linksTo(["127.0.0.1"]);
    const shown = renderReply(blocks as unknown as Reply, { width: 100, colour: false, allowed }, { path: () => undefined }, wordings);
    expect(shown).toContain(`Часть ${at}.`);
    expect(elsewhere([...shown.matchAll(/https?:\/\/[^\s)|]+/giu)].map(([link]) => link))).toEqual([]);
    // No control sequence but ours: none at all without colours.
    expect(shown).not.toContain("\u001B");
  });
});

describe("what left the process meanwhile", () => {
  it("went to the configured systems, the model and the messengers alone", () => {
    const { amocrm, onecErp, confluence } = app.sandbox!.servers;
    const own = [amocrm.url, onecErp.url, confluence.url, model.url, telegram.apiRoot, slack.apiUrl].map((url) => new URL(url).port);
    expect(trapped).toBe(0);
    const strangers = [...reached].filter((one) => !/^(?:127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)(?::|$)/.test(one));
    expect(strangers).toEqual([]);
    expect([...reached].some((one) => own.some((port) => one.endsWith(`:${port}`)))).toBe(true);
  });
});
