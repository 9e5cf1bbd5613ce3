import { call, type Dialogue, en, holds, name, ru } from "./format.js";

/** Slang, slips of the finger and names that stand nowhere else; written before the rules were looked at again. */
export const freshFifth: readonly Dialogue[] = [
  ru("пробей плиз контору Тундра-Газ", call("find-client", { text: name("Тундра-Газ") })),
  ru("чей мейл kapitan@example.com?", call("find-client", { text: "kapitan@example.com" })),
  ru(
    "как там у нас дела с Морошкой с начала года?",
    call("client-history", { client: name("морошк"), from: "2026-01-01", to: "2026-11-20" }),
  ),
  ru("раскажи что решили с Невод Трейд в октебре", call("client-history", { client: "Невод Трейд", from: "2026-10-01", to: "2026-10-31" })),
  ru("какие сдлки висят у Маши уже месяц", call("list-deals", { owner: name("маш"), idleDays: 30 })),
  ru("покаж слитые сделки по Ладожскому Карьеру", call("list-deals", { state: "lost", client: "Ладожский Карьер" })),
  ru("сделки крупнее ляма на согласовании", call("list-deals", { amountFrom: "1000000.00", stage: name("согласован") })),
  ru(
    "закинь лида: Зухра Ахметова, зухра работает в Волгоцементе, тел 8 900 000 77 31",
    call("create-lead", { name: "Зухра Ахметова", phone: "+79000007731", company: holds("Волгоцемент") }),
  ),
  ru("заведи сделочку на Самоцвет, бюджет 850 тыр", call("create-deal", { client: name("самоцвет"), amount: "850000.00" })),
  ru("новая сделка с ИП Чугунов на полтора ляма", call("create-deal", { client: holds("Чугунов"), amount: "1500000.00" })),
  ru("сделку 2207 кинь в оплату", call("move-deal", { deal: "2207", stage: "оплату" })),
  ru("2207 слили, купили у китайцев", call("move-deal", { deal: "2207", stage: "lost", lossReason: "купили у китайцев" })),
  ru("черкани по Енисей-Шине что директор сменился", call("add-note", { client: name("Енисей-Шин"), text: "директор сменился" })),
  ru(
    "напомни в понедельник с утра набрать Тавриду насчёт паллет",
    call("create-task", { text: holds("набрать Тавриду"), due: "2026-11-23T09:00", client: name("тавр") }),
  ),
  ru(
    "кинь задачу Оле подготовить акт сверки к 28 ноября",
    call("create-task", { text: "подготовить акт сверки", due: "2026-11-28", owner: name("ол") }),
  ),
  ru(
    "скок продали утеплителя в этом месяце",
    call("sales-report", {
      measure: "quantity",
      where: [{ split: "item", text: name("утеплител") }],
      from: "2026-11-01",
      to: "2026-11-20",
    }),
  ),
  ru(
    "оборот по регионам за прошлый год в экселе",
    call("sales-report", { by: "region", from: "2025-01-01", to: "2025-12-31", spreadsheet: true }),
  ),
  ru("на складе Левобережный герметика много осталось?", call("stock-report", { item: name("герметик"), warehouse: "Левобережный" })),
  ru("какие правила по удалёнке для новичков", call("search-documents", { text: holds("удал[её]нк") })),
  ru("прочти инструкцию по пропускному режиму", call("read-document", { document: "инструкцию по пропускному режиму" })),
  en("can u look up Brightwater Farms pls", call("find-client", { text: "Brightwater Farms" })),
  en("whose number is +7 900 000-81-12", call("find-client", { text: "+79000008112" })),
  en(
    "give me the rundown on Fernhill Dairy since September",
    call("client-history", { client: "Fernhill Dairy", from: "2026-09-01", to: "2026-11-20" }),
  ),
  en("when did we last talk to Oakridge", call("client-history", { client: "Oakridge" })),
  en("deals stuck for 3 weeks, anything above 250k", call("list-deals", { idleDays: 21, amountFrom: "250000.00" })),
  en("wat deals did we win last quarter", call("list-deals", { state: "won", closedFrom: "2026-07-01", closedTo: "2026-09-30" })),
  en("Stonebridge deals in negotiation", call("list-deals", { client: "Stonebridge", stage: "negotiation" })),
  en(
    "add a lead: Priya Raman from Lumen Textiles, +7 900 000-52-10, asking for dyes",
    call("create-lead", { name: "Priya Raman", company: "Lumen Textiles", phone: "+79000005210", comment: "asking for dyes" }),
  ),
  en("open a new deal for Marlin Shipyard, 2.4 mil", call("create-deal", { client: "Marlin Shipyard", amount: "2400000.00" })),
  en("crate a deal with Zephyr Optics worth 65k", call("create-deal", { client: "Zephyr Optics", amount: "65000.00" })),
  en("bump 1733 to proposal", call("move-deal", { deal: "1733", stage: "proposal" })),
  en("mark deal 1733 as lost, budget frozen", call("move-deal", { deal: "1733", stage: "lost", lossReason: "budget frozen" })),
  en("note for Cobalt Mining: prefers delivery by rail", call("add-note", { client: "Cobalt Mining", text: "prefers delivery by rail" })),
  en(
    "remind me next wed at noon to email Juniper Labs the quote",
    call("create-task", { text: "email Juniper Labs the quote", due: "2026-11-25T12:00", client: "Juniper Labs" }),
  ),
  en(
    "whats our margin by product group this yr",
    call("sales-report", { measure: "margin", by: "item-group", from: "2026-01-01", to: "2026-11-20" }),
  ),
  en(
    "top 3 customers 2025 as a spreadsheet",
    call("sales-report", { by: "customer", top: 3, from: "2025-01-01", to: "2025-12-31", spreadsheet: true }),
  ),
  en(
    "weekly sales of insulation since july",
    call("sales-report", { step: "week", where: [{ split: "item", text: "insulation" }], from: "2026-07-01", to: "2026-11-20" }),
  ),
  en("hows the stock of rivets at the Quartz depot", call("stock-report", { item: "rivets", warehouse: "Quartz" })),
  en("whats the rule for hotel costs on business trips", call("search-documents", { text: holds("hotel costs") })),
  en("did the amo sync go thru", call("integration-status", { system: "amocrm" })),
];
