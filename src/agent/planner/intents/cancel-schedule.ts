import type { Clause } from "../clause.js";
import { filled, type Intent } from "../intent.js";

/** «отпишись от договоров с Ромашкой», «больше не присылай продажи», "stop notifying me about …", "cancel schedule 3" */
export const cancelSchedule: Intent = {
  name: "cancel-schedule",
  kind: "write",
  vocabulary: {
    "no-more":
      "отпишись, отпишите, отписаться, отпиши меня, отписка, больше не присылай, не присылай больше, не присылай, не шли больше, больше не шли, не отправляй больше, больше не отправляй, больше не сообщай, не сообщай больше, не сообщай, не уведомляй, больше не уведомляй, хватит присылать, хватит слать, хватит сообщать, перестань присылать, перестань слать, перестань сообщать, перестань уведомлять, прекрати присылать, прекрати слать, прекрати сообщать, не надо больше присылать, больше не надо присылать, больше не следи, не следи, перестань следить, unsubscribe, unsubscribe me, stop sending, stop notifying, stop telling, stop alerting, stop watching, no longer send, don't send me, do not send me, don't notify, do not notify, no more notifications, no more reports",
    "stop-it":
      "отмени, отменить, отмените, отменяй, отключи, отключить, выключи, выключить, убери, убрать, останови, остановить, сними, прекрати, удали, удалить, cancel, stop, turn off, switch off, disable, end, remove, delete",
    "the-schedule":
      "подписка, подписку, подписки, расписание, расписания, рассылка, рассылку, рассылки, уведомление, уведомления, оповещение, оповещения, отчет по расписанию, отчёт по расписанию, регулярный отчет, регулярный отчёт, subscription, subscriptions, schedule, schedules, scheduled report, scheduled reports, notification, notifications, recurring report",
    "stop-number":
      "отмени №, отменить №, отмените №, отмени номер, отключи №, отключи номер, удали №, убери №, останови №, cancel no, cancel №, cancel #, cancel number, stop no, stop number, remove no",
    "a-report": "отчет, отчёт, отчеты, отчета, report, reports",
  },
  cues: [
    [24, "no-more"],
    // Not the deletion of a record, which is refused.
    [32, "stop-it", "the-schedule"],
    [14, "first:stop-it", "a-report"],
    [32, "stop-number"],
    [-12, "asks-how"],
    [-30, "asks-which"],
    [-18, "remind"],
    [-14, "task"],
    [-14, "note"],
    [-14, "write-down"],
  ],
  build(clause, _memory, prior) {
    // «Отмени отчёт по понедельникам»: when it comes is all that is said of it.
    const which = numberOf(clause) ?? (subjectOf(clause) || subjectOf(clause, "with days") || undefined);
    return { kind: "call", input: filled({ ...prior, which: which ?? prior.which }) };
  },
};

/** "№ 3", "schedule 3": a short number behind the word for it. */
function numberOf(clause: Clause): string | undefined {
  return /(?:№|#|no\.?|номер\p{L}*|подписк\p{L}*|расписани\p{L}*|рассылк\p{L}*|отч[её]т\p{L}*|schedule|subscription|report|number)\s*(?:№|#|no\.?)?\s*(\d{1,9})(?!\p{L}|[.:]\d)/iu.exec(
    clause.text,
  )?.[1];
}

const unsaid = [
  "no-more",
  "stop-it",
  "the-schedule",
  "a-report",
  "filler",
  "me",
  "we",
  "send-again",
  "notify",
  "hello",
  "not",
  "recurs",
  "and",
];

/** The words of its title that were said, and with "with days" those of its clock. */
function subjectOf(clause: Clause, days?: "with days"): string {
  const left = days ? unsaid.filter((concept) => concept !== "recurs") : unsaid;
  const gone = new Set<number>();
  clause.words.forEach((word, at) => {
    if (!word.quoted && (left.some((concept) => word.means.has(concept)) || /^(больше|any|more|anymore|все|всё|all)$/.test(word.key)))
      gone.add(at);
  });
  for (const [at, word] of clause.words.entries()) {
    const before = clause.words.slice(0, at).some((_, one) => !gone.has(one));
    if (!before && (word.means.has("preposition") || word.kind === "mark")) gone.add(at);
  }
  return clause.without(gone).slice(0, 200);
}
