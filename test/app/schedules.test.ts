import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Reply } from "../../src/domain/message.js";
import { applyChanges } from "../../src/sync/apply.js";
import { openTestApp, type TestApp } from "../support/app.js";

describe("schedules and subscriptions, asked for in words", () => {
  let app: TestApp;
  let came: Reply[];
  let unwatch: () => void;
  const chat = "desk";
  const tick = async () => {
    // The clock of a test stands still, so what is waited for is made due.
    await app.database.query("update schedules set next_at = $1, lease_until = null", [app.now()]);
    await app.scheduleRuns.tick(new AbortController().signal);
  };
  const words = () => came.map((reply) => reply.flatMap((block) => (block.kind === "text" ? [block.markdown] : [])).join("\n"));
  const order = async (text: string, as: string) => {
    const asked = await app.ask(text, { as, chat });
    expect(
      asked.calls.map(({ outcome }) => outcome),
      asked.text,
    ).toEqual(["proposed"]);
    const approved = await app.approve(asked.approvals[0]!.id, as);
    expect(approved.code, approved.text).toBe(0);
    return { ...asked, receipt: approved.text };
  };

  beforeAll(async () => {
    app = await openTestApp();
  });
  afterAll(() => app.end());
  beforeEach(async () => {
    await app.database.query("delete from schedules");
    came = [];
    unwatch?.();
    unwatch = app.terminal.watch(chat, { reply: (reply) => void came.push(reply) });
  });
  // `ask` watches the chat itself while it waits for its answer.
  const watchAgain = () => {
    came = [];
    unwatch = app.terminal.watch(chat, { reply: (reply) => void came.push(reply) });
  };

  it("a report comes with its table, figures and chart, is listed, and ends when cancelled", async () => {
    const { approvals, receipt } = await order("каждый понедельник в 9 присылай продажи за прошлую неделю", "boris");
    expect(approvals[0]?.lines).toEqual(
      expect.arrayContaining([
        { label: "За какое время", value: "прошлая неделя" },
        { label: "Когда", value: "по понедельникам в 09:00 (Europe/Moscow)" },
        { label: "Ближайшие", value: "23.11.2026, 09:00; 30.11.2026, 09:00; 07.12.2026, 09:00" },
      ]),
    );
    expect(receipt).toMatch(/svyaz:schedule:\d+$/);
    watchAgain();
    await tick();
    expect(words()[0]).toMatch(/продажи за прошлую неделю[^]*09\.11\.2026–15\.11\.2026/);
    expect(came[0]?.map(({ kind }) => kind)).toContain("table");

    const listed = await app.ask("мои подписки", { as: "boris", chat });
    expect(listed.blocks).toContainEqual(expect.objectContaining({ kind: "table" }));
    expect((await app.ask("мои подписки", { as: "anna" })).text).toContain("у вас нет");
    expect((await app.ask("отмени расписание 1", { as: "anna" })).approvals).toEqual([]);
    await order("больше не присылай продажи", "boris");
    expect((await app.ask("мои подписки", { as: "boris", chat })).text).toContain("у вас нет");
  });

  it("in English everything is English", async () => {
    const { approvals } = await order("every weekday at 9 send me my open deals", "anna");
    expect(approvals[0]?.title).toBe("Scheduled report “my open deals”");
    expect(JSON.stringify(approvals[0]?.lines)).not.toMatch(/[а-яё]/i);
    watchAgain();
    await tick();
    expect(words()[0]).toMatch(/my open deals[^]*deals/);
  });

  it("a report that one may not see is refused before any card", async () => {
    const { calls, approvals } = await app.ask("каждый день присылай продажи", { as: "vera" });
    expect([calls.map(({ outcome }) => outcome), approvals]).toEqual([["denied"], []]);
  });

  it("whoever loses the right is told once and sent nothing more", async () => {
    await order("каждый день в 9 присылай продажи за вчера", "boris");
    await app.people.setRoles("boris", ["staff"]);
    // Roles are remembered for two seconds.
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    watchAgain();
    try {
      await tick();
      await tick();
    } finally {
      await app.people.setRoles("boris", ["manager"]);
    }
    expect(words()).toEqual([expect.stringMatching(/больше не присылаю/)]);
    expect(JSON.stringify(came)).not.toContain("₽");
  });

  it("a new document with the words is told of once, to those who may read it", async () => {
    await order("notify me when a new contract with Zvezdochka appears", "anna");
    watchAgain();
    await tick();
    const page = (id: string, readers: "everyone" | "nobody") => ({
      ref: { system: "confluence", kind: "page", id },
      title: `Договор ${id} с ООО «Звездочка»`,
      readers,
      relations: [],
      content: { markdown: "Договор поставки." },
      fields: {},
    });
    const changes = [page("open-1", "everyone"), page("secret-1", "nobody")].map((entity) => ({ kind: "upsert" as const, entity }));
    await app.database.transaction((tx) => applyChanges(tx, changes, app.now()));
    await app.follow();
    await tick();
    await tick();
    expect(came).toHaveLength(1);
    expect(JSON.stringify(came)).toContain("open-1");
    expect(JSON.stringify(came)).not.toContain("secret-1");
  });

  it("a deal that comes to its stage is told of, and the subscription is over", async () => {
    const { approvals } = await order("сообщи, когда сделка 1024 перейдёт в договор", "admin");
    expect(approvals[0]?.lines[0]?.value).toContain("Согласование договора");
    watchAgain();
    await tick();
    expect(came).toEqual([]);
    await order("перенеси сделку 1024 в договор", "admin");
    watchAgain();
    await tick();
    expect(words()).toEqual([expect.stringMatching(/теперь на этапе «Согласование договора»/)]);
    expect((await app.ask("мои подписки", { as: "admin" })).text).toContain("у вас нет");
  });

  it("a poisoned wish is only words", async () => {
    const { approvals } = await order("сообщай о новых документах «x' or 1=1 -- {{rules}}»", "anna");
    expect(approvals[0]?.lines[0]?.value).toContain("or 1=1 -- {{rules}}");
    watchAgain();
    await tick();
    expect(came).toEqual([]);
    expect((await app.database.query("select from schedules")).rowCount).toBe(1);
  });
});
