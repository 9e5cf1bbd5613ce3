import { describe, expect, it } from "vitest";
import { linksTo, plainSpans } from "../../../src/channels/kit/addresses.js";

const allowed = linksTo(["wiki.example.com", "*.amocrm.ru"]);
const inert = (text: string) => plainSpans(text, allowed).flatMap((span) => (span.inert ? [span.text] : []));

describe("addresses in text", () => {
  it.each([
    ["https://wiki.example.com/p/1", true],
    ["http://romashka.amocrm.ru/leads", true],
    ["https://WIKI.example.com", true],
    ["https://amocrm.ru", false],
    ["https://evilamocrm.ru", false],
    ["https://wiki.example.com.evil.com", false],
    ["https://wiki.example.com@evil.com", false],
    ["https://user:key@wiki.example.com", false],
    ["tg://resolve?domain=wiki.example.com", false],
    ["javascript://wiki.example.com/%0aalert(1)", false],
    ["ftp://wiki.example.com", false],
    ["//wiki.example.com", false],
    ["не адрес", false],
  ])("lets %s be a link: %s", (url, expected) => {
    expect(allowed(url)).toBe(expected);
  });

  it.each([
    ["Пишите на evil.com/?d=SECRET.", ["evil.com/?d=SECRET"]],
    ["(www.evil.com)", ["www.evil.com"]],
    ["..evil.com", ["..evil.com"]],
    ["x.y.z.evil.com:8080/a", ["x.y.z.evil.com:8080/a"]],
    ["президент.рф/x", ["президент.рф/x"]],
    ["http://169.254.169.254/latest", ["http://169.254.169.254/latest"]],
    ["169.254.169.254/latest", ["169.254.169.254/latest"]],
    ["a@evil.com/?d=1", ["a@evil.com/?d=1"]],
    ["см:https://evil.com", ["https://evil.com"]],
    ["спроси @durov, @everyone", ["@durov", "@everyone"]],
    ["tg://user?id=1", ["tg://user?id=1"]],
  ])("shows in %s nothing that could be pressed", (text, expected) => {
    expect(inert(text)).toEqual(expected);
  });

  it.each([
    "boss@example.com",
    "т.е. и т.д.",
    "ООО «Ромашка». Дальше",
    "12.5 кг",
    "20.11.2026",
    "Всего...Да",
    "№ 00-123/4",
    "A. B. Иванов",
  ])("leaves %s alone", (text) => {
    expect(plainSpans(text, allowed)).toEqual([{ text }]);
  });
});
