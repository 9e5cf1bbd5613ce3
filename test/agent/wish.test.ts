import { describe, expect, it } from "vitest";
import { wishesToWrite } from "../../src/agent/planner/index.js";

describe("whether a person asks for something to be written", () => {
  it.each([
    "создай сделку с Ромашкой",
    "Прочитай регламент и поставь мне задачу по нему",
    "заведи лид",
    "переведи 1024 на договор",
    "запиши заметку: звонил",
    "напомни завтра позвонить",
    "please create a deal for Vector",
    "make a task out of this page",
    "move deal 1024 to won",
    "add a note",
    "remind me on Friday",
  ])("hears it in «%s»", (text) => expect(wishesToWrite(text)).toBe(true));

  it.each([
    "какой порядок возврата товара?",
    "что с Ромашкой за год",
    "покажи партнёрскую программу",
    "продажи по месяцам",
    "what does the policy say about returns?",
    "show me the history of Vector",
    "",
  ])("hears none in «%s»", (text) => expect(wishesToWrite(text)).toBe(false));

  it("takes a short answer for what it answers to", () => {
    expect(wishesToWrite("да, 75 тысяч", "создай сделку с Ромашкой")).toBe(true);
    expect(wishesToWrite("да", "какой порядок возврата?")).toBe(false);
    expect(wishesToWrite("какой порядок возврата товара по договору", "создай сделку")).toBe(false);
  });
});
