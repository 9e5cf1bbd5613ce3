import { tmpdir } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { createModel } from "../../src/agent/model.js";
import { createSlack } from "../../src/channels/slack/index.js";
import { createTelegram } from "../../src/channels/telegram/index.js";
import { examine, type Finding } from "../../src/cli/doctor.js";
import { roomIn } from "../../src/cli/doctor-parts.js";
import type { Channel } from "../../src/domain/channel.js";
import { channelWords } from "../../src/text/wordings.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { startOpenAi } from "../fakes/openai.js";
import { startFakeSlack } from "../fakes/slack/index.js";
import { startFakeTelegram } from "../fakes/telegram/index.js";
import { openTestApp } from "../support/app.js";
import { quiet } from "../support/database.js";

const shared = {
  drawChart: async () => new Uint8Array(),
  allowedHosts: [],
  language: "ru" as const,
  words: { ru: channelWords("ru", "Europe/Moscow"), en: channelWords("en", "Europe/Moscow") },
  log: quiet,
  metrics: createMetrics(),
  now: () => new Date("2026-11-20T09:00:00.000Z"),
};
const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

async function findings(
  environment: Record<string, string>,
  channels: readonly Channel[] = [],
  model?: Awaited<ReturnType<typeof createModel>>,
) {
  const app = await openTestApp(environment, { channels, model });
  closings.push(() => app.end());
  const found = await examine(app);
  return (name: string): Finding | undefined => found.find((one) => one.name === name);
}

async function telegramAt(token?: string) {
  const fake = await startFakeTelegram();
  closings.push(() => fake.close());
  return createTelegram({
    ...shared,
    token: token ?? fake.token,
    apiRoot: fake.apiRoot,
    mode: { kind: "polling" },
    commands: { ru: [], en: [] },
  });
}

async function slackAt(botToken?: string) {
  const fake = await startFakeSlack();
  closings.push(() => fake.close());
  return createSlack({ ...shared, botToken: botToken ?? fake.botToken, appToken: fake.appToken, slackApiUrl: fake.apiUrl });
}

describe("svyaz doctor", () => {
  it("finds the sandbox, the database and the disk well, and speaks of nothing that is not set", async () => {
    const of = await findings({});
    for (const name of ["database", "disk", "amocrm", "onec-erp", "confluence"]) expect(of(name)).toMatchObject({ ok: true });
    for (const name of ["model", "embeddings", "telegram", "slack", "e-mail"]) expect(of(name)).toBeUndefined();
  });

  it("proves the messengers' tokens without receiving anything, and asks the model and the embeddings", async () => {
    const server = await startOpenAi(() => ({ text: "pong" }));
    closings.push(() => server.close());
    const key = { OPENAI_API_KEY: "test-key", OPENAI_BASE_URL: server.url };
    const model = await createModel({ apiKey: "test-key", baseUrl: server.url, model: "small", timeoutMs: 5_000 });
    const channels = [await telegramAt(), await slackAt()];
    const of = await findings({ ...key, OPENAI_MODEL: "small", OPENAI_EMBEDDING_MODEL: "vectors" }, channels, model);
    expect(of("telegram")).toMatchObject({ ok: true, what: expect.stringMatching(/@\w+/) });
    expect(of("slack")).toMatchObject({ ok: true, what: expect.stringMatching(/U\w+ \(T\w+\)/) });
    expect(of("model")).toMatchObject({ ok: true, what: expect.stringContaining("small") });
    expect(of("embeddings")).toMatchObject({ ok: true, what: expect.stringContaining("vectors") });
  });

  it("says how to mend a wrong token, a model's server that refuses and a mail server that is not there, and shows no secret", async () => {
    const server = await startOpenAi(() => ({ text: "pong" }));
    closings.push(() => server.close());
    const model = await createModel({ apiKey: "wrong-key", baseUrl: server.url, model: "small", timeoutMs: 5_000 });
    const channels = [await telegramAt("123456:wrong-token-of-telegram"), await slackAt("xoxb-1-wrong-token")];
    const mail = { SMTP_SERVER: "127.0.0.1", SMTP_PORT: "9", ALERT_EMAIL: "admin@example.com", EMAIL_PASSWORD: "wrong-password" };
    const of = await findings({ OPENAI_BASE_URL: server.url, ...mail }, channels, model);
    expect(of("telegram")).toMatchObject({ ok: false, mend: expect.stringContaining("@BotFather") });
    expect(of("slack")).toMatchObject({ ok: false, mend: expect.stringContaining("SLACK_BOT_TOKEN") });
    expect(of("model")).toMatchObject({ ok: false, mend: expect.stringContaining("OPENAI_API_KEY") });
    expect(of("model")?.what).not.toContain("\n");
    expect(of("e-mail")).toMatchObject({ ok: false, mend: expect.stringContaining("SMTP_PORT") });
    expect(JSON.stringify(["telegram", "slack", "model", "e-mail"].map(of))).not.toMatch(/wrong-/);
  });

  it("warns of a disk that is nearly full", async () => {
    await expect(roomIn(tmpdir(), 1)).resolves.toMatchObject({ free: expect.any(Number) });
    await expect(roomIn(tmpdir(), Number.MAX_SAFE_INTEGER)).rejects.toThrow(/MB left/);
  });
});
