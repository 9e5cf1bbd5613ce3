import { answer, call, type Dialogue, en, holds, ru, step, talk, told } from "./format.js";

const previous = (unit: string) => ({ which: "previous", unit, count: 1 });
const past = (unit: string, count: number) => ({ which: "past", unit, count });
const any = /./;

/** Reports by the clock, subscriptions, and their end. */
export const schedules: readonly Dialogue[] = [
  // schedule-report
  ru(
    "каждый понедельник в 9 присылай продажи",
    call("schedule-report", { title: "продажи", cron: "0 9 * * 1", tool: "sales-report", input: {}, period: previous("week") }),
  ),
  ru(
    "по будням в 8:30 присылай мои открытые сделки",
    call("schedule-report", {
      title: "мои открытые сделки",
      cron: "30 8 * * 1-5",
      tool: "list-deals",
      input: { owner: "me", state: "open" },
    }),
  ),
  ru(
    "Присылай мне каждую пятницу в 18:00 выручку за эту неделю по складам",
    call("schedule-report", {
      title: any,
      cron: "0 18 * * 5",
      tool: "sales-report",
      input: { by: "warehouse" },
      period: { which: "this", unit: "week", count: 1 },
    }),
  ),
  ru(
    "1-го числа каждого месяца присылай маржу за прошлый месяц по группам",
    call("schedule-report", {
      title: any,
      cron: "0 9 1 * *",
      tool: "sales-report",
      input: { measure: "margin", by: "item-group" },
      period: previous("month"),
    }),
  ),
  ru(
    "шли мне ежедневно в 19:00 продажи за сегодня",
    call("schedule-report", {
      title: any,
      cron: "0 19 * * *",
      tool: "sales-report",
      input: {},
      period: { which: "this", unit: "day", count: 1 },
    }),
  ),
  ru(
    "каждый день в 8 утра отправляй остатки насосов",
    call("schedule-report", { title: "остатки насосов", cron: "0 8 * * *", tool: "stock-report", input: { item: /^насос/ } }),
  ),
  ru(
    "по вторникам и четвергам в 10 высылай продажи за последние 30 дней",
    call("schedule-report", { title: any, cron: "0 10 * * 2,4", tool: "sales-report", input: {}, period: past("day", 30) }),
  ),
  ru(
    "каждое утро присылай сделки без движения две недели",
    call("schedule-report", { title: any, cron: "0 9 * * *", tool: "list-deals", input: { idleDays: 14 } }),
  ),
  ru(
    "раз в неделю присылай закупки",
    call("schedule-report", {
      title: "закупки",
      cron: "0 9 * * 1",
      tool: "sales-report",
      input: { measure: "purchases" },
      period: previous("week"),
    }),
  ),
  ru(
    "каждый месяц 5-го числа в 12 присылай топ-5 клиентов за прошлый месяц",
    call("schedule-report", {
      title: any,
      cron: "0 12 5 * *",
      tool: "sales-report",
      input: { by: "customer", top: 5 },
      period: previous("month"),
    }),
  ),
  ru(
    "в последний день месяца в 17:30 присылай выручку за этот месяц",
    call("schedule-report", {
      title: any,
      cron: "30 17 L * *",
      tool: "sales-report",
      input: {},
      period: { which: "this", unit: "month", count: 1 },
    }),
  ),
  ru(
    "каждый понедельник присылай историю Ромашки за прошлую неделю",
    call("schedule-report", {
      title: any,
      cron: "0 9 * * 1",
      tool: "client-history",
      input: { client: /^Ромашк/ },
      period: previous("week"),
    }),
  ),
  ru(
    "каждые 30 минут присылай статус интеграций",
    call("schedule-report", { title: any, cron: "*/30 * * * *", tool: "integration-status", input: {} }),
  ),
  ru(
    "по выходным в 11 присылай продажи насосов по дням за прошлую неделю",
    call("schedule-report", {
      title: any,
      cron: "0 11 * * 0,6",
      tool: "sales-report",
      input: { step: "day", where: [{ split: "item", text: /^насос/ }] },
      period: previous("week"),
    }),
  ),
  ru(
    "каждый вечер присылай выигранные сделки за сегодня",
    call("schedule-report", {
      title: any,
      cron: "0 18 * * *",
      tool: "list-deals",
      input: { state: "won" },
      period: { which: "this", unit: "day", count: 1 },
    }),
  ),
  talk(
    "ru",
    answer("присылай мне отчёт по расписанию каждый понедельник", "askReport"),
    step(
      "продажи за прошлую неделю",
      call("schedule-report", { title: any, cron: "0 9 * * 1", tool: "sales-report", input: {}, period: previous("week") }),
    ),
  ),
  talk(
    "ru",
    answer("присылай мне продажи за прошлый месяц по расписанию", "askWhen"),
    step(
      "1-го числа в 10",
      call("schedule-report", { title: any, cron: "0 10 1 * *", tool: "sales-report", input: {}, period: previous("month") }),
    ),
  ),
  en(
    "send me revenue by month on the 1st of each month",
    call("schedule-report", { title: "revenue by month", cron: "0 9 1 * *", tool: "sales-report", input: { step: "month" } }),
  ),
  en(
    "every weekday at 9 send me my open deals",
    call("schedule-report", { title: "my open deals", cron: "0 9 * * 1-5", tool: "list-deals", input: { owner: "me", state: "open" } }),
  ),
  en(
    "every Monday at 8:15am send me sales for last week by region",
    call("schedule-report", { title: any, cron: "15 8 * * 1", tool: "sales-report", input: { by: "region" }, period: previous("week") }),
  ),
  en(
    "email me the stock of pumps every morning",
    call("schedule-report", { title: any, cron: "0 9 * * *", tool: "stock-report", input: { item: "pumps" } }),
  ),
  en(
    "send me margin for the last month on the last day of the month at 5pm",
    call("schedule-report", {
      title: any,
      cron: "0 17 L * *",
      tool: "sales-report",
      input: { measure: "margin" },
      period: previous("month"),
    }),
  ),
  en(
    "on Tuesdays and Thursdays at 10 send me purchases for this month",
    call("schedule-report", {
      title: any,
      cron: "0 10 * * 2,4",
      tool: "sales-report",
      input: { measure: "purchases" },
      period: { which: "this", unit: "month", count: 1 },
    }),
  ),
  en(
    "send me sales daily at 18:30",
    call("schedule-report", { title: "sales", cron: "30 18 * * *", tool: "sales-report", input: {}, period: previous("day") }),
  ),
  en(
    "once a quarter send me revenue for the last quarter",
    call("schedule-report", { title: any, cron: "0 9 1 1,4,7,10 *", tool: "sales-report", input: {}, period: previous("quarter") }),
  ),
  en(
    "send me deals we lost last week every Friday at 4pm",
    call("schedule-report", { title: any, cron: "0 16 * * 5", tool: "list-deals", input: { state: "lost" }, period: previous("week") }),
  ),
  ru(
    "каждый первый день месяца присылай закупки за прошлый месяц",
    call("schedule-report", {
      title: any,
      cron: "0 9 1 * *",
      tool: "sales-report",
      input: { measure: "purchases" },
      period: previous("month"),
    }),
  ),
  ru(
    "хочу получать остатки по складу Северный каждый вторник в 7 утра",
    call("schedule-report", {
      title: "остатки по складу Северный",
      cron: "0 7 * * 2",
      tool: "stock-report",
      input: { warehouse: "Северный" },
    }),
  ),
  en(
    "each Monday morning send me what happened with Vector last week",
    call("schedule-report", {
      title: any,
      cron: "0 9 * * 1",
      tool: "client-history",
      input: { client: "Vector" },
      period: previous("week"),
    }),
  ),
  en(
    "I want sales by warehouse every Friday at 17:00",
    call("schedule-report", {
      title: "sales by warehouse",
      cron: "0 17 * * 5",
      tool: "sales-report",
      input: { by: "warehouse" },
      period: previous("week"),
    }),
  ),
  ru(
    "по будням в 8:30 присылай сделки на выигрыше за вчера",
    call("schedule-report", { title: any, cron: "30 8 * * 1-5", tool: "list-deals", input: { state: "won" }, period: previous("day") }),
  ),
  ru("каждое 1-е число отчёт по остаткам", call("schedule-report", { title: any, cron: "0 9 1 * *", tool: "stock-report", input: {} })),
  ru(
    "каждый день в полночь присылай продажи",
    call("schedule-report", { title: "продажи", cron: "0 0 * * *", tool: "sales-report", input: {}, period: previous("day") }),
  ),
  ru(
    "по понедельникам в девять утра присылай остатки",
    call("schedule-report", { title: "остатки", cron: "0 9 * * 1", tool: "stock-report", input: {} }),
  ),
  en(
    "every Friday at 5pm send me sales for the week",
    call("schedule-report", { title: any, cron: "0 17 * * 5", tool: "sales-report", input: {}, period: past("week", 1) }),
  ),
  en("every day at noon send me stock", call("schedule-report", { title: "stock", cron: "0 12 * * *", tool: "stock-report", input: {} })),
  // What no clock shows goes on to the tool, which says so.
  ru("каждые 5 секунд присылай остатки", call("schedule-report", { title: any, cron: "* * * * *", tool: "stock-report", input: {} })),
  en("send me stock every 5 seconds", call("schedule-report", { title: any, cron: "* * * * *", tool: "stock-report", input: {} })),
  ru("каждое 30 февраля присылай остатки", call("schedule-report", { title: any, cron: "0 9 30 2 *", tool: "stock-report", input: {} })),
  ru(
    "каждый понедельник в 25 присылай остатки",
    call("schedule-report", { title: any, cron: "0 25 * * 1", tool: "stock-report", input: {} }),
  ),
  told("ru", "вчера в 9 присылай продажи", "sendOnce"),
  told("en", "send me sales yesterday at 9", "sendOnce"),
  told("ru", "завтра в 9 пришли остатки", "sendOnce"),
  ru("шли мне по утрам остатки", call("schedule-report", { title: any, cron: "0 9 * * *", tool: "stock-report", input: {} })),
  ru(
    "каждые 5 часов присылай статус систем",
    call("schedule-report", { title: any, cron: "0 0,5,10,15,20 * * *", tool: "integration-status", input: {} }),
  ),
  // One question back.
  told("ru", "раз в 2 дня присылай продажи", "askWhen"),
  told("ru", "каждый первый понедельник месяца присылай продажи", "askWhen"),
  told("ru", "сообщи, если остатки насосов упадут ниже 10", "askWatch"),
  told("ru", "сообщи, когда Ромашка заплатит", "askWatch"),
  talk(
    "ru",
    answer("присылай продажи", "askWhen"),
    step("в 9", call("schedule-report", { title: "продажи", cron: "0 9 * * *", tool: "sales-report", input: {}, period: previous("day") })),
  ),
  // A card that is corrected.
  talk(
    "ru",
    step(
      "каждый понедельник в 9 присылай остатки",
      call("schedule-report", { title: any, cron: "0 9 * * 1", tool: "stock-report", input: {} }),
    ),
    step("нет, в 10", call("schedule-report", { title: "остатки", cron: "0 10 * * 1", tool: "stock-report", input: {} })),
    step("лучше по вторникам", call("schedule-report", { title: "остатки", cron: "0 10 * * 2", tool: "stock-report", input: {} })),
    step(
      "не остатки, а продажи",
      call("schedule-report", { title: "продажи", cron: "0 10 * * 2", tool: "sales-report", input: {}, period: previous("week") }),
    ),
    step(
      "по складам",
      call("schedule-report", {
        title: "продажи, по складам",
        cron: "0 10 * * 2",
        tool: "sales-report",
        input: { by: "warehouse" },
        period: previous("week"),
      }),
    ),
    step(
      "а лучше маржа",
      call("schedule-report", {
        title: any,
        cron: "0 10 * * 2",
        tool: "sales-report",
        input: { by: "warehouse", measure: "margin" },
        period: previous("week"),
      }),
    ),
  ),
  talk(
    "en",
    step(
      "every Friday at 5pm send me sales for the week",
      call("schedule-report", { title: any, cron: "0 17 * * 5", tool: "sales-report", input: {}, period: past("week", 1) }),
    ),
    step(
      "make it Thursday",
      call("schedule-report", { title: any, cron: "0 17 * * 4", tool: "sales-report", input: {}, period: past("week", 1) }),
    ),
    step(
      "at 6pm instead",
      call("schedule-report", { title: any, cron: "0 18 * * 4", tool: "sales-report", input: {}, period: past("week", 1) }),
    ),
    step(
      "for last month",
      call("schedule-report", {
        title: "sales for last month",
        cron: "0 18 * * 4",
        tool: "sales-report",
        input: {},
        period: previous("month"),
      }),
    ),
  ),
  talk(
    "ru",
    step(
      "сообщи, если выручка упадёт больше чем на 10 %",
      call("subscribe", { title: any, on: { event: "metric", measure: "revenue", direction: "falls", percent: 10, days: 7 } }),
    ),
    step(
      "лучше 15 %",
      call("subscribe", {
        title: "выручка упадёт больше чем на 15 %",
        on: { event: "metric", measure: "revenue", direction: "falls", percent: 15, days: 7 },
      }),
    ),
  ),
  talk(
    "en",
    step(
      "alert me if revenue drops by more than 10%",
      call("subscribe", { title: any, on: { event: "metric", measure: "revenue", direction: "falls", percent: 10, days: 7 } }),
    ),
    step(
      "make it 20%",
      call("subscribe", { title: any, on: { event: "metric", measure: "revenue", direction: "falls", percent: 20, days: 7 } }),
    ),
  ),
  talk(
    "ru",
    step(
      "скажи, когда сделка с Ромашкой перейдёт в «Переговоры»",
      call("subscribe", { title: any, on: { event: "deal-stage", deal: "Ромашка", stage: "Переговоры" } }),
    ),
    step("нет, в договор", call("subscribe", { title: holds("договор"), on: { event: "deal-stage", deal: "Ромашка", stage: "договор" } })),
  ),
  // What only sounds like it.
  ru("продажи с понедельника по пятницу", call("sales-report", { from: any, to: any })),
  ru("напомни в понедельник в 9 отправить Ромашке договор", call("create-task", { text: any, due: "2026-11-23T09:00", client: any })),
  en("daily sales for this month", call("sales-report", { step: "day", from: "2026-11-01", to: "2026-11-20" })),
  // subscribe
  ru(
    "уведоми, когда сделка с Вектором будет выиграна",
    call("subscribe", { title: any, on: { event: "deal-stage", deal: "Вектор", stage: "won" } }),
  ),
  ru("скажи когда сделка 777 сменит этап", call("subscribe", { title: any, on: { event: "deal-stage", deal: "777" } })),
  ru(
    "сообщай о новых документах по договору с Ромашкой",
    call("subscribe", { title: holds("договору с Ромашкой"), on: { event: "document", text: holds("договор", "Ромашк") } }),
  ),
  ru(
    "сразу, если выручка упала больше 10 %",
    call("subscribe", { title: any, on: { event: "metric", measure: "revenue", direction: "falls", percent: 10, days: 7 } }),
  ),
  ru(
    "сообщи, когда сделка 1024 перейдёт в договор",
    call("subscribe", { title: any, on: { event: "deal-stage", deal: "1024", stage: "договор" } }),
  ),
  ru("уведомляй меня о новых лидах", call("subscribe", { title: any, on: { event: "new-lead" } })),
  ru(
    "предупреди, если маржа снизится на 15 процентов за месяц",
    call("subscribe", { title: any, on: { event: "metric", measure: "margin", direction: "falls", percent: 15, days: 30 } }),
  ),
  ru(
    "дай знать, когда появится новый регламент отгрузки",
    call("subscribe", { title: any, on: { event: "document", text: holds("регламент отгрузки") } }),
  ),
  ru("следи за сделкой 512", call("subscribe", { title: any, on: { event: "deal-stage", deal: "512" } })),
  ru(
    "когда сделка 1024 перейдёт на этап согласование, сообщи мне",
    call("subscribe", { title: any, on: { event: "deal-stage", deal: "1024", stage: "согласование" } }),
  ),
  ru(
    "сообщи, если заказы вырастут больше чем на 20% по сравнению со вчерашним днём",
    call("subscribe", { title: any, on: { event: "metric", measure: "orders", direction: "rises", percent: 20, days: 1 } }),
  ),
  ru(
    "подпиши меня на новые договоры с Вектором",
    call("subscribe", { title: any, on: { event: "document", text: holds("договор", "Вектор") } }),
  ),
  en(
    "notify me when a new contract with Romashka appears",
    call("subscribe", { title: any, on: { event: "document", text: holds("contract", "Romashka") } }),
  ),
  en(
    "alert me if revenue drops by more than 10%",
    call("subscribe", { title: any, on: { event: "metric", measure: "revenue", direction: "falls", percent: 10, days: 7 } }),
  ),
  en(
    "let me know when deal 1024 moves to negotiation",
    call("subscribe", { title: any, on: { event: "deal-stage", deal: "1024", stage: "negotiation" } }),
  ),
  en("tell me when I get a new lead", call("subscribe", { title: any, on: { event: "new-lead" } })),
  en(
    "warn me if purchases rise by 25 percent",
    call("subscribe", { title: any, on: { event: "metric", measure: "purchases", direction: "rises", percent: 25, days: 7 } }),
  ),
  en("subscribe me to new documents about refunds", call("subscribe", { title: any, on: { event: "document", text: holds("refunds") } })),
  ru("предупреди о новых лидах на мне", call("subscribe", { title: "о новых лидах на мне", on: { event: "new-lead" } })),
  ru("напиши мне, когда придёт новый лид", call("subscribe", { title: any, on: { event: "new-lead" } })),
  // list-schedules
  ru("что у меня по расписанию?", call("list-schedules")),
  ru("покажи расписание", call("list-schedules")),
  ru("мои подписки", call("list-schedules")),
  ru("мои отчёты", call("list-schedules")),
  en("show my reports", call("list-schedules")),
  ru("какие у меня отчёты по расписанию?", call("list-schedules")),
  ru("что ты мне присылаешь?", call("list-schedules")),
  ru("покажи мои рассылки", call("list-schedules")),
  en("what am I subscribed to", call("list-schedules")),
  en("list my schedules", call("list-schedules")),
  en("show my subscriptions", call("list-schedules")),
  ru("какие рассылки у меня включены", call("list-schedules")),
  // cancel-schedule
  ru("отмени отчёт по понедельникам", call("cancel-schedule", { which: holds("понедельникам") })),
  en("cancel the report on Mondays", call("cancel-schedule", { which: holds("Mondays") })),
  ru("отмени понедельничный отчёт", call("cancel-schedule", { which: "понедельничный" })),
  en("cancel the Friday report", call("cancel-schedule", { which: "Friday" })),
  ru("отмени все подписки", call("cancel-schedule")),
  en("don't send me stock any more", call("cancel-schedule", { which: "stock" })),
  ru("отпишись от договоров с Ромашкой", call("cancel-schedule", { which: holds("договор", "Ромашк") })),
  ru("больше не присылай продажи", call("cancel-schedule", { which: "продажи" })),
  ru("отмени № 3", call("cancel-schedule", { which: "3" })),
  en("cancel no. 12", call("cancel-schedule", { which: "12" })),
  ru("отмени подписку № 3", call("cancel-schedule", { which: "3" })),
  ru("удали расписание 12", call("cancel-schedule", { which: "12" })),
  ru("не присылай больше остатки насосов", call("cancel-schedule", { which: holds("остатки насосов") })),
  ru("отключи рассылку", call("cancel-schedule")),
  en("stop notifying me about refunds", call("cancel-schedule", { which: "refunds" })),
  en("cancel schedule 3", call("cancel-schedule", { which: "3" })),
  en("unsubscribe me from contracts with Romashka", call("cancel-schedule", { which: holds("contracts", "Romashka") })),
  en("stop sending me sales", call("cancel-schedule", { which: "sales" })),
];
