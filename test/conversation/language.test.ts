import { describe, expect, it } from "vitest";
import { languageOf } from "../../src/conversation/language.js";

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
});
