import { guillemets, plural } from "../format.js";

const percents = (percent: string) => `${percent.replace(".", ",")} %`;
const daysOf = (count: number) => `${count} ${plural(count, "ru", "день", "дня", "дней")}`;
const oneDirection = { falls: "снизится", rises: "вырастет" } as const;
const before = (days: number) => (days === 1 ? "с днём перед ним" : `с ${daysOf(days)} перед ними`);

/** Reports by the clock and subscriptions. */
export const schedules = {
  // cards
  reportTitle: (title: string) => `Отчёт по расписанию ${guillemets(title)}`,
  watchTitle: (title: string) => `Подписка ${guillemets(title)}`,
  cancelTitle: (title: string, id: string) => `Отмена № ${id} ${guillemets(title)}`,
  what: "Что",
  when: "Когда",
  where: "Куда",
  next: "Ближайшие",
  period: "За какое время",
  filter: "Параметры",
  rights: "Права",
  rightsLine: "ваши, какие будут в тот момент",
  here: "в этот чат",
  privately: "вам лично",
  terminal: "в терминал",
  whileOpen: "в этот терминал, пока он открыт; свяжите мессенджер, чтобы приходило туда",
  reports: {
    "sales-report": "продажи и закупки",
    "list-deals": "сделки",
    "list-tasks": "задачи",
    "client-history": "история клиента",
    "stock-report": "остатки",
    "integration-status": "состояние систем",
  } as Readonly<Record<string, string>>,
  parameters: {
    measure: "показатель",
    step: "шаг",
    by: "в разрезе",
    where: "только",
    top: "первые",
    compare: "сравнение",
    chart: "график",
    spreadsheet: "файл Excel",
    from: "с",
    to: "по",
    client: "клиент",
    state: "состояние",
    stage: "этап",
    pipeline: "воронка",
    owner: "чьи",
    amountFrom: "сумма от",
    amountTo: "сумма до",
    createdFrom: "созданы с",
    createdTo: "созданы по",
    closedFrom: "закрыты с",
    closedTo: "закрыты по",
    idleDays: "дней без движения",
    item: "товар",
    warehouse: "склад",
    system: "система",
  } as Readonly<Record<string, string>>,
  values: {
    me: "ваши",
    open: "в работе",
    won: "выигранные",
    lost: "проигранные",
    day: "день",
    week: "неделя",
    month: "месяц",
    quarter: "квартал",
    year: "год",
    revenue: "выручка",
    cost: "себестоимость",
    margin: "маржа",
    quantity: "количество",
    orders: "заказы",
    purchases: "закупки",
    item: "товары",
    "item-group": "группы товаров",
    customer: "клиенты",
    warehouse: "склады",
    region: "регионы",
    true: "да",
    false: "нет",
  } as Readonly<Record<string, string>>,
  relative: (which: "this" | "previous" | "past", unit: "day" | "week" | "month" | "quarter" | "year", count: number) => {
    const many = (one: string, few: string, all: string) => `${count} ${plural(count, "ru", one, few, all)}`;
    const units = {
      day: { this: "сегодня", previous: "вчера", many: many("день", "дня", "дней") },
      week: { this: "текущая неделя", previous: "прошлая неделя", many: many("неделя", "недели", "недель") },
      month: { this: "текущий месяц", previous: "прошлый месяц", many: many("месяц", "месяца", "месяцев") },
      quarter: { this: "текущий квартал", previous: "прошлый квартал", many: many("квартал", "квартала", "кварталов") },
      year: { this: "текущий год", previous: "прошлый год", many: many("год", "года", "лет") },
    }[unit];
    if (which === "this" || (which === "previous" && count === 1)) return units[which];
    return which === "previous" ? `до текущего периода: ${units.many}` : `по день отчёта: ${units.many}`;
  },
  conditions: {
    document: (text: string, now: number) =>
      `новый документ, где есть слова ${guillemets(text)} (сейчас таких, открытых вам: ${now}; о них не сообщаю)`,
    metric: (measure: string, direction: "falls" | "rises", percent: string, days: number) =>
      `${measure.slice(0, 1).toLowerCase()}${measure.slice(1)} за последние ${daysOf(days)} ${oneDirection[direction]} на ${percents(percent)} или больше по сравнению ${before(days)}`,
    stage: (deal: string, stage: string | undefined) =>
      stage ? `сделка ${guillemets(deal)} придёт на этап ${guillemets(stage)}` : `сделка ${guillemets(deal)} сменит этап`,
    lead: "новая сделка или заявка, за которую отвечаете вы",
  },
  looks: (kind: "document" | "metric" | "stage" | "lead"): string => (kind === "metric" ? "проверяю раз в час" : "проверяю раз в 5 минут"),
  onceEach: "о каждом событии — один раз",
  // questions back
  unreadable: (cron: string) =>
    `Не понимаю расписание ${guillemets(cron)}. Скажите, когда присылать, например «каждый понедельник в 9» или «по будням в 8:30».`,
  tooOften: "Чаще чем раз в 15 минут отчёты не присылаю. Назовите время пореже, пожалуйста.",
  never: "Такого времени не бывает. Скажите, когда присылать, например «1-го числа каждого месяца в 9».",
  tooMany: (most: number) => `У вас уже ${most} расписаний и подписок, больше нельзя. Отмените лишние: «мои подписки», затем «отмени № …».`,
  noPlace: "Отчёты я присылаю только лично, а вашего личного чата не знаю. Напишите мне в личный чат и попросите ещё раз.",
  badInput: (reason: string) => `Не могу собрать такой отчёт: ${reason}`,
  needsAnswer: (reason: string) => `Для расписания нужно точное название. ${reason}`,
  severalClients: (asked: string, names: readonly string[]) => `Под ${guillemets(asked)} подходит несколько: ${names.join("; ")}.`,
  noWords: "О документах с какими словами сообщать? Назовите тему или клиента, например «договор с Ромашкой».",
  tooManyDocuments: (text: string, most: number) =>
    `Слова ${guillemets(text)} есть больше чем в ${most} документах: уведомлений было бы слишком много. Добавьте слово, например клиента.`,
  noMeasure: (offered: readonly string[]) => `Такого показателя нет. Есть: ${offered.join(", ")}.`,
  noUser: "Не знаю, кто вы в CRM, поэтому ваших заявок не узнаю. Попросите администратора связать вашу учётную запись.",
  alreadyThere: (deal: string, stage: string) => `Сделка ${guillemets(deal)} уже на этапе ${guillemets(stage)}.`,
  alreadyClosed: (deal: string, stage: string) => `Сделка ${guillemets(deal)} закрыта (${stage}) и на другой этап уже не перейдёт.`,
  // the list
  none: "Расписаний и подписок у вас нет. Попросите, например: «каждый понедельник в 9 присылай продажи за прошлую неделю».",
  count: (reports: number, watches: number) =>
    `У вас ${reports} ${plural(reports, "ru", "отчёт", "отчёта", "отчётов")} по расписанию и ${watches} ${plural(watches, "ru", "подписка", "подписки", "подписок")}. Отменить: «отмени № …».`,
  columns: ["№", "Что", "Когда", "Следующий раз", "Куда", "Состояние"],
  states: { active: "действует", paused: "ждёт: нет прав", failing: "сбой, пробую дальше" },
  // cancelling
  cancelNone: "Отменять нечего: расписаний и подписок у вас нет.",
  cancelUnknown: (asked: string, offered: readonly string[]) =>
    `Не нахожу ${guillemets(asked)} среди ваших расписаний и подписок. Есть: ${offered.join("; ")}. Какую отменить? Назовите номер.`,
  cancelSeveral: (asked: string, offered: readonly string[]) =>
    `${asked === "" ? "У вас несколько расписаний и подписок" : `Под ${guillemets(asked)} подходит несколько`}: ${offered.join("; ")}. Какую отменить? Назовите номер.`,
  numbered: (id: string, title: string) => `№ ${id} ${guillemets(title)}`,
  // what comes
  report: (title: string, id: string) => `🗓 **${title}** (№ ${id})`,
  event: (title: string, id: string) => `🔔 **${title}** (№ ${id})`,
  late: (due: string) => `Отчёт за пропущенное время ${due}: раньше прислать не получилось.`,
  unclear: "Название в этом отчёте перестало быть однозначным: отмените его и попросите заново с точным названием.",
  paused: (title: string, id: string, reason: string) =>
    `⏸ **${title}** (№ ${id}): больше не присылаю: ${reason} Когда права вернутся, продолжу сам; отменить: «отмени № ${id}».`,
  failed: (title: string, id: string, reason: string, next: string) =>
    `⚠ **${title}** (№ ${id}) не получился: ${reason} Следующая попытка: ${next}.`,
  newDocuments: (count: number) =>
    count === 1
      ? "Появился документ:"
      : `${plural(count, "ru", "Появился", "Появилось", "Появилось")} ${count} ${plural(count, "ru", "документ", "документа", "документов")}:`,
  crossed: (measure: string, direction: "falls" | "rises", percent: string, days: number, now: string, was: string) =>
    `${measure}: ${direction === "falls" ? "−" : "+"}${percents(percent)} за последние ${daysOf(days)} (было ${was}, стало ${now}).`,
  stageReached: (deal: string, stage: string) => `Сделка ${guillemets(deal)} теперь на этапе ${guillemets(stage)}.`,
  dealClosed: (deal: string, stage: string) => `Сделка ${guillemets(deal)} закрыта: ${stage}. Больше за ней не слежу.`,
  dealGone: (deal: string) => `Сделки ${guillemets(deal)} больше нет среди тех, что вам видны. Больше за ней не слежу.`,
  newLeads: (titles: readonly string[], count: number) =>
    `${count === 1 ? "Новая ваша сделка" : `Новых ваших сделок: ${count}`}: ${titles.join("; ")}${count > titles.length ? "; …" : ""}.`,
  // for admins
  alertTitle: (id: string, owner: string) => `Расписание № ${id} (${owner}) не выполняется`,
  alertText: (id: string, owner: string, failures: number, reason: string) =>
    `Расписание № ${id}, владелец ${owner}, не удалось ${failures} ${plural(failures, "ru", "раз", "раза", "раз")} подряд: ${reason}\n\nПосмотрите причину: \`svyaz doctor\`, журнал службы. Тревога снимется сама, когда отчёт получится или владелец его отменит.`,
  endedTitle: (owner: string) => `Расписания ${owner} закончены: человека больше нет`,
  endedText: (owner: string, titles: readonly string[]) =>
    `${owner} удалён, поэтому больше не отправляется: ${titles.map(guillemets).join(", ")}. Если отчёт нужен, пусть его попросит тот, кто его читает.`,
};
