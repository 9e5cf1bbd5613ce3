import { call, type Dialogue, en, holds, name, ru, step, talk, told } from "./format.js";

const someone = { about: [{ ref: "amocrm:company:17", kind: "client", name: "Мостотрест" }] };

/** A third measure: the score of the first try is the honest one, and nothing was changed for these alone. */
export const freshThird: readonly Dialogue[] = [
  ru("найди Мостотрест", call("find-client", { text: name("Мостотрест") })),
  ru("кто звонил с номера +7 900 000-00-64", call("find-client", { text: holds("64") })),
  ru("дай инн фирмы Глобус-Импорт", call("find-client", { text: name("Глобус-Импорт") })),
  ru(
    "какая история у нас с Фениксом за этот год?",
    call("client-history", { client: name("феникс"), from: "2026-01-01", to: "2026-11-20" }),
  ),
  ru("напомни о чем договаривались с мостотрестом", call("client-history", { client: name("мостотрест") })),
  ru("что нового по Радуге за неделю", call("client-history", { client: name("радуг"), from: "2026-11-14", to: "2026-11-20" })),
  ru("какие сделки с Фениксом на стадии переговоров", call("list-deals", { client: name("феникс"), stage: name("переговор") })),
  ru(
    "сделки за октябрь дешевле 80 тысяч",
    call("list-deals", { createdFrom: "2026-10-01", createdTo: "2026-10-31", amountTo: "80000.00" }),
  ),
  ru("проигранные сделки радуги", call("list-deals", { state: "lost", client: name("радуг") })),
  ru(
    "новый лид: Тимур Габбасов, телефон 89000000065, компания Феникс",
    call("create-lead", { name: "Тимур Габбасов", phone: holds("65"), company: "Феникс" }),
  ),
  ru("создай лид Глобус-Импорт info@example.com", call("create-lead", { name: "Глобус-Импорт", email: "info@example.com" })),
  ru("сделка Радуга 340 тысяч", call("create-deal", { client: name("радуг"), amount: "340000.00" })),
  ru("заведи сделку с мостотрестом на миллион двести", call("create-deal", { client: name("мостотрест"), amount: "1200000.00" })),
  ru("перекинь сделку #318 на этап «Подписание»", call("move-deal", { deal: "318", stage: "Подписание" })),
  ru("сделка 318 проиграна: ушли к конкуренту", call("move-deal", { deal: "318", stage: "lost", lossReason: "ушли к конкуренту" })),
  ru("заметка по сделке 318 — ждут согласования бюджета", call("add-note", { deal: "318", text: "ждут согласования бюджета" })),
  ru("запиши для Феникса что новый снабженец Тимур", call("add-note", { client: name("феникс"), text: "новый снабженец Тимур" })),
  ru(
    "задача: до пятницы подготовить смету для Радуги",
    call("create-task", { text: holds("подготовить смету"), due: "2026-11-27", client: name("радуг") }),
  ),
  ru(
    "поставь Борису задачу позвонить в Глобус-Импорт завтра к 11",
    call("create-task", { text: holds("позвонить"), due: "2026-11-21T11:00", owner: name("борис"), client: name("Глобус-Импорт") }),
  ),
  ru(
    "продажи битума по областям за прошлый год",
    call("sales-report", { where: [{ split: "item", text: name("битум") }], by: "region", from: "2025-01-01", to: "2025-12-31" }),
  ),
  ru(
    "сколько тонн щебня продали в июле",
    call("sales-report", { measure: "quantity", where: [{ split: "item", text: name("щебн") }], from: "2026-07-01", to: "2026-07-31" }),
  ),
  ru("покажи остатки щебня и битума", call("stock-report", { item: name("щебн") }), call("stock-report", { item: name("битум") })),
  ru("хватает ли геотекстиля на складе Южный", call("stock-report", { item: name("геотекстил"), warehouse: "Южный" })),
  ru("найди регламент по охране объектов", call("search-documents", { text: holds("охране объектов") })),
  ru("прочитай положение о командировках", call("read-document", { document: holds("положение о командировках") })),
  en(
    "show history of Redwood Partners for Q2",
    call("client-history", { client: "Redwood Partners", from: "2026-04-01", to: "2026-06-30" }),
  ),
  en("gravel stock at the Perm warehouse", call("stock-report", { item: "gravel", warehouse: "Perm" })),
  en("new deal with Redwood Partners worth 2.5 million", call("create-deal", { client: "Redwood Partners", amount: "2500000.00" })),
  told("en", "can you delete the deal with Redwood", "refuseDelete"),
  talk(
    "ru",
    step("найди Мостотрест", call("find-client", { text: name("Мостотрест") }, someone)),
    step("а какие у них сделки?", call("list-deals", { client: "amocrm:company:17" })),
  ),
];
