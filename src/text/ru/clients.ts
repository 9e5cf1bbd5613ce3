import { formatNumber } from "../format.js";

/** Clients that several systems know, and how complete the mirror is. */
export const clients = {
  none: "Пока нет клиентов, известных нескольким системам. Если системы подключены, выполните: svyaz sync",
  line: (client: string, records: readonly string[]) => `${client}\n${records.map((record) => `    ${record}`).join("\n")}`,
  record: (name: string, title: string, inn?: string) => `${name}  ${title}${inn ? `, ИНН ${inn}` : ""}`,
  noDoubts: "Сомнительных пар нет.",
  doubt: (reason: string, confidence: number) => `${reason} (уверенность ${formatNumber(confidence, "ru", 1)})`,
  reasons: {
    "inn-differs": "общий контакт, но разные ИНН",
    "shared-contact": "общий контакт, но разные названия",
    "same-name": "одинаковые названия, общего контакта нет",
  } as Readonly<Record<string, string>>,
  decide: "Один и тот же клиент: svyaz clients merge <запись> <запись>. Разные: svyaz clients split <запись> <запись>.",
  noConflicts: "Расхождений между системами нет.",
  conflict: (field: string, client?: string) => `Расходится ${field}${client ? `, клиент ${client}` : ", не объединены"}`,
  fields: { inn: "ИНН", phone: "телефон", name: "название" } as Readonly<Record<string, string>>,
  mend: "Исправьте в одной из систем: Svyaz ничего не меняет сам.",
  merged: (client: string) => `Теперь это один клиент: ${client}`,
  split: (client: string) => `Теперь это отдельный клиент: ${client}`,
};

/** The coverage report of `svyaz sync status`. */
export const coverage = {
  none: "Подключённых систем с зеркалом нет.",
  counts: (stored: number, inSource: number | undefined) =>
    inSource === undefined ? `в зеркале ${stored}` : `в зеркале ${stored} из ${inSource}`,
  missing: (count: number, first: readonly string[]) =>
    count === 0
      ? "ничего не пропущено"
      : `не хватает ${count}${first.length > 0 ? `: ${first.join(", ")}${count > first.length ? "…" : ""}` : ""}`,
  asOf: (at: string) => `на ${at}`,
  never: "ещё не читалось",
  lastFull: (at: string) => `полностью ${at}`,
  mode: { full: "идёт полное чтение", since: "читаются изменения" } as Readonly<Record<string, string>>,
  error: (text: string) => `ошибка: ${text}`,
  checking: (system: string, kind: string) => `Сверяю ${system}: ${kind}…`,
};
