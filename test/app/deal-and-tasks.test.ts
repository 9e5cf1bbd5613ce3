import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { amocrmLeads, openTestApp, type TestApp } from "../support/app.js";

describe("one deal, and tasks", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await openTestApp();
  });
  afterAll(() => app.end());

  const crm = () => app.sandbox?.servers.amocrm;
  const tables = ({ blocks }: Awaited<ReturnType<TestApp["ask"]>>) =>
    blocks.flatMap(({ kind, table }) => (kind === "table" ? [table as { rows: unknown[][]; truncated?: boolean }] : []));
  const userOf = async (person: string) =>
    Number((await app.people.find(person))?.principals.find((one) => one.startsWith("amocrm:user:"))?.slice("amocrm:user:".length));

  it("shows a deal with its client, its own history and its open tasks, as the CRM has them", async () => {
    const [lead] = amocrmLeads(app, "Освещение нового магазина");
    const shown = await app.ask(`что со сделкой ${lead?.id}`);
    expect(shown.calls).toMatchObject([{ name: "show-deal", outcome: "succeeded" }]);
    expect(shown.text).toContain(`Сделка «${lead?.name}» (№ ${lead?.id}): этап «Переговоры», воронка «Продажи».`);
    expect(shown.text).toMatch(/Сумма: 640\s000\s₽\. Клиент: ООО «Ромашка»\. Ответственный: Анна Ковалёва\./);
    const tasks = crm()
      ?.store.all("tasks")
      .filter((task) => task.entity_type === "leads" && task.entity_id === lead?.id && !task.is_completed);
    expect(tasks?.length).toBeGreaterThan(0);
    expect(tables(shown)[0]?.rows.length).toBe(tasks?.length);
    const notes = tables(shown)[1]?.rows.map((row) => String(row[2])) ?? [];
    expect(notes.join()).toContain("отсрочк");
    // The client's other deals have a history of their own.
    expect(notes.join()).not.toContain("Жалоба");
    const english = await app.ask("which stage is the deal with Ромашка at?");
    expect(english.text).toContain("Deal “Освещение нового магазина”");
  });

  it("hides another's deal as if it never was", async () => {
    const anna = await userOf("anna");
    const foreign = crm()
      ?.store.all("leads")
      .find((lead) => lead.responsible_user_id !== anna && lead.group_id !== 0);
    const hidden = await app.ask(`что со сделкой ${foreign?.id}`, { as: "anna" });
    const never = await app.ask("что со сделкой 99999999", { as: "anna" });
    expect(hidden.text.replace(/«\d+»/, "")).toBe(never.text.replace(/«\d+»/, ""));
    expect(hidden.text).toContain("не найдена среди тех, что вам видны");
    expect(tables(hidden)).toEqual([]);
  });

  it("lists a person's own open tasks, the earliest first, and counts the overdue ones", async () => {
    const anna = await userOf("anna");
    const open = (crm()?.store.all("tasks") ?? []).filter((task) => task.responsible_user_id === anna && !task.is_completed);
    const late = open.filter((task) => task.complete_till < Date.parse("2026-11-20T09:00:00Z") / 1_000);
    const all = await app.ask("мои задачи", { as: "anna" });
    expect(all.calls).toMatchObject([{ name: "list-tasks", outcome: "succeeded" }]);
    expect(all.text).toMatch(new RegExp(`^${open.length} задач.?${late.length > 0 ? `, просрочено ${late.length}` : ""}\\.`));
    const terms = (tables(all)[0]?.rows ?? []).map(([due]) => Number(due));
    expect(terms).toEqual(terms.toSorted((a, b) => a - b));
    expect(terms.length).toBe(Math.min(20, open.length));
    const overdue = await app.ask("мои просроченные задачи", { as: "anna" });
    expect(tables(overdue)[0]?.rows.length ?? 0).toBe(Math.min(20, late.length));
  });

  it("shows nobody another's tasks, whoever they ask for", async () => {
    const anna = await userOf("anna");
    for (const asked of ["покажи все задачи", "задачи Бориса"]) {
      const answer = await app.ask(asked, { as: "anna" });
      const mine = new Set((crm()?.store.all("tasks") ?? []).filter((task) => task.responsible_user_id === anna).map(({ text }) => text));
      for (const row of tables(answer).flatMap(({ rows }) => rows)) expect(mine).toContain(row[1]);
    }
    expect((await app.ask("мои задачи", { as: "vera" })).calls.map(({ outcome }) => outcome)).toEqual(["denied"]);
  });

  it("says who ties a person to their user when it knows of none", async () => {
    await app.database.query("delete from person_links where person = 'anna' and system = 'amocrm'");
    expect((await app.ask("мои задачи", { as: "anna" })).text).toContain("svyaz people link");
  });
});
