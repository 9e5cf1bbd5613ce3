import { answer, call, type Dialogue, en, holds, name, ru, step, talk, told } from "./format.js";

const someone = { about: [{ ref: "amocrm:company:17", kind: "client", name: "Somebody" }] };

/** Written when the rules were finished, with names that stand nowhere else; kept so that they stay understood. */
export const fresh: readonly Dialogue[] = [
  ru("пробей пожалуйста фирму Лесторг", call("find-client", { text: name("лесторг") })),
  ru("кому принадлежит почта zubr@example.com", call("find-client", { text: "zubr@example.com" })),
  ru(
    "Чем закончилось общение с Кедровой падью в сентябре?",
    call("client-history", { client: name("кедров\\p{L}+ пад"), from: "2026-09-01", to: "2026-09-30" }),
  ),
  ru("чё там у ибиса слышно", call("client-history", { client: name("ибис") })),
  ru(
    "глянь историю Чайки-М с начала года",
    call("client-history", { client: name("Чайк\\p{L}?-М"), from: "2026-01-01", to: "2026-11-20" }),
  ),
  ru(
    "какие у Ростислава сделки в работе дороже 700 тыс",
    call("list-deals", { owner: name("ростислав"), state: "open", amountFrom: "700000.00" }),
  ),
  ru(
    "выведи сделки тандем-агро за второй квартал",
    call("list-deals", { client: name("тандем-агро"), createdFrom: "2026-04-01", createdTo: "2026-06-30" }),
  ),
  ru("что мы слили на прошлой неделе", call("list-deals", { state: "lost", closedFrom: "2026-11-09", closedTo: "2026-11-15" })),
  ru(
    "заведи лид Зинаида Оськина, +7 900 000 00 71, хочет утеплитель",
    call("create-lead", { name: "Зинаида Оськина", phone: holds("71"), comment: holds("утеплитель") }),
  ),
  ru("нужна сделка на Лесторг, 640 тысяч рублей", call("create-deal", { client: name("лесторг"), amount: "640000.00" })),
  ru("Создай сделку с Зубром на четверть миллиона", call("create-deal", { client: name("зубр"), amount: "250000.00" })),
  ru("двигай сделку 733 на подписание договора", call("move-deal", { deal: "733", stage: holds("подписание договора") })),
  ru("733 проиграли, не сошлись в цене", call("move-deal", { deal: "733", stage: "lost", lossReason: holds("не сошлись в цене") })),
  ru(
    "внеси пометку по Ибису: платят только по предоплате",
    call("add-note", { client: name("ибис"), text: "платят только по предоплате" }),
  ),
  ru(
    "напомни в четверг к 16:00 набрать Зинаиде из Лесторга",
    call("create-task", { text: holds("набрать"), due: "2026-11-26T16:00", client: name("лесторг") }),
  ),
  ru(
    "завтра до обеда надо отвезти образцы в Тандем-Агро, создай задачу",
    call("create-task", { text: holds("отвезти образцы"), due: "2026-11-21T13:00", client: name("тандем-агро") }),
  ),
  ru(
    "сколько арматуры ушло в августе",
    call("sales-report", { measure: "quantity", where: [{ split: "item", text: name("арматур") }], from: "2026-08-01", to: "2026-08-31" }),
  ),
  ru("дай расклад по выручке за 2024 по кварталам", call("sales-report", { from: "2024-01-01", to: "2024-12-31", step: "quarter" })),
  ru("много шпаклёвки осталось?", call("stock-report", { item: name("шпакл[её]вк") })),
  ru("саморезы на складе в Уфе есть?", call("stock-report", { item: name("саморез"), warehouse: name("уф") })),
  ru("по каким правилам выдаём подотчётные деньги", call("search-documents", { text: holds("подотч[её]тные деньги") })),
  ru("битрикс у нас живой?", call("integration-status", { system: "bitrix24" })),
  en("pull up everything on Oystercatcher LLC", call("find-client", { text: /^Oystercatcher/ })),
  en(
    "did we talk to Tamarack Foods this month?",
    call("client-history", { client: "Tamarack Foods", from: "2026-11-01", to: "2026-11-20" }),
  ),
  en("need a deal for Quillfeather, eighty five thousand", call("create-deal", { client: "Quillfeather", amount: "85000.00" })),
  en("how much plywood do we have in Ryazan", call("stock-report", { item: "plywood", warehouse: "Ryazan" })),
  en(
    "hinges revenue for the past year, split by region",
    call("sales-report", { where: [{ split: "item", text: "hinges" }], by: "region", from: "2025-11-21", to: "2026-11-20" }),
  ),
  told("en", "clear out all the old leads please", "refuseDelete"),
  talk(
    "ru",
    answer("оформи сделку на Чайку-М", "askAmount"),
    step("где-то двести пятьдесят", call("create-deal", { client: name("Чайк\\p{L}?-М"), amount: "250.00" })),
  ),
  talk(
    "en",
    step("history of Tamarack Foods", call("client-history", { client: "Tamarack Foods" }, someone)),
    step(
      "put down that they switched to weekly orders",
      call("add-note", { client: "amocrm:company:17", text: "they switched to weekly orders" }),
    ),
  ),
];
