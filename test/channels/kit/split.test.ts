import { describe, expect, it } from "vitest";
import { wholeCharacters } from "../../../src/channels/kit/printable.js";
import { pack, splitLines, splitSpans } from "../../../src/channels/kit/split.js";
import { textOf } from "../../../src/channels/kit/spans.js";

const split = (text: string, length: number) => splitSpans([{ text }], { length, marks: 10 }).map(textOf);

describe("cutting", () => {
  it("cuts at a line, else at the end of a sentence, else between words", () => {
    expect(split("раз два\nтри четыре", 12)).toEqual(["раз два\n", "три четыре"]);
    expect(split("Раз два. Три четыре", 14)).toEqual(["Раз два. ", "Три четыре"]);
    expect(split("раз два три четыре", 14)).toEqual(["раз два три ", "четыре"]);
  });

  it("loses nothing and keeps every piece within the limit", () => {
    const text = Array.from({ length: 3000 }, (_, index) => `слово${index}${index % 7 === 0 ? ".\n" : " "}`).join("");
    const parts = split(text, 400);
    expect(parts.join("")).toBe(text);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(400);
  });

  it("cuts no emoji in half", () => {
    expect(split("🎉".repeat(5), 5)).toEqual(["🎉🎉", "🎉🎉", "🎉"]);
    expect(wholeCharacters("a👩‍👩‍👧", 5)).toBe(1);
    expect(wholeCharacters("aй".normalize("NFD"), 2)).toBe(1);
  });

  it("keeps the look of a cut stretch on both sides", () => {
    expect(splitSpans([{ text: "раз " }, { text: "два три", bold: true }], { length: 8, marks: 10 })).toEqual([
      [{ text: "раз " }, { text: "два ", bold: true }],
      [{ text: "три", bold: true }],
    ]);
  });

  it("counts looks as well as letters", () => {
    const spans = Array.from({ length: 25 }, (_, index) => ({ text: `${index} `, bold: true }));
    expect(splitSpans(spans, { length: 4096, marks: 10 }).map(({ length }) => length)).toEqual([10, 10, 5]);
  });

  it("cuts fixed-width text between its lines", () => {
    expect(splitLines("aaa\nbbb\nccc", 8)).toEqual(["aaa\nbbb", "ccc"]);
  });

  it("puts together what fits with the gaps between", () => {
    const units = [4, 4, 4, 9, 1].map((length) => ({ length, marks: 0 }));
    expect(pack(units, { length: 10, marks: 1 }, 2).map((part) => part.map(({ length }) => length))).toEqual([[4, 4], [4], [9], [1]]);
  });
});
