import { call, type Dialogue, en, holds, name, ru } from "./format.js";

/** Clients and their history, deals and moves, leads, notes and tasks. */
export const crm: readonly Dialogue[] = [
  // find-client
  ru("Найди клиента Ромашка", call("find-client", { text: "Ромашка" })),
  ru("найди ооо альфа-строй", call("find-client", { text: name("альфа-стро") })),
  ru("есть у нас такой клиент - Северный ветер?", call("find-client", { text: name("Северный вет") })),
  ru("пробей инн 7728168971", call("find-client", { text: "7728168971" })),
  ru("поищи контакт по телефону +7 (900) 000-00-42", call("find-client", { text: holds("900", "42") })),
  ru("дай контакты Вектора", call("find-client", { text: name("вектор") })),
  ru("чья почта ivanov@example.com", call("find-client", { text: "ivanov@example.com" })),
  ru("телефон альфа-строя какой?", call("find-client", { text: name("альфа-стро") })),
  ru("нади ромашку", call("find-client", { text: name("ромашк") })),
  en("find Northwind Traders", call("find-client", { text: "Northwind Traders" })),
  en("who is +7 900 000 00 55", call("find-client", { text: holds("900", "55") })),
  en("search for client romashka", call("find-client", { text: "romashka" })),
  en("give me the contact details of Alfa-Stroy", call("find-client", { text: "Alfa-Stroy" })),
  // client-history
  ru("Что у нас было с Ромашкой за квартал?", call("client-history", { client: name("ромашк"), from: "2026-08-21", to: "2026-11-20" })),
  ru("история по вектору", call("client-history", { client: name("вектор") })),
  ru("покажи историю общения с Альфа-Строем", call("client-history", { client: name("альфа-стро") })),
  ru(
    "о чем договаривались с ромашкой в прошлом месяце",
    call("client-history", { client: name("ромашк"), from: "2026-10-01", to: "2026-10-31" }),
  ),
  ru("что нового у вектора?", call("client-history", { client: name("вектор") })),
  ru("переписка с ООО «Ромашка» с марта по май", call("client-history", { client: name("ромашк"), from: "2026-03-01", to: "2026-05-31" })),
  ru(
    "какие звонки были у альфа-строя на этой неделе",
    call("client-history", { client: name("альфа-стро"), from: "2026-11-16", to: "2026-11-20" }),
  ),
  ru("что там с ромашкой", call("client-history", { client: name("ромашк") })),
  ru("исторя взаимодействий с вектром", call("client-history", { client: name("вект") })),
  ru("когда последний раз общались с клиентом 7707083893", call("client-history", { client: "7707083893" })),
  en(
    "show me the history with Romashka over the last year",
    call("client-history", { client: "Romashka", from: "2025-11-21", to: "2026-11-20" }),
  ),
  en("what did we talk about with vector in march", call("client-history", { client: "vector", from: "2026-03-01", to: "2026-03-31" })),
  en("any news from Alfa-Stroy since october 1", call("client-history", { client: "Alfa-Stroy", from: "2026-10-01", to: "2026-11-20" })),
  en("calls with Northwind in the past 2 weeks", call("client-history", { client: "Northwind", from: "2026-11-07", to: "2026-11-20" })),
  // list-deals
  ru("покажи сделки ромашки", call("list-deals", { client: name("ромашк") })),
  ru("какие сделки в работе у Вектора", call("list-deals", { client: name("вектор"), state: "open" })),
  ru("сделки от 100к до 500к", call("list-deals", { amountFrom: "100000.00", amountTo: "500000.00" })),
  ru("сделки дороже 2 млн на этапе счёт выставлен", call("list-deals", { amountFrom: "2000000.00", stage: holds("сч[её]т выставлен") })),
  ru("зависшие сделки анны", call("list-deals", { owner: name("анн"), idleDays: 14 })),
  ru("покажи выигранные сделки за прошлый месяц", call("list-deals", { state: "won", closedFrom: "2026-10-01", closedTo: "2026-10-31" })),
  ru("сделки созданные на прошлой неделе", call("list-deals", { createdFrom: "2026-11-09", createdTo: "2026-11-15" })),
  ru("сколько у меня открытых сделок?", call("list-deals", { owner: "me", state: "open" })),
  ru("сделки без движения больше двух недель", call("list-deals", { idleDays: 14 })),
  ru(
    "проигранные сделки бориса в 2025 году",
    call("list-deals", { state: "lost", owner: name("борис"), closedFrom: "2025-01-01", closedTo: "2025-12-31" }),
  ),
  ru("какие сделки закрыли в третьем квартале", call("list-deals", { closedFrom: "2026-07-01", closedTo: "2026-09-30" })),
  ru("сделки в воронке Опт", call("list-deals", { pipeline: "Опт" })),
  ru("покаж мои сделки до 300 тыщ", call("list-deals", { owner: "me", amountTo: "300000.00" })),
  en("show my open deals", call("list-deals", { owner: "me", state: "open" })),
  en("deals over 1.5m in negotiation", call("list-deals", { amountFrom: "1500000.00", stage: "negotiation" })),
  en("stale deals, no activity for 3 weeks", call("list-deals", { idleDays: 21 })),
  en("which deals did we lose last month", call("list-deals", { state: "lost", closedFrom: "2026-10-01", closedTo: "2026-10-31" })),
  en("Romashka's deals", call("list-deals", { client: "Romashka" })),
  en("open deals of Boris", call("list-deals", { state: "open", owner: "Boris" })),
  en("deals created this week", call("list-deals", { createdFrom: "2026-11-16", createdTo: "2026-11-20" })),
  // create-lead
  ru("создай лид Иван Петров +7 900 000-00-11", call("create-lead", { name: "Иван Петров", phone: holds("11") })),
  ru(
    "добавь лида: Ольга Смирнова, olga@example.com, компания Гефест, бюджет 300 тысяч",
    call("create-lead", { name: "Ольга Смирнова", email: "olga@example.com", company: name("гефест"), amount: "300000.00" }),
  ),
  ru("заведи новый лид анна волкова 89000000012", call("create-lead", { name: name("анна волков"), phone: holds("12") })),
  ru(
    "появился лид — Пётр из ООО «Луч», тел. +79000000013, хочет насосы",
    call("create-lead", { name: "Пётр", company: name('(ООО )?[«"]?Луч'), phone: holds("13"), comment: holds("насосы") }),
  ),
  en(
    "create a lead: John Smith, +7 900 000 00 14, Acme Inc",
    call("create-lead", { name: "John Smith", phone: holds("14"), company: holds("Acme") }),
  ),
  en(
    "new lead jane@example.com Jane Doe from Globex",
    call("create-lead", { name: "Jane Doe", email: "jane@example.com", company: "Globex" }),
  ),
  // create-deal
  ru("создай сделку с Ромашкой на 500 тысяч", call("create-deal", { client: name("ромашк"), amount: "500000.00" })),
  ru(
    "заведи сделку для Альфа-Строя на полтора миллиона рублей",
    call("create-deal", { client: name("альфа-стро"), amount: "1500000.00", currency: "RUB" }),
  ),
  ru("новая сделка вектор 250к", call("create-deal", { client: name("вектор"), amount: "250000.00" })),
  ru(
    "оформи сделку «Поставка насосов» с ООО Вектор на 1 250 000 руб",
    call("create-deal", { client: name("вектор"), title: "Поставка насосов", amount: "1250000.00", currency: "RUB" }),
  ),
  ru("сздай сделку ромашке на 20k", call("create-deal", { client: name("ромашк"), amount: "20000.00" })),
  ru("добавь сделку по клиенту 7707083893 на сто тысяч", call("create-deal", { client: "7707083893", amount: "100000.00" })),
  ru(
    "нужно завести сделку с вектором на 3 млн в воронку Опт",
    call("create-deal", { client: name("вектор"), amount: "3000000.00", pipeline: "Опт" }),
  ),
  en("create a deal with Vector for 20k", call("create-deal", { client: "Vector", amount: "20000.00" })),
  en(
    "make a new deal for Romashka, 1.2 million rubles",
    call("create-deal", { client: "Romashka", amount: "1200000.00", currency: "RUB" }),
  ),
  en("new deal Northwind half a million", call("create-deal", { client: "Northwind", amount: "500000.00" })),
  // move-deal
  ru("перенеси сделку 1024 в переговоры", call("move-deal", { deal: "1024", stage: name("переговор") })),
  ru(
    "переведи сделку ромашки на этап согласование договора",
    call("move-deal", { deal: name("ромашк"), stage: holds("согласовани", "договора") }),
  ),
  ru("сделка 1024 выиграна", call("move-deal", { deal: "1024", stage: "won" })),
  ru("двинь #1024 в оплату", call("move-deal", { deal: "1024", stage: name("оплат") })),
  ru(
    "закрой 1024 в отказ, причина: выбрали конкурента",
    call("move-deal", { deal: "1024", stage: "lost", lossReason: "выбрали конкурента" }),
  ),
  ru("закрой сделку 1024 успешно", call("move-deal", { deal: "1024", stage: "won" })),
  en("move deal 1024 to negotiation", call("move-deal", { deal: "1024", stage: "negotiation" })),
  en("close deal #1024 as lost, reason: too expensive", call("move-deal", { deal: "1024", stage: "lost", lossReason: "too expensive" })),
  en("we won deal 1024", call("move-deal", { deal: "1024", stage: "won" })),
  en("push #1024 to invoice sent", call("move-deal", { deal: "1024", stage: "invoice sent" })),
  // add-note
  ru("добавь заметку к сделке 1024: клиент просит отсрочку", call("add-note", { deal: "1024", text: "клиент просит отсрочку" })),
  ru("запиши что Вектор просит скидку 5%", call("add-note", { client: name("вектор"), text: holds("просит скидку 5%") })),
  ru("примечание к Ромашке - переезжают в новый офис", call("add-note", { client: name("ромашк"), text: "переезжают в новый офис" })),
  ru(
    "зафиксируй в сделке #1024, что договорились на 300 тысяч и поставку в декабре",
    call("add-note", { deal: "1024", text: "договорились на 300 тысяч и поставку в декабре" }),
  ),
  ru("отметь у альфа-строя: не звонить до обеда", call("add-note", { client: name("альфа-стро"), text: "не звонить до обеда" })),
  en("add a note to Romashka: they moved to a new office", call("add-note", { client: "Romashka", text: "they moved to a new office" })),
  en("note that Vector wants a 5% discount", call("add-note", { client: "Vector", text: holds("wants a 5% discount") })),
  en('write down for deal 1024: "send the contract again"', call("add-note", { deal: "1024", text: "send the contract again" })),
  // create-task
  ru(
    "напомни позвонить Ромашке завтра в 10",
    call("create-task", { text: holds("позвонить"), due: "2026-11-21T10:00", client: name("ромашк") }),
  ),
  ru(
    "поставь задачу отправить кп вектору в пятницу",
    call("create-task", { text: holds("отправить кп"), due: "2026-11-27", client: name("вектор") }),
  ),
  ru(
    "задача на 25 ноября: подготовить договор по сделке 1024",
    call("create-task", { text: holds("подготовить договор"), due: "2026-11-25", deal: "1024" }),
  ),
  ru(
    "напомни через 2 дня перезвонить альфа-строю",
    call("create-task", { text: holds("перезвонить"), due: "2026-11-22", client: name("альфа-стро") }),
  ),
  ru(
    "создай задачу анне: согласовать счёт до 30.11",
    call("create-task", { text: holds("согласовать сч[её]т"), due: "2026-11-30", owner: name("анн") }),
  ),
  ru("напомнить послезавтра в 15:30 про отгрузку", call("create-task", { text: holds("отгрузк"), due: "2026-11-22T15:30" })),
  ru(
    "надо в понедельник утром встретиться с вектором, поставь задачу",
    call("create-task", { text: holds("встретиться с вектором"), due: "2026-11-23T09:00", client: name("вектор") }),
  ),
  en(
    "remind me to send the invoice to Vector on Monday at 3pm",
    call("create-task", { text: holds("send the invoice"), due: "2026-11-23T15:00", client: "Vector" }),
  ),
  en("create a task: call Northwind by Friday", call("create-task", { text: holds("call"), due: "2026-11-27", client: "Northwind" })),
  en(
    "task for Anna in 3 days: prepare the offer for deal 1024",
    call("create-task", { text: holds("prepare the offer"), due: "2026-11-23", owner: "Anna", deal: "1024" }),
  ),
];
