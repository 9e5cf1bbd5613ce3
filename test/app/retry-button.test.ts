import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTelegram } from "../../src/channels/telegram/index.js";
import { channelWords } from "../../src/text/wordings.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { type FakeTelegram, startFakeTelegram } from "../fakes/telegram/index.js";
import { openTestApp, type TestApp } from "../support/app.js";
import { quiet } from "../support/database.js";

const room = -4_711;
const admin = 111_000_111;
const anna = 222_000_222;
const patience = { timeout: 25_000, interval: 100 };

describe("the button below an alert about a system", () => {
  let telegram: FakeTelegram;
  let app: TestApp;
  beforeAll(async () => {
    telegram = await startFakeTelegram();
    telegram.people.addGroup(room, "Администраторы");
    const channel = createTelegram({
      token: telegram.token,
      apiRoot: telegram.apiRoot,
      mode: { kind: "polling" },
      commands: { ru: [], en: [] },
      drawChart: async () => new Uint8Array(),
      allowedHosts: [],
      language: "ru",
      words: { ru: channelWords("ru", "Europe/Moscow"), en: channelWords("en", "Europe/Moscow") },
      log: quiet,
      metrics: createMetrics(),
      now: () => new Date(),
    });
    app = await openTestApp({ SVYAZ_ADMIN_CHAT: `telegram:${room}` }, { channels: [channel], sandboxPerSecond: 50 });
    await channel.start(app.inbox);
    for (const [id, account, name] of [
      ["admin", admin, "Николай"],
      ["anna", anna, "Анна"],
    ] as const) {
      telegram.people.add(account, name);
      const { code } = await app.people.invite(id, app.now(), 60_000);
      telegram.people.write(account, code);
      await vi.waitFor(() => expect(shown(account)).toMatch(/связан/), patience);
    }
    await app.alerts.raise({
      key: "system:onec-erp",
      level: "critical",
      title: "1C не отвечает",
      text: "Проверьте базу.",
      system: "onec-erp",
    });
    await vi.waitFor(async () => {
      await app.alerts.pump();
      expect(shown(room)).toMatch(/🔴 1C не отвечает/);
    }, patience);
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

  it("is refused to a member of the room who is no admin, in the log too, and stays", async () => {
    telegram.people.press(anna, "Проверить снова", room);
    await vi.waitFor(() => expect(`${shown(room)}${shown(anna)}`).toMatch(/для администраторов/), patience);
    const { rowCount } = await app.database.query("select 1 from audit_events where name = 'alert.retry.refused'");
    expect(rowCount).toBeGreaterThan(0);
    expect(shown(room)).toMatch(/проверить и синхронизировать ещё раз/);
  });

  it("checks the system again for an admin, and can be pressed once more while it is still broken", async () => {
    app.sandbox?.servers.onecErp.faults.add({ kind: "status", status: 401, times: null, body: "" });
    telegram.people.press(admin, "Проверить снова", room);
    await vi.waitFor(() => expect(shown(room)).toMatch(/🔴 1C:ERP: всё ещё не работает — /), patience);
    app.sandbox?.servers.onecErp.faults.clear();
  });

  it("ends the alert when the system is well again, and takes itself away", async () => {
    telegram.people.press(admin, "Проверить снова", room);
    await vi.waitFor(() => expect(shown(room)).toMatch(/🟢 1C:ERP: работает/), patience);
    expect(await app.alerts.open()).toEqual([]);
    expect(() => telegram.people.press(admin, "Проверить снова", room)).toThrow(/no button/);
  });

  it("works in that room alone, even for an admin", async () => {
    const id = await app.database.query<{ id: string }>("select id from choices where person = '*'");
    await app.inbox.take({
      kind: "choice",
      id: "stolen",
      address: { channel: "telegram", chat: String(admin) },
      visibility: "private",
      sender: { id: String(admin), name: "Николай", standing: "member" },
      receivedAt: app.now(),
      choice: id.rows[0]?.id ?? "",
      option: "retry",
      on: { address: { channel: "telegram", chat: String(admin) }, id: "1" },
    });
    await vi.waitFor(() => expect(shown(admin)).toMatch(/для администраторов/), patience);
  });

  it("is not below an alert that is about no system", async () => {
    await app.alerts.raise({ key: "loop:anna", level: "warning", title: "Модель ходит по кругу", text: "…" });
    await vi.waitFor(async () => {
      await app.alerts.pump();
      expect(shown(room)).toMatch(/ходит по кругу/);
    }, patience);
    expect(() => telegram.people.press(admin, "Проверить снова", room)).toThrow(/no button/);
  });
});
