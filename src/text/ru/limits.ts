import type { Allowance } from "../../domain/budget.js";
import { plural } from "../format.js";

/** What there is too much of. */
export const limits = {
  allowances: {
    turns: "вопросы",
    calls: "обращения к системам",
    tokens: "объём текста для языковой модели",
    cost: "расходы на языковую модель",
  } satisfies Record<Allowance, string> as Record<Allowance, string>,
  spent: (resetsAt: string) =>
    `На сегодня предел обращений исчерпан: продолжим после ${resetsAt}, а если нужно раньше, обратитесь к администратору.`,
  tooManyWaiting: (most: number) =>
    `Слишком много сообщений сразу: ${most} ${plural(most, "ru", "ещё ждёт", "ещё ждут", "ещё ждут")} ответа, а это и следующие я пропускаю. Напишите снова, когда отвечу на прежние.`,
  requestNumber: (id: string) => `Номер запроса для администратора: ${id}.`,
  alertTitle: (holder: string) => `Дневной предел исчерпан: ${holder}`,
  alertText: (what: string, limit: number) =>
    `Исчерпано: ${what}, предел ${limit.toLocaleString("ru-RU")} в день. До полуночи по времени компании запросы отклоняются. Если это не ошибка и не злоупотребление, поднимите предел в настройках SVYAZ_DAY_….`,
  loopTitle: (person: string) => `Языковая модель ходит по кругу: ${person}`,
  loopText: (trace: string) =>
    `Запрос ${trace} остановлен: слишком много шагов. Человеку отвечено. Подробности: svyaz audit export и журнал с этим номером.`,
};
