import { describe, expect, it } from "vitest";
import { knownWords } from "../../../src/agent/planner/grammar.js";
import { meantText } from "../../../src/agent/planner/layouts.js";
import { clean, distance, readWords } from "../../../src/agent/planner/words.js";

const means = (text: string) => readWords(clean(text), knownWords()).map((word) => word.means);

describe("words of a message", () => {
  it("are known in any form", () => {
    for (const word of ["сделка", "сделку", "сделок", "deals", "Deal"]) expect(means(word)[0]?.has("deal"), word).toBe(true);
  });

  it("are known with one slip of the finger", () => {
    for (const word of ["прадажи", "продаи", "продажыи"]) expect(means(word)[0]?.has("sales"), word).toBe(true);
    expect(means("астатки")[0]?.has("remains")).toBe(true);
  });

  it("are not corrected where a capital makes them a name", () => {
    expect(means("найди Продажкин")[1]?.size).toBe(0);
  });

  it("are understood in the wrong keyboard layout and in Latin letters", () => {
    expect(meantText("gjrf;b jcnfnrb", knownWords())).toBe("покажи остатки");
    expect(meantText("pokazhi prodazhi", knownWords())).toBe("покажи продажи");
    expect(meantText("show deals of Qwerty", knownWords())).toBe("show deals of Qwerty");
  });

  it("lose control characters, invisible ones and whatever is beyond the longest message", () => {
    expect(clean("по\u200bка\u0000жи\u00a0сделки")).toBe("покажи сделки");
    expect(clean("а".repeat(100_000))).toHaveLength(2000);
  });

  it("are as far apart as there are slips between them", () => {
    expect(distance("сделка", "сделка", 2)).toBe(0);
    expect(distance("сделка", "седлка", 2)).toBe(1);
    expect(distance("сделка", "делки", 2)).toBe(2);
    expect(distance("сделка", "погода", 2)).toBe(3);
  });
});
