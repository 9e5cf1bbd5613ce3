import { describe, expect, it } from "vitest";
import type { Language } from "../../src/domain/people.js";
import { texts } from "../../src/text/texts.js";

/** Each write tool's card title, as the tool builds it. */
const titles = (language: Language): Readonly<Record<string, string>> => {
  const words = texts(language).tools;
  return {
    "create-lead": words.createLeadTitle(words.leadFrom("Иван"), "amoCRM"),
    "create-deal": words.createDealTitle(words.dealWith("ООО «Ромашка»"), "amoCRM"),
    "move-deal": words.moveDealTitle("Свет", "Переговоры", "amoCRM"),
    "add-note": words.addNoteTitle("ООО «Ромашка»", "amoCRM"),
    "create-task": words.createTaskTitle("позвонить", "amoCRM"),
    "schedule-report": texts(language).schedules.reportTitle("продажи"),
    subscribe: texts(language).schedules.watchTitle("договоры"),
    "cancel-schedule": texts(language).schedules.cancelTitle("продажи", "3"),
  };
};
const receipt = (language: Language, tool: string) => texts(language).conversation.receipt(titles(language)[tool] ?? "", tool);

describe("what a person reads of a write", () => {
  it.each([
    ["create-lead", "Готово: создан новый лид «Заявка: Иван» в amoCRM", "Done: created a new lead “Enquiry: Иван” in amoCRM"],
    [
      "create-deal",
      "Готово: создана новая сделка «Сделка с ООО „Ромашка“» в amoCRM",
      "Done: created a new deal “Deal with ООО «Ромашка»” in amoCRM",
    ],
    [
      "move-deal",
      "Готово: переведена сделка «Свет» → этап «Переговоры» в amoCRM",
      "Done: moved the deal “Свет” → stage “Переговоры” in amoCRM",
    ],
    ["add-note", "Готово: добавлена заметка в amoCRM: ООО «Ромашка»", "Done: added a note in amoCRM: ООО «Ромашка»"],
    ["schedule-report", "Готово: включён отчёт по расписанию «продажи»", "Done: set up the scheduled report “продажи”"],
    ["subscribe", "Готово: включена подписка «договоры»", "Done: set up the subscription “договоры”"],
    ["cancel-schedule", "Готово: выполнена отмена № 3 «продажи»", "Done: carried out the cancellation of no. 3 “продажи”"],
    ["create-task", "Готово: поставлена задача «позвонить» в amoCRM", "Done: created a task “позвонить” in amoCRM"],
  ])("%s: the receipt says that it is done", (tool, russian, english) => {
    expect(receipt("ru", tool)).toBe(russian);
    expect(receipt("en", tool)).toBe(english);
  });

  it("a cancelled or failed write is named within the sentence, not ordered anew", () => {
    const title = titles("ru")["create-deal"] ?? "";
    expect(texts("ru").conversation.rejected(title)).toBe("Отменено, ничего не записано: новая сделка «Сделка с ООО „Ромашка“» в amoCRM");
    expect(texts("ru").conversation.writeFailed(title, "нет прав.")).toMatch(/^Не записано: новая сделка .* нет прав\.$/);
  });

  it("a write of a tool that has no words of its own still reads as done", () => {
    expect(texts("ru").conversation.receipt("План продаж на май", "plan-draft")).toBe("Готово: записано — план продаж на май");
  });
});
