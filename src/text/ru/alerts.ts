import { plural } from "../format.js";

const marks = { critical: "🔴", warning: "🟡" } as const;

export const alerts = {
  heading: (state: "raised" | "repeated" | "resolved", level: "warning" | "critical", title: string, times: number): string => {
    if (state === "resolved") return `🟢 Закончилось: ${title}`;
    return state === "repeated"
      ? `${marks[level]} Всё ещё (${times} ${plural(times, "ru", "раз", "раза", "раз")}): ${title}`
      : `${marks[level]} ${title}`;
  },
  mailFooter: (at: Date, key: string): string => `${at.toISOString()} · ${key}\nСмотрите: svyaz doctor и журнал службы.`,
  systemTitle: (title: string): string => `${title}: Svyaz не может с ней работать`,
  stormTitle: (count: number): string => `${count} ${plural(count, "ru", "тревога", "тревоги", "тревог")} сразу`,
  sinkTitle: (sink: string): string => `Тревоги не доходят: ${sink}`,
  sinkText: (sink: string, reason: string): string =>
    `${sink} не принимает тревоги: ${reason}. Остальные способы работают, этот будет испробован снова. Проверьте его настройки: svyaz doctor.`,
};
