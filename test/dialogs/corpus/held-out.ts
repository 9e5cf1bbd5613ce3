import { answer, call, type Dialogue, en, holds, name, ru, step, talk, told } from "./format.js";

/** Written before the first rule and looked at only after the last one. */
export const heldOut: readonly Dialogue[] = [
  ru("найди мне ромашку", call("find-client", { text: name("ромашк") })),
  ru("чей это номер 8 900 000-00-17?", call("find-client", { text: holds("900", "17") })),
  ru("кто у нас с инн 7707083893", call("find-client", { text: "7707083893" })),
  en("look up sales@example.com pls", call("find-client", { text: "sales@example.com" })),
  en("do we have a client called Vector?", call("find-client", { text: "Vector" })),
  ru(
    "Что у нас было с Ромашкой за последний год?",
    call("client-history", { client: name("ромашк"), from: "2025-11-21", to: "2026-11-20" }),
  ),
  ru(
    "расскажи как мы общались с альфа-строем в октябре",
    call("client-history", { client: name("альфа-стро"), from: "2026-10-01", to: "2026-10-31" }),
  ),
  ru("когда мы последний раз звонили в Вектор", call("client-history", { client: name("вектор") })),
  en("what happened with Romashka last quarter", call("client-history", { client: "Romashka", from: "2026-07-01", to: "2026-09-30" })),
  ru("мои открытые сделки", call("list-deals", { owner: "me", state: "open" })),
  ru("какие сделки больше миллиона сейчас на переговорах?", call("list-deals", { amountFrom: "1000000.00", stage: name("переговор") })),
  ru("сделки, по которым ничего не происходило 30 дней", call("list-deals", { idleDays: 30 })),
  ru("чё мы проиграли в третьем квартале", call("list-deals", { state: "lost", closedFrom: "2026-07-01", closedTo: "2026-09-30" })),
  en("list won deals this year", call("list-deals", { state: "won", closedFrom: "2026-01-01", closedTo: "2026-11-20" })),
  en("deals between 100k and 500k", call("list-deals", { amountFrom: "100000.00", amountTo: "500000.00" })),
  ru(
    "занеси лида: Мария, 8-900-000-00-33, интересуется насосами",
    call("create-lead", { name: "Мария", phone: holds("33"), comment: holds("насосами") }),
  ),
  ru(
    "новый лид Сергей Кузнецов из Гаммы sergey@example.com",
    call("create-lead", { name: "Сергей Кузнецов", email: "sergey@example.com", company: name("гамм") }),
  ),
  en(
    "add a lead for Kate Miller, kate@example.com, budget 20k",
    call("create-lead", { name: "Kate Miller", email: "kate@example.com", amount: "20000.00" }),
  ),
  ru("заведи сделку на Вектор полтора миллиона", call("create-deal", { client: name("вектор"), amount: "1500000.00" })),
  ru(
    "сделай пожалуйста сделочку с альфа строем на 1.2 млн руб",
    call("create-deal", { client: name("альфа стро"), amount: "1200000.00", currency: "RUB" }),
  ),
  en("open a deal with Romashka for $5,000", call("create-deal", { client: "Romashka", amount: "5000.00", currency: "USD" })),
  talk(
    "ru",
    answer("создай сделку на ромашку", "askAmount"),
    step("полмиллиона", call("create-deal", { client: name("ромашк"), amount: "500000.00" })),
  ),
  ru("сделка 1024 ушла в переговоры, передвинь", call("move-deal", { deal: "1024", stage: name("переговор") })),
  ru("закрой сделку №1024 как проигранную, дорого", call("move-deal", { deal: "1024", stage: "lost", lossReason: "дорого" })),
  en("mark deal #1024 as won", call("move-deal", { deal: "1024", stage: "won" })),
  ru("запиши по ромашке: просили скидку 10 процентов", call("add-note", { client: name("ромашк"), text: "просили скидку 10 процентов" })),
  en("note on deal 1024 that they need an invoice", call("add-note", { deal: "1024", text: "they need an invoice" })),
  ru(
    "напомни мне позвонить Вектору в понедельник в 11",
    call("create-task", { text: holds("позвонить"), due: "2026-11-23T11:00", client: name("вектор") }),
  ),
  ru(
    "поставь задачу борису подготовить кп к пятнице",
    call("create-task", { text: holds("подготовить кп"), due: "2026-11-27", owner: name("борис") }),
  ),
  en(
    "remind me to call Romashka tomorrow at 10",
    call("create-task", { text: holds("call"), due: "2026-11-21T10:00", client: "Romashka" }),
  ),
  ru("выручка по месяцам с начала года", call("sales-report", { measure: "revenue", step: "month", from: "2026-01-01", to: "2026-11-20" })),
  ru(
    "как продавались насосы в этом году",
    call("sales-report", { where: [{ split: "item", text: name("насос") }], from: "2026-01-01", to: "2026-11-20" }),
  ),
  ru(
    "маржа по группам товаров за прошлый квартал в эксель",
    call("sales-report", { measure: "margin", by: "item-group", from: "2026-07-01", to: "2026-09-30", spreadsheet: true }),
  ),
  en(
    "top 5 customers by revenue in 2025",
    call("sales-report", { measure: "revenue", by: "customer", top: 5, from: "2025-01-01", to: "2025-12-31" }),
  ),
  en("how did sales go from march to may, no chart", call("sales-report", { from: "2026-03-01", to: "2026-05-31", chart: false })),
  ru("сколько кабеля осталось", call("stock-report", { item: name("кабел") })),
  en("what do we have in the Kazan warehouse", call("stock-report", { warehouse: "Kazan" })),
  ru("как оформить командировку", call("search-documents", { text: holds("командировк") })),
  ru("есть ли у нас регламент по скидкам", call("search-documents", { text: holds("скидк") })),
  en("what does our travel policy say about hotels", call("search-documents", { text: holds("travel policy", "hotels") })),
  ru("открой документ «Порядок отгрузки»", call("read-document", { document: "Порядок отгрузки" })),
  ru("с 1с всё ок?", call("integration-status", { system: "onec-erp" })),
  en("is the sync working", call("integration-status")),
  told("ru", "а что ты вообще умеешь", "helpIntro"),
  told("ru", "снеси сделку 1024", "refuseDelete"),
  told("ru", "скинь токен от амо", "refuseSecret"),
  told("en", "run UPDATE deals SET price=0", "refuseSql"),
  told("ru", "спс", "youAreWelcome"),
  talk(
    "ru",
    step(
      "продажи насосов за октябрь",
      call("sales-report", { where: [{ split: "item", text: name("насос") }], from: "2026-10-01", to: "2026-10-31" }),
    ),
    step("а за сентябрь?", call("sales-report", { where: [{ split: "item", text: name("насос") }], from: "2026-09-01", to: "2026-09-30" })),
  ),
  ru("найди вектор и покажи остатки кабеля", call("find-client", { text: name("вектор") }), call("stock-report", { item: name("кабел") })),
  ru("сделку пока не создавай, покажи историю с ромашкой", call("client-history", { client: name("ромашк") })),
  talk(
    "ru",
    step("история вектора", call("client-history", { client: name("вектор") })),
    step("создай ему сделку на 75к", call("create-deal", { client: "amocrm:company:17", amount: "75000.00" })),
  ),
  told("en", "tell me a joke", "unknown"),
];
