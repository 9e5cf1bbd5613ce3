import { answer, call, type Dialogue, en, name, ru, step, talk } from "./format.js";

const found = (kind: string) => ({ about: [{ ref: "amocrm:company:17", kind, name: "Гранит" }] });

/** Written after the rules were finished, with names that stand nowhere else, and talks in which a question was once too greedy. */
export const freshFourth: readonly Dialogue[] = [
  talk(
    "ru",
    step("мои задачи", call("list-tasks", { owner: "me" })),
    step("переведи сделку 1841 на договор", call("move-deal", { deal: "1841", stage: "договор" })),
  ),
  talk("ru", answer("создай задачу", "askTaskText"), answer("удали сделку 1024", "refuseDelete")),
  talk(
    "ru",
    answer("создай задачу", "askTaskText"),
    answer("перенести встречу с логистами", "askDue"),
    step("завтра в 10", call("create-task", { text: "перенести встречу с логистами", due: "2026-11-21T10:00" })),
  ),
  talk("ru", answer("заметка", "askNoteText"), answer("клиент просит перенести сделку на май", "askNoteAbout")),
  talk(
    "ru",
    step("что было с Гранитом за год", call("client-history", { client: "Гранит", from: "2025-11-21", to: "2026-11-20" }, found("client"))),
    step(
      "создай ему задачу позвонить завтра в 10",
      call("create-task", { text: "позвонить", due: "2026-11-21T10:00", client: "amocrm:company:17" }),
    ),
  ),
  ru("Что с Альфа-Строй за год?", call("client-history", { client: "Альфа-Строй", from: "2025-11-21", to: "2026-11-20" })),
  en("open Returns and refunds for export customers", call("read-document", { document: "Returns and refunds for export customers" })),
  en("export 2026 sales to excel", call("sales-report", { from: "2026-01-01", to: "2026-12-31", spreadsheet: true })),
  ru("продажи 2025 по месяцам", call("sales-report", { from: "2025-01-01", to: "2025-12-31", step: "month" })),
  en("purchases by month 2025", call("sales-report", { measure: "purchases", from: "2025-01-01", to: "2025-12-31", step: "month" })),
  ru("глянь чё там у Кедрпрома за полгода", call("client-history", { client: name("кедрпром"), from: "2026-05-21", to: "2026-11-20" })),
  ru(
    "заведи лид: Тамара Белова, +7 900 000-44-12, интересуют теплицы",
    call("create-lead", { name: "Тамара Белова", phone: "+79000004412", comment: "интересуют теплицы" }),
  ),
  ru("сделка с Полюс-Авто на 340 тыщ, воронка Опт", call("create-deal", { client: "Полюс-Авто", amount: "340000.00", pipeline: "Опт" })),
  ru("двинь 1377 в переговоры", call("move-deal", { deal: "1377", stage: "переговоры" })),
  ru(
    "поставь таску Лене: выслать каталог Нептуну до четверга",
    call("create-task", { text: "выслать каталог Нептуну", due: "2026-11-26", owner: "Лена", client: "Нептун" }),
  ),
  ru("скока выручки за прошлый квартал по складам", call("sales-report", { from: "2026-07-01", to: "2026-09-30", by: "warehouse" })),
  en("pull up Glacier Foods history since May", call("client-history", { client: "Glacier Foods", from: "2026-05-01", to: "2026-11-20" })),
  en(
    "new lead Omar Haddad, omar@example.org, needs cold storage",
    call("create-lead", { name: "Omar Haddad", email: "omar@example.org", comment: "needs cold storage" }),
  ),
  en(
    "remind me tue 4pm to ring Baltic Timber",
    call("create-task", { text: "ring Baltic Timber", due: "2026-11-24T16:00", client: "Baltic Timber" }),
  ),
  en("revenue by region last half year vs year before", call("sales-report", { from: "2026-05-21", to: "2026-11-20", by: "region" })),
  en("summarize Freight claims handling procedure", call("read-document", { document: "Freight claims handling procedure" })),
  ru("перенеси сделку 1210 в отказ, дорого", call("move-deal", { deal: "1210", stage: "lost", lossReason: "дорого" })),
];
