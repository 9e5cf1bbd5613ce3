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
  tokenTitle: (title: string): string => `${title}: скоро кончится ключ доступа`,
  tokenText: (title: string, until: string, days: number): string =>
    `Ключ, под которым Svyaz работает с ${title}, действует до ${until} (${days > 0 ? `осталось ${days} ${plural(days, "ru", "день", "дня", "дней")}` : "меньше суток"}). После этого система перестанет отвечать, а её данные — обновляться.\n\nСделайте новый ключ и впишите его: \`svyaz secret set\` или .env, затем \`svyaz doctor\`.`,
  stalledTitle: (title: string): string => `${title}: данные давно не обновлялись`,
  stalledText: (title: string, kinds: string, minutes: number): string =>
    `Последняя удачная синхронизация ${title} была ${minutes} мин назад (${kinds}). Ответы из поиска и истории могут быть устаревшими; то, что спрашивается у системы напрямую, свежее.\n\nПосмотрите причину: \`svyaz doctor\`, журнал службы; запустите вручную: \`svyaz sync\`.`,
  syncTitle: (title: string): string => `${title}: синхронизация остановилась`,
  syncText: (kind: string, code: string, operation: string): string =>
    `Не читаются ${kind}: ${[code, operation].filter(Boolean).join(", ")}. Остаётся то, что прочитано раньше, и оно стареет.\n\nПосмотрите причину: \`svyaz doctor\`, журнал службы; потом запустите \`svyaz sync\`.`,
  shrunkTitle: (title: string, kind: string): string => `${title}: вдруг стало намного меньше (${kind})`,
  shrunkText: (system: string, seen: number, stored: number, unreadable: number): string =>
    `Полный проход увидел ${seen} из ${stored}${unreadable > 0 ? `, ещё ${unreadable} не читаются` : ""}. Ничего не удалено: так бывает и тогда, когда у учётной записи убавили прав.\n\nЕсли записей и правда стало меньше, запустите \`svyaz sync ${system} --full --believe\`.`,
  rightsTitle: (title: string): string => `${title}: права не читаются`,
  rightsText: (what: "memberships" | "audiences", missed: number): string =>
    `${what === "memberships" ? "Состав групп" : "Кто что может читать"} не удалось прочитать ${missed} ${plural(missed, "ru", "раз", "раза", "раз")} подряд; действует прочитанное раньше. Смотрите: \`svyaz doctor\`.`,
  policyTitle: (file: string): string => `${file}: в политике доступа ошибка, действует последняя верная`,
  retryQuestion: (title: string): string => `${title}: проверить и синхронизировать ещё раз?`,
  retry: "Проверить снова",
  retryAdminsOnly: "Эта кнопка — для администраторов.",
  retryBegun: (title: string, by: string): string => `${title}: проверяю и синхронизирую (${by})…`,
  retryFailed: (title: string, reason: string): string => `🔴 ${title}: всё ещё не работает — ${reason}`,
  retrySyncFailed: (title: string, reason: string): string => `🟡 ${title} отвечает, но синхронизация не удалась — ${reason}`,
  retryDone: (title: string, stored: number, removed: number): string =>
    `🟢 ${title}: работает. Обновлено записей: ${stored}, удалено: ${removed}.`,
  retryLong: (title: string): string => `🟢 ${title} отвечает; синхронизация ещё идёт, итог покажет /status.`,
  stormTitle: (count: number): string => `${count} ${plural(count, "ru", "тревога", "тревоги", "тревог")} сразу`,
  sinkTitle: (sink: string): string => `Тревоги не доходят: ${sink}`,
  sinkText: (sink: string, reason: string): string =>
    `${sink} не принимает тревоги: ${reason}. Остальные способы работают, этот будет испробован снова. Проверьте его настройки: svyaz doctor.`,
};
