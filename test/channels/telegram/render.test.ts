import { describe, expect, it } from "vitest";
import type { Block, Choice, Reply } from "../../../src/domain/message.js";
import { linksTo } from "../../../src/channels/kit/addresses.js";
import { type Part, render } from "../../../src/channels/telegram/render.js";
import { parseHtml } from "../../fakes/telegram/formatting.js";
import { onePixel, wording } from "../kit/wording.js";

const undrawn: unknown[] = [];
const options = {
  words: wording,
  allowed: linksTo(["wiki.example.com"]),
  drawChart: async () => onePixel,
  onUndrawn: (error: unknown) => void undrawn.push(error),
};
const parts = (...reply: Reply) => render(reply, options);
const html = async (...reply: Reply) => (await parts(...reply)).map((part) => part.html).join("\n=====\n");
const table = (columns: number, rows: number): Block => ({
  kind: "table",
  caption: "Сделки",
  table: {
    columns: Array.from({ length: columns }, (_, index) => ({ name: `Имя${index}`, type: "text" as const })),
    rows: Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_cell, index) => `з${row}-${index}`)),
  },
});
const card: Choice = {
  kind: "choice",
  id: "c0ffee",
  question: "Создать сделку?",
  options: [
    { id: "yes", label: "Записать", style: "primary" },
    { id: "no", label: "Отменить", style: "danger" },
  ],
};

describe("a reply in Telegram", () => {
  it("builds its markup from blocks alone", async () => {
    expect(
      await html({
        kind: "text",
        markdown: '# <i>Итог</i>\n**a < b & c** `x<y` "в кавычках"\n- [стр](https://wiki.example.com/?a=1&b="2)',
      }),
    ).toBe(
      '<b>&lt;i&gt;Итог&lt;/i&gt;</b>\n\n<b>a &lt; b &amp; c</b> <code>x&lt;y</code> &quot;в кавычках&quot;\n• <a href="https://wiki.example.com/?a=1&amp;b=&quot;2">стр</a>',
    );
  });

  it("is accepted by Telegram's parser whatever it is made of", async () => {
    const pieces = [
      "<b>",
      "</b>",
      "&amp;",
      "**",
      "__",
      "`",
      "```\n",
      "[a](",
      "https://wiki.example.com)",
      "<a href='x'>",
      "\n> ",
      "\n- ",
      "|a|b|\n|-|-|\n",
      "🎉",
      "\u0000",
    ];
    let seed = 7;
    const next = () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    for (let round = 0; round < 500; round += 1) {
      const markdown = Array.from({ length: 30 }, () => pieces[Math.floor(next() * pieces.length)]).join(next() > 0.5 ? "" : " ");
      for (const part of await parts({ kind: "text", markdown })) {
        expect(parseHtml(part.html).text.replace(/\s/g, "")).toBe(part.plain.replace(/\s/g, ""));
      }
    }
  });

  it("cuts a long answer between blocks", async () => {
    const paragraph = (index: number) => `Абзац ${index}. ${"слово ".repeat(150)}`.trim();
    const texts = await parts({ kind: "text", markdown: Array.from({ length: 12 }, (_, index) => paragraph(index)).join("\n\n") });
    expect(texts.length).toBe(3);
    for (const { plain } of texts) {
      expect(plain.length).toBeLessThanOrEqual(4096);
      expect(plain).toMatch(/^Абзац \d+\./);
      expect(plain).toMatch(/слово$/);
    }
  });

  it("keeps within what Telegram shows of looks and links", async () => {
    const markdown = Array.from({ length: 150 }, (_, index) => `- **жирный ${index}** и evil.com`).join("\n");
    for (const part of await parts({ kind: "text", markdown })) expect(part.html.match(/<(b|code)>/g)!.length).toBeLessThanOrEqual(100);
  });

  it("cuts code between lines and keeps it code", async () => {
    const texts = await parts({ kind: "text", markdown: `\`\`\`\n${"строка кода\n".repeat(900)}\`\`\`` });
    expect(texts.length).toBeGreaterThan(2);
    for (const part of texts) expect(part.html).toMatch(/^<pre>строка кода[^]*строка кода<\/pre>$/);
  });

  it("sets a narrow table in columns, and a wide one as a list without its empty values", async () => {
    expect(await html(table(2, 1))).toBe("<b>Сделки</b>\n<pre>Имя0  Имя1\n────  ────\nз0-0  з0-1</pre>");
    const wide = table(9, 1);
    const withGap: Block =
      wide.kind === "table" ? { ...wide, table: { ...wide.table, rows: [["<ООО>", null, "з", "", "", "", "", "", ""]] } } : wide;
    expect(await html(withGap)).toBe("<b>Сделки</b>\n\n<b>&lt;ООО&gt;</b>\nИмя2: з");
  });

  it("says how many rows are left out", async () => {
    expect(await html(table(2, 1000))).toContain("…и ещё 960");
    expect(await html(table(9, 1000))).toContain("…и ещё 985");
    expect(await html(table(2, 40))).not.toContain("ещё");
  });

  it("shows the heads of a table without rows", async () => {
    expect(await html(table(2, 0))).toBe("<b>Сделки</b>\nИмя0 · Имя1");
  });

  it("shows a chart's figures when it cannot be drawn", async () => {
    const chart: Block = {
      kind: "chart",
      caption: "Выручка",
      chart: { kind: "bar", along: "category", unit: "₽", labels: ["янв", "фев"], series: [{ name: "2026", values: ["1000.50", null] }] },
    };
    const failing = { ...options, drawChart: () => Promise.reject(new Error("no fonts")) };
    const [part] = await render([chart], failing);
    expect(part?.plain.replaceAll("\u00a0", " ")).toContain("янв  1 000,5");
    expect(undrawn).toMatchObject([{ message: "no fonts" }]);
  });

  it("puts a caption too long for a picture above it", async () => {
    const caption = "Длинная подпись. ".repeat(100);
    const image: Block = { kind: "image", mediaType: "image/png", bytes: onePixel, caption };
    const [text, photo] = await parts(image);
    expect(text).toMatchObject({ kind: "text", plain: caption.trim() });
    expect(photo).toMatchObject({ kind: "photo", html: "" });
  });

  it("sends as files the pictures that Telegram takes for none", async () => {
    const svg: Block = { kind: "image", mediaType: "image/svg+xml", bytes: new Uint8Array([60]), caption: "Схема" };
    const huge: Block = { kind: "image", mediaType: "image/png", bytes: new Uint8Array(10_000_001), caption: "Скан" };
    expect(await parts(svg, huge)).toMatchObject([
      { kind: "document", name: "image.svg" },
      { kind: "document", name: "image.png" },
    ]);
  });

  it("takes out of a file's name what would break the upload", async () => {
    const file: Block = { kind: "file", name: 'от"чёт;\r\n a/b.xlsx', mediaType: "x/y", bytes: new Uint8Array([1]) };
    expect(await parts(file)).toMatchObject([{ name: "от_чёт_ a_b.xlsx" }]);
  });

  it("numbers sources and links those that may be linked", async () => {
    const ref = { system: "confluence", kind: "page", id: "1" };
    expect(
      await html({
        kind: "sources",
        sources: [
          { title: "Регламент & правила", url: "https://wiki.example.com/1", ref },
          { title: "Договор", ref },
          { title: "Чужое", url: "https://evil.example", ref },
        ],
      }),
    ).toBe('<b>Источники</b>\n1. <a href="https://wiki.example.com/1">Регламент &amp; правила</a>\n2. Договор\n3. Чужое');
  });

  it("keeps a card apart from the text around it, so that it alone is replaced", async () => {
    const texts = await parts({ kind: "text", markdown: "Проверьте." }, card, { kind: "text", markdown: "Дальше" });
    expect(texts.map((part) => ("keyboard" in part && part.keyboard ? part.keyboard.flat().length : 0))).toEqual([0, 2, 0]);
  });

  it("colours the yes green and the no red, and says until when", async () => {
    const [part] = await parts({ ...card, expiresAt: new Date("2026-11-20T09:15:00Z") });
    expect(keyboard(part)).toEqual([
      [
        { text: "Записать", callback_data: "c0ffee:yes", style: "success" },
        { text: "Отменить", callback_data: "c0ffee:no", style: "danger" },
      ],
    ]);
    expect(part?.plain).toContain("Действует до 20.11.2026, 12:15");
  });

  it("gives long answers of a question a row each, shortened", async () => {
    const labels = ["ООО «Ромашка-Сервис», ИНН 0000000000, Москва, улица Длинная, дом 1", "Ромашка"];
    const [part] = await parts({ ...card, options: labels.map((label, index) => ({ id: String(index), label })) });
    expect(keyboard(part)?.map((row) => row.map(({ text }) => text))).toEqual([
      ["ООО «Ромашка-Сервис», ИНН 0000000000, Москва, улица Длинная…"],
      ["Ромашка"],
    ]);
  });

  it("shows the whole of a card longer than a message, the buttons under its end", async () => {
    const lines = Array.from({ length: 60 }, (_, index) => ({ label: `Поле ${index}`, value: "значение ".repeat(20) }));
    const texts = await parts({ ...card, lines });
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.map((part) => keyboard(part) !== undefined)).toEqual(texts.map((_, index) => index === texts.length - 1));
    expect(
      texts
        .map(({ plain }) => plain)
        .join("\n")
        .match(/Поле \d+/g),
    ).toHaveLength(60);
  });
});

function keyboard(part: Part | undefined) {
  return part?.kind === "text" ? part.keyboard : undefined;
}
