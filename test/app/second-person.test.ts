import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTelegram } from "../../src/channels/telegram/index.js";
import { runCommand } from "../../src/cli/commands.js";
import { channelWords } from "../../src/text/wordings.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { type FakeTelegram, startFakeTelegram } from "../fakes/telegram/index.js";
import { amocrmLeads, openTestApp, type TestApp } from "../support/app.js";
import { quiet } from "../support/database.js";

const patience = { timeout: 25_000, interval: 50 };
const policy = `roles:
  staff: { documents: { read: all } }
  sales:
    documents: { read: all }
    crm:
      read: own
      create: { scope: own, second_above: { amount: 500000 RUB } }
      change: own
  manager:
    crm: { read: department, create: department, change: department }
  admin:
    "*": { read: all, create: all, change: all }
`;

describe("a deal that needs a second person, in Telegram", () => {
  const [anna, boris, dmitry] = [111_000_111, 222_000_222, 333_000_333];
  const team = -4_001;
  const title = "Сделка с ООО «Ромашка»";
  let folder: string;
  let telegram: FakeTelegram;
  let app: TestApp;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "svyaz-access-"));
    writeFileSync(join(folder, "access.yaml"), policy);
    telegram = await startFakeTelegram();
    const words = { ru: channelWords("ru", "Europe/Moscow"), en: channelWords("en", "Europe/Moscow") };
    const channel = createTelegram({
      drawChart: () => Promise.reject(new Error("no chart is drawn here")),
      allowedHosts: ["127.0.0.1"],
      language: "ru",
      words,
      log: quiet,
      metrics: createMetrics(),
      now: () => new Date("2026-11-20T09:00:00.000Z"),
      token: telegram.token,
      apiRoot: telegram.apiRoot,
      mode: { kind: "polling" },
      commands: { ru: [], en: [] },
    });
    app = await openTestApp({ SVYAZ_ACCESS: join(folder, "access.yaml") }, { channels: [channel] });
    await app.rights.members({ systems: ["amocrm"] });
    for (const [id, name, person] of [
      [anna, "Анна", "anna"],
      [boris, "Борис", "boris"],
      [dmitry, "Дмитрий", "dmitry"],
    ] as const) {
      telegram.people.add(id, name);
      const { code } = await app.people.invite(person, app.now(), 60_000);
      await app.people.redeem(code, { channel: "telegram", id: String(id) }, app.now());
    }
    telegram.people.addGroup(team, "Продажи");
    await channel.start(app.inbox);
  });
  afterAll(async () => {
    await app.end();
    await telegram.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const shown = (chat: number) =>
    telegram
      .seen(chat)
      .map(({ text }) => text)
      .join("\n");
  const labels = (chat: number) => telegram.seen(chat).flatMap(({ buttons }) => buttons.flat().map(({ text }) => text));
  const deals = (price: number) => amocrmLeads(app, title).filter((lead) => lead.price === price);

  const times = (chat: number, text: string | RegExp) => shown(chat).split(text).length - 1;

  /** Anna's wish and her own yes. */
  async function annaAgrees(amount: string, digits: RegExp): Promise<void> {
    const before = times(anna, "Ваше «да» записано");
    telegram.people.write(anna, `создай сделку с Ромашкой на ${amount}`);
    await vi.waitFor(() => expect(shown(anna)).toMatch(digits), patience);
    await vi.waitFor(() => expect(labels(anna)).toContain("Записать"), patience);
    telegram.people.press(anna, "Записать");
    await vi.waitFor(() => expect(times(anna, "Ваше «да» записано")).toBe(before + 1), patience);
  }

  /** Presses a button that was made for somebody else's chat, as a forged client could. */
  async function forge(person: number, data: string, chat = person): Promise<void> {
    const refused = () => times(person, /Подтвердить может только|ждём второго подтверждения/);
    const before = refused();
    const message = telegram.people.write(person, "/start", { chat });
    telegram.people.pressData(person, data, chat, message);
    await vi.waitFor(() => expect(refused()).toBe(before + 1), patience);
  }

  it("goes to the manager's own chat, and is written once in the asker's name when the manager agrees", async () => {
    await annaAgrees("700к", /700.000.₽/);
    expect(shown(anna)).toMatch(/спросил Борис/);
    await vi.waitFor(() => expect(shown(boris)).toMatch(/Анна.* просит подтвердить/), patience);
    expect(shown(boris)).toMatch(/700.000.₽/);
    expect(shown(boris)).not.toMatch(/Второе «да»/);
    expect(deals(700_000)).toEqual([]);
    telegram.people.press(boris, "Подтвердить");
    await vi.waitFor(() => expect(shown(anna)).toMatch(/Второе подтверждение получено \(Борис/), patience);
    await vi.waitFor(() => expect(shown(boris)).toMatch(/Вы подтвердили/), patience);
    expect(shown(anna)).toMatch(/✅ Готово/);
    expect(deals(700_000)).toHaveLength(1);
    expect(labels(boris)).not.toContain("Подтвердить");
    const actors = new Set<string>();
    for await (const record of app.audit.read({})) if (record.name === "deal.created") actors.add(record.actor);
    expect([...actors]).toEqual(["anna"]);
  });

  it("is not written when the manager refuses, and the asker learns who did", async () => {
    await annaAgrees("800к", /800.000.₽/);
    await vi.waitFor(() => expect(labels(boris)).toContain("Отклонить"), patience);
    telegram.people.press(boris, "Отклонить");
    await vi.waitFor(() => expect(shown(anna)).toMatch(/Отклонено \(Борис[^)]*\), ничего не записано/), patience);
    expect(deals(800_000)).toEqual([]);
  });

  it("counts no press but the manager's own, in the manager's own chat", async () => {
    await annaAgrees("900к", /900.000.₽/);
    await vi.waitFor(() => expect(labels(boris)).toContain("Подтвердить"), patience);
    const card = telegram.seen(boris).findLast(({ buttons }) => buttons.flat().some(({ text }) => text === "Подтвердить"));
    const data = card?.buttons.flat().find(({ text }) => text === "Подтвердить")?.data ?? "";
    expect(Buffer.from(data.split(":")[0] ?? "", "base64url").length).toBeGreaterThanOrEqual(16);
    await forge(dmitry, data);
    await forge(anna, data);
    await forge(boris, data, team);
    expect(deals(900_000)).toEqual([]);
    telegram.people.press(boris, "Подтвердить");
    await vi.waitFor(() => expect(deals(900_000)).toHaveLength(1), patience);
    await vi.waitFor(() => expect(times(anna, "Второе подтверждение получено (Борис")).toBe(2), patience);
  });

  it("is refused when the manager's right is gone by the press", async () => {
    await annaAgrees("950к", /950.000.₽/);
    await vi.waitFor(() => expect(labels(boris)).toContain("Подтвердить"), patience);
    await app.people.setRoles("boris", ["staff"]);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    const before = times(boris, "Подтвердить может только");
    telegram.people.press(boris, "Подтвердить");
    await vi.waitFor(() => expect(times(boris, "Подтвердить может только")).toBeGreaterThan(before), patience);
    expect(deals(950_000)).toEqual([]);
    await app.people.setRoles("boris", ["manager"]);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
  });

  it("tells the asker at once how to go on when no messenger knows anybody who may agree, and the command line does it", async () => {
    await app.database.query("delete from accounts where person = 'boris'");
    await annaAgrees("650к", /650.000.₽/);
    await vi.waitFor(() => expect(shown(anna)).toMatch(/svyaz approve \S+ --as boris/), patience);
    const [, id = ""] = /svyaz approve (\S+) --as boris/.exec(shown(anna)) ?? [];
    const told = times(anna, "Второе подтверждение получено (Борис");
    expect(await app.approve(id, "dmitry")).toMatchObject({ code: 1, text: expect.stringContaining("Подтвердить может только") });
    expect(await app.approve(id, "boris")).toMatchObject({ code: 0, text: expect.stringContaining("Записано: amocrm:") });
    await vi.waitFor(() => expect(times(anna, "Второе подтверждение получено (Борис")).toBe(told + 1), patience);
    expect(deals(650_000)).toHaveLength(1);
    expect(await app.approve(id, "boris")).toMatchObject({ code: 1 });
  });

  it("is nobody's business who only bears the name: a username taken over, a bot, a renamed stranger", async () => {
    const stranger = telegram.people.add(999_000_999, "Борис", { username: "boris" });
    telegram.people.write(stranger, "найди Ромашку");
    await vi.waitFor(() => expect(shown(stranger)).toMatch(/код приглашения/), patience);
    const event = {
      id: "bot-1",
      address: { channel: "telegram", chat: String(anna) },
      visibility: "private" as const,
      receivedAt: app.now(),
    };
    const before = shown(anna);
    const settled = app.inbox.settled("telegram", event.id);
    await app.inbox.take({
      ...event,
      kind: "message",
      text: "найди Ромашку",
      files: [],
      sender: { id: String(anna), name: "Анна", standing: "bot" },
    });
    await settled;
    expect(shown(anna)).toBe(before);
    telegram.people.add(anna, "Совсем Другое Имя", { username: "renamed" });
    telegram.people.write(anna, "найди Ромашку");
    await vi.waitFor(() => expect(shown(anna)).toMatch(/ООО «Ромашка»/), patience);
  });

  it("is closed when its asker is removed, whose account is a stranger's from then on", async () => {
    await annaAgrees("660к", /660.000.₽/);
    const { rows } = await app.database.query<{ id: string }>(
      "select id from approvals where state = 'waiting' and cardinality(agreed_by) = 1 order by asked_at desc limit 1",
    );
    const lines: string[] = [];
    const emit = (line: object) => void lines.push("text" in line ? String(line.text) : "");
    expect(await runCommand(app, "people.remove", { id: "anna" }, emit, "tester")).toBe(0);
    expect(lines.join()).toMatch(/anna.*закрыто карточек: \d/);
    expect(await app.approve(rows[0]?.id ?? "", "boris")).toMatchObject({ code: 1 });
    expect(deals(660_000)).toEqual([]);
    telegram.people.write(anna, "найди Ромашку");
    await vi.waitFor(() => expect(shown(anna)).toMatch(/код приглашения/), patience);
  });
});
