import { describe, expect, it } from "vitest";
import { answersLast } from "../../../src/agent/planner/index.js";

describe("a message right behind a card", () => {
  it.each([
    "make it 25k",
    "нет, на 300к",
    "нет, в 10",
    "лучше по вторникам",
    "а лучше завтра",
    "не продажи, а остатки",
    "at 6pm instead",
    "15 %",
    "на 75к",
    "no, tomorrow at noon",
  ])("corrects it: «%s»", (text) => {
    expect(answersLast(text)).toBe("corrects");
  });

  it.each(["нет", "Нет.", "не надо", "нет, не нужно, спасибо", "отмена!", "no", "no thanks", "Never mind", "cancel"])(
    "takes it back: «%s»",
    (text) => {
      expect(answersLast(text)).toBe("refuses");
    },
  );

  it.each([
    "создай сделку на Вектор 200к",
    "create a deal for Vector, 200k",
    "напомни завтра позвонить Вектору",
    "и ещё одну на Вектор",
    "and another for Vector",
    "также на 50к",
    "мои сделки",
    "каждую пятницу присылай остатки",
    "",
    "???",
    "нет, это очень длинное сообщение, в котором человек рассказывает совсем о другом деле и о других людях",
  ])("asks for something of its own: «%s»", (text) => {
    expect(answersLast(text)).toBeUndefined();
  });
});
