import { describe, expect, it } from "vitest";
import { findContacts, isInn } from "../../../src/agent/planner/contacts.js";
import { toNominative } from "../../../src/agent/planner/declension.js";
import { said } from "./said.js";

const names = (text: string) =>
  said(text)
    .phrases()
    .map(({ nominative }) => nominative);

describe("a name in a message", () => {
  it.each([
    ["что с Ромашкой", ["Ромашка"]],
    ["сделки у Альфа-Строя", ["Альфа-Строй"]],
    ["история по Вектору", ["Вектор"]],
    ["встреча с Сибирской Короной", ["Сибирская Корона"]],
    ["история ООО «Тёплый дом»", ["Тёплый дом"]],
    ["что у северного ветра", ["северного ветра"]],
    ["история Дельты Плюс", ["Дельты Плюс"]],
    ["deals of Ironwood Group", ["Ironwood Group"]],
    ["Romashka's deals", ["Romashka"]],
    ["остатки кабеля ВВГ 3х2.5", ["кабеля ВВГ 3х2.5"]],
    ["запиши что Сокол оплатил счёт", ["Сокол"]],
  ])("is found in «%s»", (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it("stays as written where its nominative is not certain", () => {
    expect(toNominative("Гости", "genitive")).toBe("Гости");
    expect(toNominative("РЖД", "instrumental")).toBe("РЖД");
    expect(toNominative("Acme", "genitive")).toBe("Acme");
  });
});

describe("an exact key in a message", () => {
  const keys = (text: string) => findContacts(text).map(({ kind, value }) => `${kind} ${value}`);

  it.each([
    ["инн 7707083893", ["inn 7707083893"]],
    ["7707083893", ["inn 7707083893"]],
    ["звонил 8 900 000-00-17", ["phone +79000000017"]],
    ["почта a.b@example.com", ["email a.b@example.com"]],
    ["сделка 1024", ["deal 1024"]],
    ["сделки №1024", ["deal 1024"]],
    ["deal #1024", ["deal 1024"]],
    ["amocrm:company:17", ["ref amocrm:company:17"]],
    ["onec-erp.moscow:client:a-1", ["ref onec-erp.moscow:client:a-1"]],
  ])("is found in «%s»", (text, expected) => {
    expect(keys(text)).toEqual(expected);
  });

  it.each(["сделку на 500 тысяч", "создай сделку 75000", "сделка 1 250 000", "в 2025 году"])("is not seen in «%s»", (text) => {
    expect(keys(text)).toEqual([]);
  });

  it("counts the check digits of an INN", () => {
    expect(isInn("7707083893")).toBe(true);
    expect(isInn("500100732259")).toBe(true);
    expect(isInn("7707083894")).toBe(false);
    expect(isInn("500100732258")).toBe(false);
  });
});
