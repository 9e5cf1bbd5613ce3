import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTelegram } from "../../src/channels/telegram/index.js";
import type { Entity } from "../../src/domain/entity.js";
import { applyChanges } from "../../src/sync/apply.js";
import { createClientBook } from "../../src/sync/clients.js";
import { linkClients, openQuestions } from "../../src/sync/link.js";
import { channelWords } from "../../src/text/wordings.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { type FakeTelegram, startFakeTelegram } from "../fakes/telegram/index.js";
import { openTestApp, type TestApp } from "../support/app.js";
import { quiet } from "../support/database.js";

const room = -4_711;
const admin = 111_000_111;
const anna = 222_000_222;
const patience = { timeout: 25_000, interval: 100 };
const names = ["Альфа", "Берег", "Вектор", "Градус"];

describe("doubtful clients in the admins' room", () => {
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
    app = await openTestApp({ SVYAZ_ADMIN_CHAT: `telegram:${room}` }, { channels: [channel] });
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
    await store(
      ...names.flatMap((title, at) => [record(`amocrm:company:c${at}`, `ООО «${title}»`), record(`onec-erp:client:e${at}`, title)]),
    );
    await linkClients(app.database, { now: app.now });
  });
  afterAll(async () => {
    await app.end();
    await telegram.close();
  });
  const record = (name: string, title: string): Entity => {
    const [system = "", kind = "", id = ""] = name.split(":");
    return { ref: { system, kind, id }, title, readers: "everyone", relations: [], fields: {}, keys: { phones: [], emails: [] } };
  };
  const store = (...entities: Entity[]) =>
    app.database.transaction((tx) =>
      applyChanges(
        tx,
        entities.map((entity) => ({ kind: "upsert", entity })),
        app.now(),
        undefined,
        app.protection,
      ),
    );
  const tell = () => app.tell(new AbortController().signal);
  const shown = (chat: number) =>
    telegram
      .seen(chat)
      .map(({ text }) => text)
      .join("\n");
  const asked = () => shown(room).match(/Это один клиент\?/g)?.length ?? 0;
  const together = async (title: string) => {
    const { rows } = await app.database.query<{ clients: string }>(
      "select count(distinct internal_id) as clients from system_integrations where title like $1",
      [`%${title}%`],
    );
    return Number(rows[0]?.clients) === 1;
  };
  const events = async (name: string) =>
    (
      await app.database.query<{ outcome: string; actor: string }>("select outcome, actor from audit_events where name = $1 order by id", [
        name,
      ])
    ).rows;

  it("come three at a time, and not again", async () => {
    await tell();
    await tell();
    expect(asked()).toBe(3);
    expect(shown(room)).toMatch(/одинаковые названия|Одинаковые названия/);
    expect(shown(room)).toMatch(/amoCRM: ООО «Альфа»[\s\S]*1C:ERP: Альфа/);
    expect(shown(room)).not.toMatch(/Градус/);
  });

  it("are decided by no member of the room who is no admin, and the log says who tried", async () => {
    telegram.people.press(anna, "Один клиент", room);
    await vi.waitFor(() => expect(`${shown(room)}${shown(anna)}`).toMatch(/для администраторов/), patience);
    expect(await events("client.decision.refused")).toMatchObject([{ outcome: "denied", actor: "anna" }]);
    expect(asked()).toBe(3);
  });

  it("become one client by an admin's button, which is gone then", async () => {
    telegram.people.press(admin, "Один клиент", room);
    await vi.waitFor(() => expect(shown(room)).toMatch(/Один клиент\. Решение: Николай/), patience);
    expect(asked()).toBe(2);
    expect((await events("client.merged")).map(({ outcome }) => outcome)).toEqual(["started", "succeeded"]);
    expect((await Promise.all(names.map(together))).filter(Boolean)).toHaveLength(1);
  });

  it("are told apart for good by the other", async () => {
    telegram.people.press(admin, "Разные", room);
    await vi.waitFor(() => expect(shown(room)).toMatch(/Разные клиенты\. Решение: Николай/), patience);
    expect(await events("client.split")).not.toEqual([]);
    expect(await openQuestions(app.database)).toEqual({ doubts: 2, conflicts: 0 });
  });

  it("keep what was decided elsewhere in the meantime, and say so", async () => {
    const [open] = (await createClientBook({ database: app.database, now: app.now }).doubts()).filter(
      ({ one }) => !/Градус/.test(one.title),
    );
    await createClientBook({ database: app.database, now: app.now }).split(open?.one.name ?? "", open?.other.name, "cli:root");
    telegram.people.press(admin, "Один клиент", room);
    await vi.waitFor(() => expect(shown(room)).toMatch(/Решено раньше: разные клиенты/), patience);
    expect(asked()).toBe(0);
    expect((await events("client.merged")).map(({ outcome }) => outcome).slice(2)).toEqual(["started", "failed"]);
  });

  it("go on with the next ones when the last are decided, or after a day", async () => {
    await tell();
    expect(asked()).toBe(1);
    expect(shown(room)).toMatch(/Градус/);
    await store(record("amocrm:company:c9", "АО «Дельта»"), record("onec-erp:client:e9", "Дельта"));
    await linkClients(app.database, { now: app.now });
    await tell();
    expect(shown(room)).not.toMatch(/Дельта/);
    await app.database.query("update client_doubts set told_at = told_at - interval '25 hours'");
    await tell();
    expect(shown(room)).toMatch(/Дельта/);
  });
});
