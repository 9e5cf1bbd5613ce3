import { formatNumber } from "../format.js";

/** Clients that several systems know, and how complete the mirror is. */
export const clients = {
  none: "Пока нет клиентов, известных нескольким системам. Если системы подключены, выполните: svyaz sync",
  line: (heading: string, records: readonly string[]) => `${heading}\n${records.map((record) => `    ${record}`).join("\n")}`,
  number: (client: string) => `Клиент ${client}`,
  record: (name: string, title: string, inn?: string) => `${name}  ${title}${inn ? `, ИНН ${inn}` : ""}`,
  titled: (title: string, inn?: string) => `${title}${inn ? `, ИНН ${inn}` : ""}`,
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
  asked:
    "**Один клиент или два?** Svyaz нашёл в разных системах похожие записи и не объединяет их сам. Все такие пары: `svyaz clients doubts`.",
  isOne: (reason: string) => `Это один клиент? ${reason[0]?.toUpperCase()}${reason.slice(1)}.`,
  same: "Один клиент",
  different: "Разные",
  decided: (verdict: "same" | "different", pair: string, by: string) =>
    `**${verdict === "same" ? "Один клиент" : "Разные клиенты"}.** Решение: ${by}\n\n${pair}`,
  decidedBefore: (verdict: "same" | "different", pair: string) =>
    `Решено раньше: ${verdict === "same" ? "один клиент" : "разные клиенты"}.\n\n${pair}`,
  pairGone: "Одной из этих записей больше нет, решать нечего.",
  waiting: (doubts: number, conflicts: number) =>
    `Клиенты в разных системах: сомнительных пар — ${doubts} (\`svyaz clients doubts\`), расхождений — ${conflicts} (\`svyaz clients conflicts\`).`,
  merged: (client: string) => `Теперь это один клиент: ${client}`,
  split: (client: string) => `Теперь это отдельный клиент: ${client}`,
};

/** The coverage report of `svyaz sync status`. */
export const coverage = {
  none: "Подключённых систем с зеркалом нет.",
  counts: (stored: number, inSource: number | undefined) =>
    inSource === undefined ? `в зеркале ${stored}` : `в зеркале ${stored} из ${inSource}`,
  missing: (ids: readonly string[], named: number) =>
    ids.length === 0
      ? "ничего не пропущено"
      : `не хватает ${ids.length}: ${ids.slice(0, named).join(", ")}${ids.length > named ? "…" : ""}`,
  unreadable: (count: number) => `файлов без читаемого текста ${count}`,
  asOf: (at: string, age: string) => `на ${at} (${age})`,
  never: "ещё не читалось",
  lastFull: (at: string) => `полностью ${at}`,
  mode: { full: "идёт полное чтение", since: "читаются изменения" } as Readonly<Record<string, string>>,
  error: (text: string) => `ошибка: ${text}`,
  checking: (system: string, kind: string) => `Сверяю ${system}: ${kind}…`,
};
