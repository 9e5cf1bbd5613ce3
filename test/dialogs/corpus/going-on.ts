import { answer, call, type Dialogue, en, name, ru, step, talk, told } from "./format.js";

const shown = (from: number) => call("list-deals", { state: "open", owner: "me", from });

/** Lists that go on, and questions that swallow no other request. */
export const goingOn: readonly Dialogue[] = [
  talk(
    "ru",
    step("мои открытые сделки", call("list-deals", { state: "open", owner: "me" })),
    step("ещё", shown(20)),
    step("дальше", shown(40)),
    step("покажи ещё", shown(60)),
    step("только от 500к", call("list-deals", { state: "open", owner: "me", amountFrom: "500000.00" })),
    step("ещё сделки", call("list-deals", { state: "open", owner: "me", amountFrom: "500000.00", from: 20 })),
  ),
  talk(
    "en",
    step("my open deals", call("list-deals", { state: "open", owner: "me" })),
    step("show more", shown(20)),
    step("next page", shown(40)),
  ),
  talk("ru", step("остатки насосов", call("stock-report", { item: name("насос") })), answer("дальше", "nothingMore")),
  told("en", "show more", "nothingMore"),
  talk("ru", answer("создай задачу", "askTaskText"), step("мои сделки", call("list-deals", { owner: "me" }))),
  talk("ru", answer("создай задачу", "askTaskText"), step("сколько осталось кабеля", call("stock-report", { item: name("кабел") }))),
  talk(
    "ru",
    answer("создай задачу", "askTaskText"),
    answer("найти поставщика кабеля", "askDue"),
    step("завтра", call("create-task", { text: "найти поставщика кабеля", due: "2026-11-21" })),
  ),
  talk(
    "en",
    answer("add a task", "askTaskText"),
    answer("find a supplier of cable", "askDue"),
    step("tomorrow", call("create-task", { text: "find a supplier of cable", due: "2026-11-21" })),
  ),
  talk("ru", answer("запиши заметку", "askNoteText"), answer("клиент просил показать остатки", "askNoteAbout")),
  talk("ru", answer("создай сделку", "askClient"), step("мои открытые сделки", call("list-deals", { state: "open", owner: "me" }))),
  talk("ru", answer("создай сделку с Паритетом", "askAmount"), step("остатки насосов", call("stock-report", { item: name("насос") }))),
  talk(
    "ru",
    answer("открой документ", "askDocument"),
    step("положение о командировках", call("read-document", { document: "положение о командировках" })),
  ),
  ru("сделки отдела больше 500к без движения месяц", call("list-deals", { amountFrom: "500000.00", idleDays: 30 })),
  talk(
    "ru",
    answer("создай сделку", "askClient"),
    answer("Паритет", "askAmount"),
    step("хм, а что с ним было за год?", call("client-history", { client: "Паритет", from: "2025-11-21", to: "2026-11-20" })),
  ),
  talk(
    "ru",
    step("создай сделку с Паритетом на 15к", call("create-deal", { client: "Паритет", amount: "15000.00" }, { outcome: "asked" })),
    step("сделай 18к", call("create-deal", { client: "Паритет", amount: "18000.00" })),
  ),
  told("en", "open the first one", "askDocument"),
  ru("открой правила предоставления отпусков", call("read-document", { document: "правила предоставления отпусков" })),
  talk(
    "ru",
    step("создай сделку с Паритетом на 15к", call("create-deal", { client: "Паритет", amount: "15000.00" })),
    step(
      "и поставь задачу Лене отправить КП в понедельник",
      call("create-task", { text: "отправить КП", due: "2026-11-23", owner: "Лена", client: "Паритет" }),
    ),
  ),
  told("ru", "помоги", "helpIntro"),
  en("open Warranty terms", call("read-document", { document: "Warranty terms" })),
  en("who owns 1502", call("show-deal", { deal: "1502" })),
  en("what's our policy on remote work abroad", call("search-documents", { text: "policy on remote work abroad" })),
  ru("отметь по Лазурному берегу: просили скидку", call("add-note", { client: "Лазурный берег", text: "просили скидку" })),
  ru("найди контрагента 7701234567", call("find-client", { text: "7701234567" })),
  en(
    "deal with Pinewood Ltd for 1.2m, stage proposal",
    call("create-deal", { client: "Pinewood", amount: "1200000.00", stage: "proposal" }),
  ),
  ru("остаток гвоздей на центральном", call("stock-report", { item: name("гвозд"), warehouse: "центральном" })),
];
