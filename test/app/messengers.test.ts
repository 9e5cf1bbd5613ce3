import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createSlack } from "../../src/channels/slack/index.js";
import { createTelegram } from "../../src/channels/telegram/index.js";
import { channelWords } from "../../src/text/wordings.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { renderChart } from "../../src/reports/chart.js";
import { type FakeSlack, startFakeSlack } from "../fakes/slack/index.js";
import { type FakeTelegram, startFakeTelegram } from "../fakes/telegram/index.js";
import { amocrmLeads, openTestApp, type TestApp } from "../support/app.js";
import { quiet } from "../support/database.js";

const shared = {
  drawChart: (chart: Parameters<typeof renderChart>[0], caption: string) => renderChart(chart, { title: caption, language: "ru" as const }),
  allowedHosts: ["127.0.0.1"],
  language: "ru" as const,
  words: { ru: channelWords("ru", "Europe/Moscow"), en: channelWords("en", "Europe/Moscow") },
  log: quiet,
  metrics: createMetrics(),
  now: () => new Date("2026-11-20T09:00:00.000Z"),
};
const patience = { timeout: 25_000, interval: 100 };

describe("the whole product in Telegram", () => {
  const anna = 111_000_111;
  const stranger = 999_000_999;
  const team = -4_001;
  let telegram: FakeTelegram;
  let app: TestApp;

  beforeAll(async () => {
    telegram = await startFakeTelegram();
    telegram.people.add(anna, "Анна");
    telegram.people.add(stranger, "Прохожий");
    telegram.people.addGroup(team, "Продажи");
    const channel = createTelegram({
      ...shared,
      token: telegram.token,
      apiRoot: telegram.apiRoot,
      mode: { kind: "polling" },
      commands: { ru: [], en: [] },
    });
    app = await openTestApp({}, { channels: [channel] });
    await channel.start(app.inbox);
  });
  afterAll(async () => {
    await app.end();
    await telegram.close();
  });

  const shown = (chat: number) =>
    telegram
      .seen(chat)
      .map(({ text }) => text)
      .join("\n");

  it("tells a stranger how to be let in, and nothing else", async () => {
    telegram.people.write(stranger, "Что у нас было с Ромашкой?");
    await vi.waitFor(() => expect(shown(stranger)).toMatch(/код приглашения/), patience);
    expect(shown(stranger)).not.toMatch(/Выиграно/);
  });

  it("lets a person in by an invitation code, once", async () => {
    const { code } = await app.people.invite("anna", app.now(), 60_000);
    telegram.people.write(anna, code);
    await vi.waitFor(() => expect(shown(anna)).toMatch(/связан с вашей учётной записью/), patience);
    telegram.people.write(stranger, `/start ${code}`);
    await vi.waitFor(() => expect(shown(stranger)).toMatch(/код не подошёл/), patience);
  });

  it("answers with tables, and has a deal written by a button", async () => {
    telegram.people.write(anna, "что у нас было с Ромашкой за год");
    await vi.waitFor(() => expect(shown(anna)).toMatch(/Выиграно: 2 сделки/), patience);
    telegram.people.write(anna, "создай ему сделку на 75к");
    await vi.waitFor(() => expect(shown(anna)).toMatch(/75.000.₽/), patience);
    expect(amocrmLeads(app, "Сделка с ООО «Ромашка»")).toHaveLength(0);
    telegram.people.press(anna, "Записать");
    await vi.waitFor(() => expect(shown(anna)).toMatch(/✅ Готово/), patience);
    expect(amocrmLeads(app, "Сделка с ООО «Ромашка»")).toEqual([expect.objectContaining({ price: 75_000 })]);
  });

  it("sends a chart as a photo", async () => {
    const { code } = await app.people.invite("boris", app.now(), 60_000);
    const boris = 222_000_222;
    telegram.people.add(boris, "Борис");
    telegram.people.write(boris, code);
    await vi.waitFor(() => expect(shown(boris)).toMatch(/связан/), patience);
    telegram.people.write(boris, "покажи продажи по месяцам с графиком");
    await vi.waitFor(() => expect(telegram.seen(boris).some(({ photo }) => photo)).toBe(true), patience);
    expect(shown(boris)).toMatch(/Выручка/);
  });

  it("answers what is asked in a group to the asker alone", async () => {
    telegram.people.write(anna, `@${telegram.me.username} что у нас было с Ромашкой за год`, { chat: team });
    await vi.waitFor(() => expect(shown(team)).toMatch(/Ответил лично/), patience);
    expect(shown(team)).not.toMatch(/Выиграно/);
  });

  it("kindly asks for text when somebody speaks", async () => {
    telegram.people.write(anna, "", { voice: { bytes: Buffer.from("OggS"), seconds: 3 } });
    await vi.waitFor(() => expect(shown(anna)).toMatch(/текстом/), patience);
  });
});

describe("the whole product in Slack", () => {
  const anna = "U0ANNA0001";
  const toAnna = "D0ANNA0001";
  let slack: FakeSlack;
  let app: TestApp;

  beforeAll(async () => {
    slack = await startFakeSlack();
    slack.people.add(anna, "Анна", { email: "anna@example.com" });
    const channel = createSlack({ ...shared, botToken: slack.botToken, appToken: slack.appToken, slackApiUrl: slack.apiUrl });
    app = await openTestApp({ SLACK_MATCH_EMAIL: "true" }, { channels: [channel] });
    const [first] = (await app.people.list()).filter(({ id }) => id === "anna");
    slack.people.add(anna, "Анна", { email: first?.email ?? "" });
    await channel.start(app.inbox);
  });
  afterAll(async () => {
    await app.end();
    await slack.close();
  });

  const shown = () =>
    slack
      .seen(toAnna)
      .map(({ text }) => text)
      .join("\n");

  it("knows a member by the verified e-mail, and writes a deal by a button", async () => {
    await slack.people.write(anna, "что у нас было с Ромашкой за год", { channel: toAnna });
    await vi.waitFor(() => expect(shown()).toMatch(/Выиграно: 2 сделки/), patience);
    // A new root of the direct chat still knows of whom was spoken.
    await slack.people.write(anna, "создай ему сделку на 90к", { channel: toAnna });
    await vi.waitFor(() => expect(shown()).toMatch(/90.000.₽/), patience);
    await slack.people.press(anna, "Записать", toAnna);
    await vi.waitFor(() => expect(shown()).toMatch(/✅ Готово/), patience);
    expect(amocrmLeads(app, "Сделка с ООО «Ромашка»")).toEqual([expect.objectContaining({ price: 90_000 })]);
  });
});
