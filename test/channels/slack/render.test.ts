import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Block, Reply } from "../../../src/domain/message.js";
import type { ChartSpec } from "../../../src/domain/numbers.js";
import { linksTo } from "../../../src/channels/kit/addresses.js";
import { type Part, type RenderOptions, render, withFeedback } from "../../../src/channels/slack/render.js";
import { escapeText } from "../../../src/channels/slack/wire-text.js";
import { charactersOf, problemsOf } from "../../fakes/slack/blocks.js";
import { draw } from "../../fakes/slack/shown.js";
import { onePixel, wording } from "../kit/wording.js";

const options: RenderOptions = {
  words: wording,
  allowed: linksTo(["wiki.example.com"]),
  drawChart: async () => onePixel,
  onUndrawn: () => {},
};
const rendered = (...reply: Reply) => render(reply, options);
const text = (markdown: string): Block => ({ kind: "text", markdown });
const message = (part: Part | undefined) => {
  if (part?.kind !== "message") throw new Error("a message was expected");
  return part;
};
const shown = (part: Part | undefined) => draw(message(part).blocks as never, escapeText(message(part).plain), "none");
const plainChart: ChartSpec = { kind: "bar", along: "category", labels: ["янв", "фев"], series: [{ name: "Факт", values: ["1.5", "2"] }] };
const columns = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `К${index}`, type: "text" as const }));

/** Everything Slack would say against these parts, simpler forms included. */
async function refusals(parts: readonly Part[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const part of parts) {
    if (part.kind === "file") continue;
    const simple = await part.simpler?.();
    for (const blocks of [part.blocks, ...(simple ? [simple.blocks] : [])]) {
      found.push(...problemsOf(blocks));
      if (charactersOf(blocks) > 13_000) found.push("msg_blocks_too_long");
    }
    if (part.plain.trim() === "" && part.blocks.every(({ type }) => type !== "actions")) found.push("no_text");
  }
  return found;
}

describe("text in Slack", () => {
  it("is typed: looks, links to allowed hosts, and nothing that is read as markup again", async () => {
    const [part] = await rendered(text("**a** _b_ ~~c~~ `d` [e](https://wiki.example.com/p) <!channel> <@U1> *f* https://evil.example"));
    expect(message(part).blocks).toEqual([
      {
        type: "rich_text",
        elements: [
          {
            type: "rich_text_section",
            elements: [
              { type: "text", text: "a", style: { bold: true } },
              { type: "text", text: " " },
              { type: "text", text: "b", style: { italic: true } },
              { type: "text", text: " " },
              { type: "text", text: "c", style: { strike: true } },
              { type: "text", text: " " },
              { type: "text", text: "d", style: { code: true } },
              { type: "text", text: " " },
              { type: "link", url: "https://wiki.example.com/p", text: "e" },
              { type: "text", text: " <!channel> <@U1> " },
              { type: "text", text: "f", style: { italic: true } },
              { type: "text", text: " " },
              { type: "text", text: "https://evil.example", style: { code: true } },
            ],
          },
        ],
      },
    ]);
  });

  it("keeps paragraphs, lists with their numbers and depth, quotes and code apart", async () => {
    const [part] = await rendered(
      text("# Итоги\nстрока\n\n- раз\n  - два\n- три\n\n3. третий\n4. четвёртый\n\n> цитата\n\n```\nкод  с пробелами\n```\nконец"),
    );
    expect(shown(part).text).toBe("Итоги\n\nстрока\n\n• раз\n  • два\n• три\n3. третий\n4. четвёртый\nцитата\nкод  с пробелами\nконец");
    expect(message(part).plain).toBe(
      "Итоги\n\nстрока\n\n• раз\n  • два\n• три\n3. третий\n4. четвёртый\n\nцитата\n\nкод  с пробелами\n\nконец",
    );
    const lists = (message(part).blocks[0] as { elements: { type: string; style?: string; indent?: number; offset?: number }[] }).elements
      .filter(({ type }) => type === "rich_text_list")
      .map(({ style, indent, offset }) => ({ style, indent, offset }));
    expect(lists).toEqual([{ style: "bullet" }, { style: "bullet", indent: 1 }, { style: "bullet" }, { style: "ordered", offset: 2 }]);
  });

  it("is cut between paragraphs, and each message fits an edit", async () => {
    const parts = await rendered(text(Array.from({ length: 60 }, (_, index) => `Абзац ${index}. ${"слово ".repeat(40)}`).join("\n\n")));
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) {
      expect(message(part).plain.length).toBeLessThanOrEqual(4000);
      expect(shown(part).text).toMatch(/^Абзац/);
    }
  });

  it("is accepted by Slack whatever it is made of", async () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom(
        "**",
        "_",
        "`",
        "```\n",
        "\n\n",
        "- ",
        "1. ",
        "> ",
        "| a | b |\n|---|---|\n| c |",
        "[x](https://wiki.example.com/)",
        "<!channel>",
        "&amp;",
        "👩‍👩‍👧‍👦",
        "\ud800",
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (pieces) => {
        const parts = await rendered(text(pieces.join("")));
        expect(await refusals(parts)).toEqual([]);
        expect(
          parts.flatMap((part) => shown(part).clickable).filter((address) => !address.startsWith("https://wiki.example.com/")),
        ).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("tables in Slack", () => {
  const stock: Block = {
    kind: "table",
    caption: "Остатки",
    table: {
      columns: [
        { name: "Товар", type: "text" },
        { name: "Сумма", type: "money", unit: "RUB" },
        { name: "Пусто", type: "number" },
      ],
      rows: [["Болт <М-8>", "1250000.50", null]],
    },
  };

  it("are Slack's own, with numbers that can be sorted and read", async () => {
    const [part] = await rendered(text("Вот:"), stock);
    expect(message(part).blocks[1]).toEqual({
      type: "data_table",
      caption: "Остатки",
      page_size: 1,
      rows: [
        [
          { type: "raw_text", text: "Товар" },
          { type: "raw_text", text: "Сумма" },
          { type: "raw_text", text: "Пусто" },
        ],
        [
          { type: "raw_text", text: "Болт <М-8>" },
          { type: "raw_number", value: 1_250_000.5, text: expect.stringMatching(/1.250.000,50/) as string },
          { type: "raw_text", text: "—" },
        ],
      ],
    });
    expect(shown(part).text).toMatch(/^Вот:\n\nОстатки\n/);
  });

  it("stand one in a message, at its end", async () => {
    const parts = await rendered(text("раз"), stock, text("два"), stock, stock);
    expect(parts.map((part) => message(part).blocks.map(({ type }) => type))).toEqual([
      ["rich_text", "data_table"],
      ["rich_text", "data_table"],
      ["rich_text", "data_table"],
    ]);
    expect(await refusals(parts)).toEqual([]);
  });

  it("say above how many rows are missing", async () => {
    const rows = Array.from({ length: 250 }, (_, index) => [`строка ${index}`]);
    const [part] = await rendered({ kind: "table", table: { columns: columns(1), rows } });
    expect(shown(part).tables[0]).toHaveLength(101);
    expect(shown(part).text).toMatch(/^…и ещё 150\n/);
  });

  it("are shortened to what one message may hold, and listed where even that is too much", async () => {
    const long = Array.from({ length: 90 }, (_, index) => [`№${index}`, "о".repeat(290)]);
    const [part] = await rendered({ kind: "table", table: { columns: columns(2), rows: long } });
    const count = shown(part).tables[0]!.length - 1;
    expect(count).toBeLessThan(90);
    expect(shown(part).text).toContain(`…и ещё ${90 - count}`);
    const wide = await rendered({ kind: "table", table: { columns: columns(25), rows: [columns(25).map((_, index) => `з${index}`)] } });
    expect(wide.map((one) => shown(one).text).join()).toContain("К24: з24");
    expect(await refusals([part!, ...wide])).toEqual([]);
  });

  it("without rows show their heads", async () => {
    const [part] = await rendered({ kind: "table", caption: "Ничего", table: { columns: columns(2), rows: [] } });
    expect(shown(part).text).toBe("Ничего\nК0 · К1");
  });

  it("are accepted by Slack whatever stands in them", async () => {
    const cell = fc.oneof(fc.string({ unit: "binary", maxLength: 400 }), fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
    const tables = fc
      .integer({ min: 0, max: 24 })
      .chain((width) =>
        fc.record({ rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 30 }), width: fc.constant(width) }),
      );
    await fc.assert(
      fc.asyncProperty(tables, fc.string({ maxLength: 400 }), async ({ rows, width }, caption) => {
        expect(await refusals(await rendered({ kind: "table", caption, table: { columns: columns(width), rows } }, text("x")))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe("charts in Slack", () => {
  const drawnFrom = async (chart: Partial<ChartSpec>, caption = "График") => {
    const parts = await rendered({ kind: "chart", caption, chart: { ...plainChart, ...chart } });
    expect(await refusals(parts)).toEqual([]);
    return parts;
  };

  it("are drawn by Slack where it can tell all of them", async () => {
    const [part] = await drawnFrom({ unit: "₽" });
    expect(message(part).blocks).toEqual([
      {
        type: "data_visualization",
        title: "График",
        chart: {
          type: "bar",
          series: [
            {
              name: "Факт",
              data: [
                { label: "янв", value: 1.5 },
                { label: "фев", value: 2 },
              ],
            },
          ],
          axis_config: { categories: ["янв", "фев"], y_label: "₽" },
        },
      },
    ]);
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => `н${index}`);
  it.each<[string, Partial<ChartSpec>]>([
    ["more than six series", { series: many(7).map((name) => ({ name, values: ["1", "2"] })) }],
    ["more than twenty labels", { labels: many(21), series: [{ name: "Факт", values: many(21).map(() => "1") }] }],
    ["a long label", { labels: ["янв", "очень длинное название месяца"] }],
    ["two labels alike", { labels: ["янв", "янв"] }],
    ["a gap", { series: [{ name: "Факт", values: ["1", null] }] }],
    ["a number no float keeps", { series: [{ name: "Факт", values: ["1", "90071992547409930"] }] }],
    ["a band", { band: { low: ["1", "1"], high: ["2", "2"] } }],
    ["stacked bars", { kind: "stacked" }],
    ["nothing", { labels: [], series: [] }],
  ])("are pictures where they have %s", async (_what, chart) => {
    expect(await drawnFrom(chart)).toMatchObject([{ kind: "file", name: "chart.png", title: "График", alt: "График" }]);
  });

  it("with a long caption show all of it above", async () => {
    const caption = `Выручка ${"по всем складам и регионам ".repeat(4)}`.trim();
    const [part] = await drawnFrom({}, caption);
    expect(shown(part).text).toContain(caption);
  });

  it("that cannot be drawn at all show their figures", async () => {
    const told: unknown[] = [];
    const failing = { ...options, drawChart: () => Promise.reject(new Error("no fonts")), onUndrawn: (error: unknown) => told.push(error) };
    const [part] = await render([{ kind: "chart", caption: "График", chart: { ...plainChart, kind: "stacked" } }], failing);
    expect(shown(part).tables[0]?.[1]).toEqual(["янв", "1,5"]);
    expect(told).toHaveLength(1);
  });
});

describe("cards in Slack", () => {
  const card: Block = {
    kind: "choice",
    id: "kQ2vT0yB1mX9cR7hN4sLwA",
    question: "Создать сделку?",
    lines: [
      { label: "Клиент", value: "ООО <!channel> «Ромашка» :house:" },
      { label: "Почта", value: "boss@example.com", outside: { system: "confluence", kind: "page", id: "7" } },
    ],
    options: [
      { id: "yes", label: "Записать", style: "primary" },
      { id: "no", label: "Удалить :house:", style: "danger" },
    ],
    expiresAt: new Date("2026-11-20T09:15:00.000Z"),
  };

  it("show every line as it is, what is from outside with a mark, until when, and buttons that carry ids alone", async () => {
    const [part] = await rendered(card);
    expect(shown(part).text).toMatch(
      /^Создать сделку\?\n\nКлиент: ООО <!channel> «Ромашка» :house:\nПочта: boss@example\.com ⚠️\n\n⚠️ значение взято.*\n\nДействует до .*12:15$/,
    );
    expect(message(part).blocks[1]).toEqual({
      type: "actions",
      elements: [
        {
          type: "button",
          action_id: "press:0",
          value: "kQ2vT0yB1mX9cR7hN4sLwA:yes",
          style: "primary",
          text: { type: "plain_text", text: "Записать", emoji: false },
        },
        {
          type: "button",
          action_id: "press:1",
          value: "kQ2vT0yB1mX9cR7hN4sLwA:no",
          style: "danger",
          text: { type: "plain_text", text: "Удалить :house:", emoji: false },
        },
      ],
    });
  });

  it("stand alone, are never shortened, and keep their buttons at the end", async () => {
    const lines = Array.from({ length: 200 }, (_, index) => ({ label: `Поле ${index}`, value: "значение ".repeat(5) }));
    const parts = await rendered(text("до"), { ...card, lines }, text("после"));
    expect(await refusals(parts)).toEqual([]);
    const all = parts.map((part) => shown(part).text).join("\n");
    for (let index = 0; index < 200; index += 1) expect(all).toContain(`Поле ${index}: `);
    expect(parts.map((part) => shown(part).buttons.length).filter((count) => count > 0)).toEqual([2]);
    expect(shown(parts.at(-2)).buttons).toHaveLength(2);
  });

  it("take more options than one row of buttons holds", async () => {
    const many = Array.from({ length: 60 }, (_, index) => ({ id: `o${index}`, label: `Клиент ${index} ${"ы".repeat(90)}` }));
    const parts = await rendered({ ...card, options: many });
    expect(await refusals(parts)).toEqual([]);
    expect(shown(parts[0]).buttons).toHaveLength(60);
  });

  it("without options have no buttons", async () => {
    const [part] = await rendered({ ...card, options: [] });
    expect(shown(part).buttons).toEqual([]);
  });
});

describe("feedback buttons", () => {
  it("are accepted by Slack, and stand under the last message alone", async () => {
    const parts = withFeedback(await rendered(text("раз"), { kind: "chart", caption: "График", chart: plainChart }, text("два")));
    expect(parts.map((part) => shown(part).buttons.length)).toEqual([0, 2]);
    expect(await refusals(parts)).toEqual([]);
  });

  it("do not stand under a file", async () => {
    const parts = await rendered({ kind: "file", name: "a", mediaType: "b", bytes: new Uint8Array([1]) });
    expect(withFeedback(parts)).toEqual(parts);
  });
});
