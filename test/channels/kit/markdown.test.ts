import { describe, expect, it } from "vitest";
import { linksTo } from "../../../src/channels/kit/addresses.js";
import { parseInline } from "../../../src/channels/kit/inline.js";
import { parseMarkdown } from "../../../src/channels/kit/markdown.js";
import { toPlain } from "../../../src/channels/kit/plain.js";
import { textOf } from "../../../src/channels/kit/spans.js";

const allowed = linksTo(["wiki.example.com", "*.amocrm.ru"]);
const inline = (text: string) => parseInline(text, allowed);

describe("inline Markdown", () => {
  it("knows bold, italic, strike-through and code, also inside one another", () => {
    expect(inline("**a _b_** ~~c~~ `d*e*`")).toEqual([
      { text: "a ", bold: true },
      { text: "b", bold: true, italic: true },
      { text: " " },
      { text: "c", strike: true },
      { text: " " },
      { text: "d*e*", code: true },
    ]);
  });

  it("closes three stars in the order they were opened", () => {
    expect(inline("***a***")).toEqual([{ text: "a", italic: true, bold: true }]);
  });

  it.each([
    "client_legal_name",
    "__init",
    "5 * 3 * 2",
    "10*20*30",
    "2 ** 3",
    "незакрытая **звезда и _черта",
    "`незакрытый код",
    "[скобка без адреса]",
    "[половина](страница 1",
    "a < b > c &amp; <b>d</b>",
    "~5 % ~ 7",
    "****",
    "C:\\temp\\new",
  ])("leaves %s as it is", (text) => {
    expect(inline(text)).toEqual([{ text }]);
  });

  it("takes the backslash from an escaped sign", () => {
    expect(textOf(inline("\\*не курсив\\* и 1\\. пункт"))).toBe("*не курсив* и 1. пункт");
  });

  it("turns <br> into a line break", () => {
    expect(textOf(inline("a<br>b<br />c"))).toBe("a\nb\nc");
  });

  it("keeps links to allowed hosts, with marks and brackets in the address", () => {
    expect(inline("см. [стр. **1**](https://wiki.example.com/a_b_(c)?d=*e*) и https://wiki.example.com/x_y_z.")).toEqual([
      { text: "см. " },
      { text: "стр. 1", link: "https://wiki.example.com/a_b_(c)?d=*e*" },
      { text: " и " },
      { text: "https://wiki.example.com/x_y_z", link: "https://wiki.example.com/x_y_z" },
      { text: "." },
    ]);
  });

  it("shows a link elsewhere as its words and its address, leading nowhere", () => {
    expect(inline("[жми](https://evil.example/?d=1)")).toEqual([
      { text: "жми (" },
      { text: "https://evil.example/?d=1", inert: true },
      { text: ")" },
    ]);
  });

  it("finds an address that looks were to hide", () => {
    expect(
      inline("ev**il**.com/?d=1")
        .filter(({ inert }) => inert)
        .map(({ text }) => text)
        .join(""),
    ).toBe("evil.com/?d=1");
  });
});

describe("Markdown", () => {
  it("reads blocks in order", () => {
    const sections = parseMarkdown(
      "# Итог #\n\nСтрока 1\nстрока 2\n- раз\n  продолжение\n  - вложен\n3) три\n- [x] сделано\n> цитата\n> дальше\n---\n```sql\nselect 1\n\n```\n|a|b|\n|---|:-:|\n|1\\|2|**x**|\n|3|",
      allowed,
    );
    expect(sections.map((section) => ("spans" in section ? [section.kind, textOf(section.spans)] : section))).toEqual([
      ["heading", "Итог"],
      ["paragraph", "Строка 1\nстрока 2"],
      ["item", "раз продолжение"],
      ["item", "вложен"],
      ["item", "три"],
      ["item", "сделано"],
      ["quote", "цитата\nдальше"],
      { kind: "code", text: "select 1\n" },
      {
        kind: "table",
        table: {
          columns: [
            { name: "a", type: "text" },
            { name: "b", type: "text" },
          ],
          rows: [
            ["1|2", "x"],
            ["3", ""],
          ],
        },
      },
    ]);
    expect(sections.flatMap((section) => (section.kind === "item" ? [[section.marker, section.depth]] : []))).toEqual([
      ["•", 0],
      ["•", 1],
      ["3.", 0],
      ["☑", 0],
    ]);
  });

  it("runs an unclosed code block to the end", () => {
    expect(parseMarkdown("```\nselect *\nfrom a", allowed)).toEqual([{ kind: "code", text: "select *\nfrom a" }]);
  });

  it("takes out control characters and halves of surrogate pairs", () => {
    expect(parseMarkdown("a\u0000b\ud800\r\nc", allowed)).toEqual([{ kind: "paragraph", spans: [{ text: "ab\ufffd\nc" }] }]);
  });

  it.each([
    "*a ",
    "_a_",
    "[",
    "[a](",
    "`",
    "а.",
    "a:",
    "@a",
    "https://",
    "<",
    "|-",
    "> ",
    "- ",
    "**",
    "a\u200d",
    "  ",
    "[a](https://x.ru) ",
  ])("reads 200 KB of %j without getting stuck", (unit) => {
    const began = performance.now();
    parseMarkdown(unit.repeat(200_000 / unit.length), allowed);
    expect(performance.now() - began).toBeLessThan(3000);
  });

  it("says the same in plain text", () => {
    expect(toPlain("## Итог\n**Рост** на [12 %](https://wiki.example.com)\n- раз\n  - два\n\n|a|b|\n|-|-|\n|1|2|")).toBe(
      "Итог\nРост на 12 % (https://wiki.example.com)\n• раз\n  • два\na | b\n1 | 2",
    );
  });
});
