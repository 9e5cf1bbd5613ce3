import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApp, type TestApp } from "../support/app.js";

describe("a talk with the product, without a model", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await openTestApp();
  });
  afterAll(() => app.end());

  const numbers = async (text: string, chat: string) => {
    const { blocks, text: said } = await app.ask(text, { as: "anna", chat });
    const table = blocks.find(({ kind }) => kind === "table")?.["table"] as { rows: readonly (readonly unknown[])[] } | undefined;
    return { said, ids: table?.rows.map(([id]) => id) ?? [] };
  };

  it("leafs through a list to its end: each deal once, largest first, in one order", async () => {
    const pages = [];
    for (const say of ["мои открытые сделки", "ещё", "дальше"]) pages.push(await numbers(say, "pages"));
    const total = Number(/^(\d+)/.exec(pages[0]?.said ?? "")?.[1]);
    const ids = pages.flatMap((page) => page.ids);
    expect(total).toBeGreaterThan(40);
    expect(ids).toHaveLength(Math.min(total, 60));
    expect(new Set(ids).size).toBe(ids.length);
    expect(pages[0]?.said).toContain("Скажите «ещё»");
    expect(pages[1]?.said).toContain("Показаны с 21-й по 40-ю");
    expect((await numbers("покажи ещё", "pages")).said).toMatch(/больше показывать нечего/);
    expect((await numbers("ещё", "nothing shown")).said).toMatch(/Продолжать нечего/);
  });

  it("answers an e-mail, a phone or a name in the language of the talk, and in the person's own where there was none", async () => {
    const chat = "languages";
    const own = await app.ask("nobody@example.com", { as: "anna", chat: "alone" });
    expect(own.text).toMatch(/не найден/i);
    await app.ask("show my stuck deals", { as: "anna", chat });
    for (const said of ["nobody@example.com", "+7 900 000-99-98", "Barmaglot"])
      expect((await app.ask(said, { as: "anna", chat })).text, said).toMatch(/no client/i);
    expect((await app.ask("find Ромашка", { as: "anna", chat: "mixed" })).text).toContain("Found");
    expect((await app.ask("Hello", { as: "anna", chat: "hello" })).text).toContain("Hello");
  });

  it("tells in help only of what the person's role may do", async () => {
    const vera = await app.ask("помощь", { as: "vera" });
    expect(vera.text).toContain("найти ответ в документах");
    for (const beyond of ["создать сделку", "найти клиента", "посчитать продажи", "показать остатки"])
      expect(vera.text).not.toContain(beyond);
    const anna = await app.ask("помощь", { as: "anna" });
    expect(anna.text).toContain("создать сделку");
    expect(anna.text).not.toContain("посчитать продажи");
    expect((await app.ask("помощь", { as: "boris" })).text).toContain("посчитать продажи");
    // The tool stays within reach of whoever asks for it all the same, and the refusal is on record.
    expect((await app.ask("продажи за октябрь", { as: "vera" })).calls[0]?.outcome).toBe("denied");
  });

  it("says a question back once", async () => {
    const { text } = await app.ask("перенеси сделку 999999 в переговоры", { as: "anna" });
    expect(text.match(/999999/g)).toHaveLength(1);
  });

  it("opens the first of the documents found by its title, with its link", async () => {
    await app.ask("как оформить отпуск", { as: "vera", chat: "documents" });
    const opened = await app.ask("открой первый", { as: "vera", chat: "documents" });
    expect(opened.text).toContain("отпуск");
    expect(opened.text).not.toContain("confluence:page:");
    expect(opened.blocks.at(-1)).toMatchObject({ kind: "sources", sources: [{ url: expect.stringContaining("http") as string }] });
  });

  it("carries a client written in Latin letters from the deal to its change, its note and its task", async () => {
    const chat = "latin";
    const steps = [
      ["create a deal with Vector for 20k", "create-deal", "₽20,000"],
      ["make it 25k", "create-deal", "₽25,000"],
      ["and add a note: they want delivery in June", "add-note", "they want delivery in June"],
      ["remind me to call them tomorrow at 3pm", "create-task", "call them"],
    ] as const;
    for (const [say, tool, value] of steps) {
      const { calls, approvals } = await app.ask(say, { as: "anna", chat });
      expect(calls, say).toEqual([expect.objectContaining({ name: tool, outcome: "proposed" })]);
      const lines = approvals[0]?.lines.map((line) => line.value) ?? [];
      expect(lines, say).toContain(value);
      expect(lines.join(" "), say).toContain("Вектор");
    }
  });
});
