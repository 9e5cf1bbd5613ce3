import { answer, call, type Dialogue, en, holds, name, ru, step, talk } from "./format.js";

const someone = { about: [{ ref: "amocrm:company:17", kind: "client", name: "Янтарь" }] };

/** A second measure with other names, written after the rules had been made more general by the first. */
export const freshSecond: readonly Dialogue[] = [
  ru("Найди клиента Кубаньжилстрой", call("find-client", { text: name("Кубаньжилстро") })),
  ru("есть у нас в базе Вертикаль?", call("find-client", { text: "Вертикаль" })),
  ru("покажи контакты янтаря плиз", call("find-client", { text: name("янтар") })),
  ru(
    "что у нас было с Вертикалью за последние полгода",
    call("client-history", { client: name("вертикал"), from: "2026-05-21", to: "2026-11-20" }),
  ),
  ru(
    "о чём говорили с полёт-сервисом на прошлой неделе",
    call("client-history", { client: name("пол[её]т-сервис"), from: "2026-11-09", to: "2026-11-15" }),
  ),
  ru("открытые сделки Янтаря", call("list-deals", { client: name("янтар"), state: "open" })),
  ru("покажи сделки, которые висят больше месяца", call("list-deals", { idleDays: 30 })),
  ru(
    "сколько мы выиграли сделок в первом квартале",
    call("list-deals", { state: "won", closedFrom: "2026-01-01", closedTo: "2026-03-31" }),
  ),
  ru("мои сделки от полумиллиона", call("list-deals", { owner: "me", amountFrom: "500000.00" })),
  ru(
    "добавь лид Вадим Игнатьев из Вертикали, vadim@example.com",
    call("create-lead", { name: "Вадим Игнатьев", company: name("вертикал"), email: "vadim@example.com" }),
  ),
  ru("Создай сделку с Янтарём на 750 тысяч", call("create-deal", { client: name("янтар"), amount: "750000.00" })),
  ru("оформи на кубаньжилстрой сделку за 2,4 млн рублей", call("create-deal", { client: name("кубаньжилстро"), amount: "2400000.00" })),
  ru("переведи 906 сделку на этап договор", call("move-deal", { deal: "906", stage: "договор" })),
  ru("закрой сделку 906 как успешную", call("move-deal", { deal: "906", stage: "won" })),
  ru(
    "добавь комментарий к Полёт-Сервису: директор в отпуске до 10 декабря",
    call("add-note", { client: name("Пол[её]т-Сервис"), text: "директор в отпуске до 10 декабря" }),
  ),
  ru(
    "поставь задачу на среду созвониться с Вертикалью по поводу плитки",
    call("create-task", { text: holds("созвониться с Вертикалью"), due: "2026-11-25", client: name("вертикал") }),
  ),
  ru(
    "напомни мне завтра в 9:45 отправить счёт Янтарю",
    call("create-task", { text: holds("отправить сч[её]т"), due: "2026-11-21T09:45", client: name("янтар") }),
  ),
  ru(
    "продажи фанеры за 2025 год по кварталам",
    call("sales-report", { where: [{ split: "item", text: name("фанер") }], from: "2025-01-01", to: "2025-12-31", step: "quarter" }),
  ),
  ru(
    "какая маржа по электродам была в мае",
    call("sales-report", { measure: "margin", where: [{ split: "item", text: name("электрод") }], from: "2026-05-01", to: "2026-05-31" }),
  ),
  ru(
    "топ 7 клиентов по прибыли за третий квартал",
    call("sales-report", { measure: "margin", by: "customer", top: 7, from: "2026-07-01", to: "2026-09-30" }),
  ),
  ru("сколько плитки на складе в Омске", call("stock-report", { item: name("плитк"), warehouse: name("омск") })),
  ru("как получить доступ на склад", call("search-documents", { text: holds("доступ на склад") })),
  ru("найди в вики порядок приёмки редукторов", call("search-documents", { text: holds("редукторов"), system: "confluence" })),
  en("find Kestrel Logistics", call("find-client", { text: "Kestrel Logistics" })),
  en("what's going on with Ironwood Group", call("client-history", { client: "Ironwood Group" })),
  en("create a deal with Larkspur for 45 thousand", call("create-deal", { client: "Larkspur", amount: "45000.00" })),
  en(
    "remind me to send samples to Kestrel Logistics next Tuesday at 4pm",
    call("create-task", { text: holds("send samples"), due: "2026-11-24T16:00", client: "Kestrel Logistics" }),
  ),
  en(
    "bearings sales by month since June",
    call("sales-report", { where: [{ split: "item", text: "bearings" }], step: "month", from: "2026-06-01", to: "2026-11-20" }),
  ),
  talk(
    "ru",
    step("история Янтаря", call("client-history", { client: name("янтар") }, someone)),
    answer("создай им сделку", "askAmount"),
    step("130 тыс", call("create-deal", { client: "amocrm:company:17", amount: "130000.00" })),
  ),
  talk(
    "en",
    answer("add a note to Larkspur", "askNoteText"),
    step("they pay on Fridays", call("add-note", { client: "Larkspur", text: "they pay on Fridays" })),
  ),
];
