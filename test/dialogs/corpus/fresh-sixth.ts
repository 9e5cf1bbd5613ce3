import { answer, call, type Dialogue, en, holds, name, ru, step, talk, told } from "./format.js";

const found = { about: [{ ref: "amocrm:company:17", kind: "client", name: "Гжель-Строй" }] };

/** A last measure, after the rules had been mended by the one before. */
export const freshSixth: readonly Dialogue[] = [
  ru("нарой инфу по Гжель-Строй", call("find-client", { text: "Гжель-Строй" })),
  ru("что за контора с ИНН 7700000224?", call("find-client", { text: "7700000224" })),
  ru("чё было с Паритетом в сентябре?", call("client-history", { client: name("паритет"), from: "2026-09-01", to: "2026-09-30" })),
  ru("последний раз когда общались с Аргонавтом", call("client-history", { client: name("аргонавт") })),
  ru("сделки Риты на договоре дороже 300 тыщ", call("list-deals", { owner: name("рит"), stage: name("договор"), amountFrom: "300000.00" })),
  ru("чё мы слили на прошлой неделе", call("list-deals", { state: "lost", closedFrom: "2026-11-09", closedTo: "2026-11-15" })),
  ru("мертвые сделки за квартал без движения 40 дней", call("list-deals", { idleDays: 40 })),
  ru(
    "лид: Рустам, рустам@пример не знаю, тел +7 900 000-33-47, хочет щиты",
    call("create-lead", { name: "Рустам", phone: "+79000003347", comment: holds("хочет щиты") }),
  ),
  ru("сделай сделку Аргонавту, сумма 92 000 руб", call("create-deal", { client: name("аргонавт"), amount: "92000.00" })),
  ru("подвинь сделку 3055 на согласование", call("move-deal", { deal: "3055", stage: "согласование" })),
  ru("3055 выиграли!", call("move-deal", { deal: "3055", stage: "won" })),
  ru("коммент к сделке 3055: ждём подпись юриста", call("add-note", { deal: "3055", text: "ждём подпись юриста" })),
  ru(
    "надо бы не забыть в четверг в 16 созвон с Паритетом",
    call("create-task", { text: holds("созвон с Паритетом"), due: "2026-11-26T16:00", client: name("паритет") }),
  ),
  ru(
    "чё по выручке с Паритета за 2 квартал",
    call("sales-report", { where: [{ split: "customer", text: name("паритет") }], from: "2026-04-01", to: "2026-06-30" }),
  ),
  ru("хватит ли нам саморезов до конца месяца", call("stock-report", { item: name("саморез") })),
  ru("дай выжимку из положения о премировании", call("read-document", { document: holds("положени", "премировании") })),
  en("any contact info for Driftwood Canvas?", call("find-client", { text: "Driftwood Canvas" })),
  en("catch me up on Basalt Brewing", call("client-history", { client: "Basalt Brewing" })),
  en("show me Nadia's open deals under 90k", call("list-deals", { owner: "Nadia", state: "open", amountTo: "90000.00" })),
  en("which deals closed this month", call("list-deals", { closedFrom: "2026-11-01", closedTo: "2026-11-20" })),
  en(
    "got a lead, Sven Aalto, sven@example.net, curious about boilers",
    call("create-lead", { name: "Sven Aalto", email: "sven@example.net", comment: "curious about boilers" }),
  ),
  en("lets create a deal for Basalt Brewing, 140 thousand", call("create-deal", { client: "Basalt Brewing", amount: "140000.00" })),
  en("deal 3107 goes to negotiation", call("move-deal", { deal: "3107", stage: "negotiation" })),
  en(
    "jot down for Driftwood Canvas that they switched banks",
    call("add-note", { client: "Driftwood Canvas", text: "they switched banks" }),
  ),
  en(
    "set a task for tomorrow 9am: send samples to Basalt Brewing",
    call("create-task", { text: "send samples to Basalt Brewing", due: "2026-11-21T09:00", client: "Basalt Brewing" }),
  ),
  en(
    "how much profit did we make on boilers in 2025",
    call("sales-report", { measure: "margin", where: [{ split: "item", text: "boilers" }], from: "2025-01-01", to: "2025-12-31" }),
  ),
  en("are we running low on gaskets", call("stock-report", { item: "gaskets" })),
  en("who approves discounts above 12 percent", call("search-documents", { text: holds("discounts above 12 percent") })),
  told("en", "please wipe all my notes", "refuseDelete"),
  talk(
    "ru",
    step("найди Гжель-Строй", call("find-client", { text: "Гжель-Строй" }, found)),
    step("запиши ему: просит рассрочку", call("add-note", { client: "amocrm:company:17", text: "просит рассрочку" })),
    answer("поставь задачу", "askTaskText"),
    step("покажи остатки профлиста", call("stock-report", { item: name("профлист") })),
  ),
];
