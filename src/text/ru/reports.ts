import type { Day, Step } from "../../domain/numbers.js";
import { formatDay, guillemets, plural } from "../format.js";

const months = ["январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"];
const quarters = ["I", "II", "III", "IV"];

const monthOf = (at: Day) => Number(at.slice(5, 7)) - 1;
const quarterOf = (at: Day) => quarters[Math.floor(monthOf(at) / 3)] ?? "";

const by: Record<string, string> = {
  item: "по товарам",
  "item-group": "по группам товаров",
  customer: "по клиентам",
  warehouse: "по складам",
  region: "по регионам",
};

/** Reports on figures: sales, purchases, stock. Everything a person reads in them. */
export const reports = {
  reading: (system: string) => `Считаю в ${guillemets(system)}…`,
  /** The system's own name of a measure says best what is in it (with VAT, without). */
  measure: (id: string, title: string) => title || id,
  measureOnly: {
    revenue: "выручка",
    cost: "себестоимость",
    margin: "валовая прибыль",
    quantity: "количество",
    orders: "заказы",
    purchases: "закупки",
  } as Record<string, string>,
  by: (split: string) => by[split] ?? split,
  split: { item: "Товар", "item-group": "Группа товаров", customer: "Клиент", warehouse: "Склад", region: "Регион" } as Record<
    string,
    string
  >,
  unit: { pcs: "шт", orders: "заказы" } as Record<string, string>,
  counted: (amount: string, whole: number, unit: string) =>
    unit === "orders"
      ? `${amount} ${plural(whole, "ru", "заказ", "заказа", "заказов")}`
      : unit === "pcs"
        ? `${amount} шт`
        : `${amount} ${unit}`,
  percent: (signed: string) => `${signed} %`,
  period: (from: Day, to: Day) => (from === to ? formatDay(from, "ru") : `${formatDay(from, "ru")}–${formatDay(to, "ru")}`),
  stepColumn: { day: "День", week: "Неделя с", month: "Месяц", quarter: "Квартал", year: "Год" } as Record<Step, string>,
  step: (at: Day, step: Step) =>
    step === "month"
      ? `${months[monthOf(at)]} ${at.slice(0, 4)}`
      : step === "quarter"
        ? `${quarterOf(at)} квартал ${at.slice(0, 4)}`
        : step === "year"
          ? `${at.slice(0, 4)} год`
          : step === "week"
            ? `неделя с ${formatDay(at, "ru")}`
            : formatDay(at, "ru"),
  stepShort: (at: Day, step: Step) =>
    step === "month"
      ? `${months[monthOf(at)]?.slice(0, 3)} ${at.slice(2, 4)}`
      : step === "quarter"
        ? `${quarterOf(at)} кв ${at.slice(2, 4)}`
        : step === "year"
          ? at.slice(0, 4)
          : `${at.slice(8)}.${at.slice(5, 7)}`,

  /** The same without its year. */
  stepBare: (at: Day, step: Step) =>
    step === "month" ? (months[monthOf(at)]?.slice(0, 3) ?? "") : step === "quarter" ? `${quarterOf(at)} кв` : "",
  /** A step that the period cuts: «ноябрь 2026, по 23.11», «март 2026, с 15.03». */
  cut: (step: string, edge: "from" | "to", day: Day) => `${step}, ${edge === "from" ? "с" : "по"} ${day.slice(8)}.${day.slice(5, 7)}`,

  heading: (measure: string, split: string | undefined, filters: readonly string[], period: string) =>
    [[measure, split].filter(Boolean).join(" "), ...filters].join(", ") + `, ${period}`,
  filter: (split: string, names: readonly string[], more: number) =>
    `${{ item: "товар", "item-group": "группа", customer: "клиент", warehouse: "склад", region: "регион" }[split] ?? split}: ${names.join(", ")}${more > 0 ? ` и ещё ${more}` : ""}`,
  total: (heading: string, amount: string, system: string) => `${heading}: ${amount} (${guillemets(system)}).`,
  alsoAmount: (amount: string) => `На сумму ${amount}.`,
  change: (against: "before" | "year", period: string, percent: string | undefined, signed: string, was: string) =>
    `${against === "before" ? "К предыдущему такому же периоду" : "К тем же дням год назад"} (${period}): ${percent ? `${percent}, ` : ""}${signed}; было ${was}.`,
  noComparison: (against: "before" | "year", period: string) =>
    `${against === "before" ? "За предыдущий такой же период" : "За те же дни год назад"} (${period}) данных нет, сравнить не с чем.`,
  bestAndWorst: (step: Step, best: string, bestAmount: string, worst: string, worstAmount: string) =>
    step === "week"
      ? `Лучшая — ${best} (${bestAmount}), худшая — ${worst} (${worstAmount}).`
      : `Лучший ${{ day: "день", month: "месяц", quarter: "квартал", year: "год" }[step]}: ${best} (${bestAmount}), худший: ${worst} (${worstAmount}).`,
  average: (step: Step, amount: string) =>
    `В среднем за ${{ day: "день", week: "полную неделю", month: "полный месяц", quarter: "полный квартал", year: "полный год" }[step]}: ${amount}.`,
  lastChange: (step: Step, now: string, before: string, percent: string) =>
    `${now} против ${step === "week" ? "предыдущей" : "предыдущего"} (${before}): ${percent}.`,
  unfinished: (step: string, until: Day) => `${step}: неполные данные, по ${formatDay(until, "ru")}; с полными не сравниваю.`,
  gaps: (steps: readonly string[], more: number) => `Нет данных: ${steps.join(", ")}${more > 0 ? ` и ещё ${more}` : ""}.`,
  leaders: (names: readonly string[]) => `Больше всего: ${names.join("; ")}.`,
  leader: (name: string, amount: string, share: string | undefined) => `${name} — ${amount}${share ? ` (${share} %)` : ""}`,
  membersCount: (count: number, split: string) =>
    `Всего ${{ item: "товаров", "item-group": "групп товаров", customer: "клиентов", warehouse: "складов", region: "регионов" }[split] ?? split}: ${count}.`,
  others: (count: number) => `Прочие (${count})`,
  share: "Доля, %",
  changeBefore: "К предыдущему, %",
  yearAgo: "Год назад",
  changeYear: "К прошлому году, %",
  whole: "Итого",
  compared: (before: string | undefined, year: string | undefined) =>
    [before && `Предыдущий период: ${before}.`, year && `Год назад: ${year}.`].filter(Boolean).join(" "),
  note: (system: string, at: string) => `Источник: ${system}, данные на ${at}`,
  sheetSteps: "По периодам",
  sheetSplit: "Разбивка",
  empty: (heading: string, system: string) =>
    `${heading}: в ${guillemets(system)} ничего не найдено. Проверьте период и условия или спросите без условий, например за последний год.`,
  noSystem: "Не подключено ни одной учётной системы (ERP), поэтому цифр взять неоткуда. Подключить её может администратор.",
  future: (day: Day) => `Период ещё не наступил: он начинается ${formatDay(day, "ru")}.`,
  reversed: (from: Day, to: Day) => `Начало периода (${formatDay(from, "ru")}) позже его конца (${formatDay(to, "ru")}). Уточните даты.`,
  cutToToday: (day: Day) => `Период взят по сегодня, ${formatDay(day, "ru")}.`,
  noMeasure: (measure: string, system: string, offered: readonly string[]) =>
    `В ${guillemets(system)} нет показателя ${guillemets(measure)}. Есть: ${offered.join(", ") || "ничего"}.`,
  noSplit: (measure: string, split: string, offered: readonly string[]) =>
    `Показатель ${guillemets(measure)} нельзя посчитать ${by[split] ?? split}. Можно: ${offered.map((one) => by[one] ?? one).join(", ") || "только целиком"}.`,
  tooManySteps: "Слишком мелкий шаг для такого периода. Возьмите шаг крупнее или период короче.",
  unknownMember: (split: string, text: string, system: string) =>
    `В ${guillemets(system)} не найдено: ${{ item: "товар", "item-group": "группа товаров", customer: "клиент", warehouse: "склад", region: "регион" }[split] ?? split} ${guillemets(text)}.`,
  whichMember: (split: string, text: string) =>
    `${{ item: "Какой товар", "item-group": "Какую группу товаров", customer: "Какого клиента", warehouse: "Какой склад", region: "Какой регион" }[split] ?? "Что"} вы имеете в виду под ${guillemets(text)}?`,
  severalMembers: (text: string, names: readonly string[]) => `Под ${guillemets(text)} подходит несколько: ${names.join(", ")}.`,
  nearestMembers: (text: string, names: readonly string[]) => `Точно ${guillemets(text)} нет. Похожие: ${names.join(", ")}.`,

  stock: {
    heading: (goods: string | undefined, warehouse: string | undefined) =>
      ["Остатки", goods, warehouse && `склад: ${warehouse}`].filter(Boolean).join(", "),
    ofItem: (name: string) => `товар: ${name}`,
    ofGroup: (name: string) => `группа: ${name}`,
    /** Several items bear the word, which stands as the person declined it. */
    ofAsked: (asked: string) => `товары по запросу ${guillemets(asked)}`,
    item: "Товар",
    warehouse: "Склад",
    unit: "Ед.",
    onHand: "В наличии",
    reserved: "В резерве",
    free: "Свободно",
    onTheWay: "Ожидается",
    one: (name: string, onHand: string, reserved: string, free: string, onTheWay: string | undefined, unit: string) =>
      `${name}: в наличии ${onHand}${unit}, в резерве ${reserved}, свободно ${free}${onTheWay === undefined ? "" : `, ожидается ${onTheWay}`}.`,
    places: (parts: readonly string[]) => `По складам: ${parts.join("; ")}.`,
    place: (warehouse: string, onHand: string, free: string) => `${warehouse} — ${onHand}, свободно ${free}`,
    many: (heading: string, items: number, lines: number, system: string) =>
      `${heading} (${guillemets(system)}): ${items} ${plural(items, "ru", "позиция", "позиции", "позиций")}, ${lines} ${plural(lines, "ru", "строка", "строки", "строк")} по складам.`,
    noneFree: (items: number) => `Свободного остатка нет у ${items} ${plural(items, "ru", "позиции", "позиций", "позиций")}.`,
    asOf: (at: string) => `Данные на ${at}.`,
    empty: (heading: string, system: string) =>
      `${heading}: в ${guillemets(system)} ничего нет. Проверьте название или спросите без склада.`,
    noStock: (system: string) => `${guillemets(system)} не умеет показывать остатки.`,
  },
};
