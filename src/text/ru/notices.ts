import { formatNumber, plural } from "../format.js";

const days = (count: number) => `${formatNumber(count, "ru", 0)} ${plural(Math.round(count), "ru", "день", "дня", "дней")}`;
const times = (ratio: number) => formatNumber(ratio, "ru", 1);

/** What Svyaz says first: a fresh lead, a deal that ended. */
export const notices = {
  lead: (title: string) => `🆕 **Новый лид: ${title}**`,
  won: (title: string) => `✅ **Сделка выиграна: ${title}**`,
  lost: (title: string) => `❌ **Сделка проиграна: ${title}**`,
  client: (name: string) => `Клиент: ${name}`,
  owner: (name: string) => `Ответственный: ${name}`,
  amount: (money: string) => `Сумма: ${money}`,
  score: (score: number) => `**Оценка: ${score} из 100**`,
  points: (why: string, points: number, of: number) => `• ${why}: ${points} из ${of}`,
  similarShare: (share: number, count: number, bySize: boolean) =>
    `из ${count} закрытых сделок воронки${bySize ? " с близкой суммой" : ""} выиграно ${formatNumber(share * 100, "ru", 0)} %`,
  similarNone: "закрытых сделок для сравнения нет",
  amountRatio: (ratio: number) => `сумма — ${times(ratio)} от медианы выигранных`,
  amountUnknown: "сумма не указана или не с чем сравнить",
  clientBefore: (won: number, lost: number) => `у клиента раньше выиграно ${won}, проиграно ${lost}`,
  clientNew: "с клиентом сделок ещё не закрывали",
  contactWhole: "контакты заполнены",
  contactMissing: (missing: readonly string[]) => `не хватает: ${missing.join(", ")}`,
  missing: { phone: "телефона", email: "почты", client: "клиента в карточке" } as Readonly<Record<string, string>>,
  history: (open: number, won: number, lost: number, money: string | undefined, last: string | undefined) =>
    `История клиента: открыто ${open}, выиграно ${won}${money ? ` на ${money}` : ""}, проиграно ${lost}${last ? `; последнее изменение ${last}` : ""}.`,
  noHistory: "Других сделок с этим клиентом нет.",
  examples: (titles: readonly string[]) => `Похожие: ${titles.join("; ")}.`,
  ended: { won: "выиграна", lost: "проиграна" } as Readonly<Record<string, string>>,
  next: {
    "find-contact": "Следующий шаг: найти телефон или почту, без них с лидом не связаться.",
    "call-today": "Следующий шаг: позвонить сегодня, лид из сильных.",
    "recall-last": "Следующий шаг: позвонить и вспомнить прошлую удачную сделку.",
    qualify: "Следующий шаг: уточнить потребность и бюджет сообщением.",
  } as Readonly<Record<string, string>>,
  cycle: (own: number) => `Цикл: ${days(own)}`,
  cycleAgainst: (won: number | undefined, lost: number | undefined) =>
    [
      ...(won === undefined ? [] : [`у выигранных в среднем ${days(won)}`]),
      ...(lost === undefined ? [] : [`у проигранных ${days(lost)}`]),
    ].join(", "),
  amountAgainst: (won: string | undefined, lost: string | undefined) =>
    [...(won === undefined ? [] : [`медиана выигранных ${won}`]), ...(lost === undefined ? [] : [`проигранных ${lost}`])].join(", "),
  discount: (discount: string) => `Скидка: ${discount}`,
  lossReason: (reason: string) => `Причина отказа: ${reason}`,
  usualReason: (reason: string) => `чаще всего отказывают по причине «${reason}»`,
  longer: (ratio: number) => `шла в ${times(ratio)} раза дольше, чем обычная выигранная`,
  shorter: (ratio: number) => `прошла в ${times(ratio)} раза быстрее обычной выигранной`,
  larger: (ratio: number) => `сумма в ${times(ratio)} раза больше обычной выигранной`,
  smaller: (ratio: number) => `сумма в ${times(ratio)} раза меньше обычной выигранной`,
  differed: (differences: readonly string[]) => `Чем отличалась: ${differences.join("; ")}.`,
  nothingDiffered: "От похожих сделок заметно не отличалась.",
};
