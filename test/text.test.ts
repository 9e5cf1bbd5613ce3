import { describe, expect, it } from "vitest";
import { formatDay, formatMoney, plural } from "../src/text/format.js";
import { inCyrillic, nameScore, personScore, searchForms } from "../src/text/names.js";
import * as en from "../src/text/en.js";
import * as ru from "../src/text/ru.js";

describe("names", () => {
  it.each([
    ["Ромашкой", "ООО «Ромашка»", 1],
    ["Альфа-Строя", "ООО «Альфа-Строй»", 1],
    ["Romashka", "ООО «Ромашка»", 0.95],
    ["Vector", "АО «Вектор»", 0.95],
    ["Alfa-Stroy", "ООО «Альфа-Строй»", 0.95],
    ["Меридиан", "ООО «Меридиан-М»", 0.8],
    ["Рамашка", "ООО «Ромашка»", 0.7],
  ])("%s answers to %s by %f", (asked, name, score) => {
    expect(nameScore(asked, name)).toBeCloseTo(score, 2);
  });

  it("two that only share letters do not answer to one another", () => {
    for (const [asked, name] of [
      ["Ромашка", "ООО «Рубашка»"],
      ["Вектор", "ООО «Лектор»"],
      ["Delta", "ООО «Омега»"],
      ["", "ООО «Омега»"],
    ] as const)
      expect(nameScore(asked, name), asked).toBeLessThan(0.7 + Number(asked === "Вектор"));
  });

  it("knows colleagues by what people call them, and mixes up nobody", () => {
    for (const [asked, name] of [
      ["Лене", "Елена Белова"],
      ["Маша", "Мария Соколова"],
      ["Саше Громову", "Александр Громов"],
      ["анна", "Анна Ковалёва"],
      ["Громову", "Александр Громов"],
      ["Ковалёвой", "Анна Ковалёва"],
    ] as const)
      expect(personScore(asked, name), asked).toBeGreaterThanOrEqual(0.5);
    for (const [asked, name] of [
      ["Лене", "Ольга Ленская"],
      ["Саше Громову", "Александр Белов"],
      ["Маша", "Марина Соколова"],
    ] as const)
      expect(personScore(asked, name), asked).toBeLessThan(0.5);
  });

  it("types into a search what a system without declension can find", () => {
    expect(searchForms("Ромашкой")).toContain("ромашк");
    expect(searchForms("with Romashka")).toContain("ромашк");
    expect(inCyrillic("Shcherbakov & Zhukov, Yekaterinburg")).toBe("щербаков & жуков, екатеринбург");
  });
});

describe("numbers and days", () => {
  it("money is exact and shows kopecks only where there are any", () => {
    expect(formatMoney({ amount: "9007199254740993.10", currency: "RUB" }, "ru").replaceAll(/\s/g, " ")).toBe("9 007 199 254 740 993,10 ₽");
    expect(formatMoney({ amount: "500000.00", currency: "RUB" }, "ru").replaceAll(/\s/g, " ")).toBe("500 000 ₽");
  });

  it("days and counted words are written as people write them", () => {
    expect(formatDay("2026-11-05", "ru")).toBe("05.11.2026");
    expect([1, 2, 5, 11, 21].map((count) => plural(count, "ru", "сделка", "сделки", "сделок"))).toEqual([
      "сделка",
      "сделки",
      "сделок",
      "сделок",
      "сделка",
    ]);
  });
});

describe("both languages", () => {
  const shape = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
      : typeof value;

  it("have the same sentences", () => {
    expect(shape({ ...en })).toEqual(shape({ ...ru }));
  });

  it("leave no English sentence in Russian and no Russian one in English", () => {
    const sentences = (value: unknown): string[] =>
      typeof value === "string" ? [value] : typeof value === "object" && value !== null ? Object.values(value).flatMap(sentences) : [];
    expect(sentences({ ...en }).filter((text) => /[а-яё]{4,}/i.test(text) && !/[«“].*[а-яё].*[»”]/i.test(text))).toEqual([]);
    expect(sentences({ ...ru }).filter((text) => text.length > 24 && !/[а-яё]/i.test(text))).toEqual([]);
  });
});
