import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutPassages } from "../../src/search/passages.js";

const sentence = (number: number) => `Предложение номер ${number} говорит о порядке согласования договоров с поставщиками и покупателями.`;
const prose = (count: number) => Array.from({ length: count }, (_, index) => sentence(index)).join(" ");

describe("passages of a document", () => {
  it("stand under their headings, without the document's own title", () => {
    const passages = cutPassages(`# Регламент\n\n## Сроки\n\n${prose(8)}\n\n### Исключения\n\n${prose(9)}`, { title: "Регламент" });
    expect(passages.map(({ headings, position }) => [headings, position])).toEqual([
      [["Сроки"], 0],
      [["Сроки", "Исключения"], 1],
    ]);
    expect(passages[0]?.text).not.toContain("#");
  });

  it("take small sections together, with their headings in the text, under what they have in common", () => {
    const passages = cutPassages("## Отпуск\n\n### Начало\n\nраз\n\n### Конец\n\nдва\n\n## Болезнь\n\nтри", { title: "x" });
    expect(passages).toHaveLength(1);
    expect(passages[0]).toEqual({
      headings: [],
      position: 0,
      text: "## Отпуск\n\n### Начало\n\nраз\n\n### Конец\n\nдва\n\n## Болезнь\n\nтри",
    });
  });

  it("repeat a table's header row in each of its pieces and cut no row", () => {
    const rows = Array.from({ length: 100 }, (_, index) => `| Товар ${index} | ${index * 10} шт | склад на Лесной |`);
    const passages = cutPassages(["| Товар | Остаток | Склад |", "| --- | --- | --- |", ...rows].join("\n"), { title: "x" });
    expect(passages.length).toBeGreaterThan(2);
    for (const { text } of passages) expect(text.startsWith("| Товар | Остаток | Склад |\n| --- | --- | --- |\n| Товар")).toBe(true);
    expect(passages.flatMap(({ text }) => text.split("\n").slice(2))).toEqual(rows);
  });

  it("keep code fenced in every piece", () => {
    const passages = cutPassages(
      `\`\`\`sql\n${Array.from({ length: 90 }, (_, index) => `select ${index} from orders; # not a heading`).join("\n")}\n\`\`\``,
      { title: "x" },
    );
    expect(passages.length).toBeGreaterThan(1);
    for (const { text } of passages) expect(text).toMatch(/^```sql\n[^]*\n```$/);
  });

  it("cut a long paragraph between sentences and say the last short one again", () => {
    const passages = cutPassages(prose(60), { title: "x" });
    expect(passages.length).toBeGreaterThan(3);
    for (const { text } of passages) expect(text).toMatch(/^Предложение[^]*покупателями\.$/);
    const [first, second] = passages;
    const last = first?.text.split(/(?<=\.) /).at(-1) ?? "";
    expect(second?.text.startsWith(last)).toBe(true);
  });

  it("come out of headings alone, and none out of nothing", () => {
    expect(cutPassages("# А\n\n## Б", { title: "x" })).toEqual([{ headings: [], text: "# А\n\n## Б", position: 0 }]);
    expect(cutPassages(" \n\n", { title: "x" })).toEqual([]);
    expect(cutPassages("# Регламент", { title: "Регламент" })).toEqual([]);
  });

  it("are never much longer than asked, lose no word and cut none", () => {
    const word = fc.stringMatching(/^[а-яёa-z0-9]{1,12}$/);
    const line = fc.array(word, { minLength: 1, maxLength: 80 }).map((words) => words.join(" "));
    const block = fc.oneof(
      line,
      line.map((text) => `## ${text}`),
      fc.array(line, { minLength: 1, maxLength: 12 }).map((items) => items.map((item) => `- ${item}`).join("\n")),
      fc.array(line, { minLength: 2, maxLength: 12 }).map((rows) => rows.map((row) => `| ${row} |`).join("\n")),
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 20 }), (blocks) => {
        const markdown = blocks.join("\n\n");
        const passages = cutPassages(markdown, { title: "нет такого заголовка", maxChars: 400, overlap: 60 });
        const words = (text: string) => text.match(/[\p{L}\p{N}]+/gu) ?? [];
        const known = new Set(words(markdown));
        const kept = new Set(passages.flatMap(({ headings, text }) => [...headings.flatMap(words), ...words(text)]));
        expect([...known].filter((one) => !kept.has(one))).toEqual([]);
        expect([...kept].filter((one) => !known.has(one))).toEqual([]);
        for (const { text } of passages) expect(text.replace(/^#+ .*$/gm, "").length).toBeLessThanOrEqual(440);
      }),
      { numRuns: 200 },
    );
  });
});
