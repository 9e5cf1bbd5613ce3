import { describe, expect, it } from "vitest";
import { knowsWord } from "../../src/agent/planner/index.js";
import { languageHere, languageOf } from "../../src/conversation/language.js";

describe("the language a message is answered in", () => {
  it.each([
    ["anna@example.com", "ru", "ru"],
    ["https://wiki.example.com/pages/17", "ru", "ru"],
    ["+7 900 000-00-12", "en", "en"],
    ["7700000017", "ru", "ru"],
    ["amocrm:company:17", "ru", "ru"],
    ["Vector", "ru", "ru"],
    ["Vector", "en", "en"],
    ["find Vector", "ru", "en"],
    ["hi", "ru", "en"],
    ["найди Vector Ltd", "en", "ru"],
    ["deal 1024", "ru", "en"],
    ["🙂", "en", "en"],
  ] as const)("«%s», a person who speaks %s: %s", (text, own, answer) => expect(languageOf(text, own)).toBe(answer));

  it.each([
    ["Hello", "ru", "en"],
    ["Help", "ru", "en"],
    ["Vector", "ru", "ru"],
    ["Vector Industries", "ru", "ru"],
    ["find Ромашка", "ru", "en"],
    ["Ромашка history", "ru", "en"],
    ["Найди Vector Industries", "en", "ru"],
    ["создай deal с Vector на 20k", "en", "ru"],
    ["выгрузи продажи в excel", "en", "ru"],
    ["Спасибо", "en", "ru"],
  ] as const)("«%s», a person who speaks %s, by words and not by names: %s", (text, own, answer) =>
    expect(languageOf(text, own, knowsWord)).toBe(answer),
  );

  it("is that of the talk where the message has none, and the newest counts", () => {
    const talk = ["мои сделки", "show my deals", "Vector", "7700000017"];
    expect(languageHere("anna@example.com", talk, "ru", knowsWord)).toBe("en");
    expect(languageHere("anna@example.com", talk.slice(0, 1), "en", knowsWord)).toBe("ru");
    expect(languageHere("anna@example.com", ["+7 900 000-00-12"], "en", knowsWord)).toBe("en");
    expect(languageHere("найди Vector", talk, "en", knowsWord)).toBe("ru");
  });
});
