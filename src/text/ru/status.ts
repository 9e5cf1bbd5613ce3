import { plural } from "../format.js";

/** The answer of /status. */
export const status = {
  words: ["статус"] as readonly string[],
  pilot: "🧪 Режим пилота: Svyaz отвечает на вопросы и ничего не записывает.",
  columns: ["Система", "Состояние", "Данные", "Следующая синхронизация"] as readonly string[],
  caption: (count: number): string =>
    `${plural(count, "ru", "Подключена", "Подключены", "Подключено")} ${count} ${plural(count, "ru", "система", "системы", "систем")}`,
  nothing: (argument: string): string =>
    argument === "" ? "Доступных вам систем нет. Права выдаёт администратор." : `Среди доступных вам систем «${argument}» нет.`,
  works: "работает",
  unreadable: (count: number) => `файлов без читаемого текста: ${count}`,
  live: "спрашиваются напрямую",
  never: "ещё не прочитаны",
  runFailed: "последняя синхронизация не удалась",
  noAlerts: "Открытых тревог нет.",
  alerts: (count: number): string =>
    `${plural(count, "ru", "Открыта", "Открыты", "Открыто")} ${count} ${plural(count, "ru", "тревога", "тревоги", "тревог")}:`,
  since: (at: string, times: number): string => `с ${at}${times > 1 ? `, ${times} ${plural(times, "ru", "раз", "раза", "раз")}` : ""}`,
  noDeadJobs: "Заданий, которые не удались окончательно, нет.",
  deadJobs: (count: number): string =>
    `${plural(count, "ru", "Не удалось", "Не удались", "Не удались")} окончательно ${count} ${plural(count, "ru", "задание", "задания", "заданий")}: посмотрите \`svyaz jobs\`.`,
};
