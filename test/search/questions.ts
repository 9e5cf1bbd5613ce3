/**
 * Questions as people ask them of the invented company's documents. `right`: keys of the pages that hold the answer.
 * `near`: what a reader would not mind to see beside them (a key, or the beginning of keys ending in "*"); anything else is noise.
 */
export interface LabelledQuestion {
  readonly ask: string;
  readonly right: readonly string[];
  readonly near?: readonly string[];
}

export const labelledQuestions: readonly LabelledQuestion[] = [
  { ask: "порядок возврата товара", right: ["returns"], near: ["returns-en"] },
  { ask: "за сколько дней можно вернуть товар", right: ["returns"] },
  { ask: "Можно ли вернуть отрезанный кабель?", right: ["returns"], near: ["warranty-3", "faq-3"] },
  { ask: "куда клиенту слать акт и фото по браку", right: ["returns"], near: ["receiving-*"] },
  { ask: "какие суточные в командировке по России", right: ["travel-policy"] },
  { ask: "сколько платят за гостиницу в командировке", right: ["travel-policy"] },
  { ask: "когда сдавать авансовый отчёт", right: ["travel-policy"], near: ["expenses"] },
  { ask: "командеровка за границу суточные", right: ["travel-policy"] },
  { ask: "за сколько дней писать заявление на отпуск", right: ["vacation-policy"] },
  { ask: "можно ли перенести отпуск на следующий год", right: ["vacation-policy"] },
  { ask: "отпуск без оплаты", right: ["vacation-policy"] },
  { ask: "Сколько дней можно работать из дома удалённо?", right: ["remote-policy"] },
  { ask: "удаленка правила", right: ["remote-policy"] },
  { ask: "я заболел, что делать", right: ["sick-leave"] },
  { ask: "кто оплачивает больничный", right: ["sick-leave"] },
  { ask: "требования к паролю", right: ["it-security"], near: ["security-en"] },
  { ask: "куда писать про подозрительное письмо", right: ["it-security"] },
  { ask: "возмещение такси", right: ["expenses"] },
  { ask: "лимит на мобильную связь в месяц", right: ["expenses"], near: ["regulation-*"] },
  { ask: "где получить пропуск в первый день", right: ["onboarding"], near: ["hours-*", "regulation-*"] },
  { ask: "испытательный срок", right: ["onboarding", "vacancy-*"] },
  { ask: "на сколько человек переговорная Сияние", right: ["meeting-rooms"] },
  { ask: "гостевая парковка", right: ["meeting-rooms"] },
  { ask: "кто согласует скидку 15 процентов", right: ["discount-limits"], near: ["price-rules-*"] },
  { ask: "сколько действует скидка", right: ["discount-limits"], near: ["price-rules-*", "key-client-romashka"] },
  { ask: "когда дают отсрочку платежа", right: ["payment-terms"], near: ["key-client-romashka", "payment-calendar"] },
  {
    ask: "что делать при просрочке оплаты клиентом",
    right: ["payment-terms"],
    near: ["sales-bonuses", "sales-meeting-*", "contract-template"],
  },
  { ask: "шаблон КП", right: ["proposal-template"], near: ["contract-template"] },
  { ask: "что должно быть в коммерческом предложении", right: ["proposal-template"], near: ["discount-limits"] },
  { ask: "неустойка за просрочку поставки", right: ["contract-template"] },
  { ask: "типовой договор поставки", right: ["contract-template"], near: ["poisoned-plain"] },
  { ask: "премия менеджера по продажам", right: ["sales-bonuses"], near: ["vacancy-1", "job-1", "assessment-1"] },
  { ask: "скидка Ромашки", right: ["key-client-romashka"], near: ["discount-limits", "price-rules-*"] },
  { ask: "в какие дни платим поставщикам", right: ["payment-calendar"], near: ["suppliers-*"] },
  { ask: "кто утверждает расходы до миллиона", right: ["approval-limits"], near: ["expenses"] },
  { ask: "минимальная наценка на насосы", right: ["price-rules-9"], near: ["price-rules-*", "discount-limits"] },
  { ask: "гарантия на радиаторы", right: ["warranty-12"], near: ["warranty-*", "complaints-12", "*-12"] },
  { ask: "монтаж светильников", right: ["mounting-1"], near: ["mounting-*", "*-1"] },
  { ask: "как подобрать насос", right: ["guide-9"], near: ["*-9", "guide-*"] },
  { ask: "почему возвращают трубы, причины рекламаций", right: ["complaints-10"], near: ["complaints-*", "*-10"] },
  { ask: "доставка в Казань срок и цена", right: ["delivery-4"], near: ["delivery-*"] },
  { ask: "во сколько обед на складе Волга", right: ["hours-3"], near: ["hours-*", "*-3"] },
  { ask: "часы работы основного склада", right: ["hours-1"], near: ["hours-*", "receiving-1", "storage-1", "inventory-1"] },
  { ask: "температура хранения на Урале", right: ["storage-4"], near: ["storage-*", "*-4"] },
  { ask: "как упаковывать лампы на паллету", right: ["packing-2"], near: ["packing-*", "poisoned-encoded"] },
  { ask: "бюджет проекта Аврора", right: ["project-aurora"], near: ["project-aurora-*", "project-*"] },
  { ask: "обязанности кладовщика", right: ["job-2"], near: ["vacancy-2", "assessment-2", "job-*"] },
  { ask: "вакансия бухгалтера оклад", right: ["vacancy-4"], near: ["vacancy-*", "job-4", "assessment-4", "salary-*"] },
  { ask: "как проходит собеседование", right: ["interview-guide"] },
  {
    ask: "пожарная безопасность в оптовых продажах",
    right: ["regulation-wholesale-2"],
    near: ["regulation-*-2", "regulation-wholesale-*"],
  },
  { ask: "охрана труда в офисе", right: ["regulation-office-1"], near: ["regulation-*-1", "regulation-office-*", "onboarding"] },
  { ask: "How long is the warranty on pumps?", right: ["warranty-en"], near: ["*-en-9"] },
  { ask: "returns policy for export customers", right: ["returns-en"], near: ["incoterms-en"] },
  { ask: "when do I get a refund", right: ["returns-en"] },
  { ask: "what are the support hours", right: ["support-hours-en"] },
  { ask: "rotate integration key", right: ["api-keys-en"], near: ["security-en"] },
  { ask: "contractor account expiry", right: ["security-en"] },
  { ask: "which incoterms do you ship by", right: ["incoterms-en"] },
  { ask: "minimum order for cables", right: ["guide-en-3"], near: ["guide-en-*", "faq-en-3"] },
  { ask: "can I borrow a sample of a valve", right: ["faq-en-11"], near: ["faq-en-*", "guide-en-11"] },
];

/** Written after the ranking was finished, to see that it did not learn the others by heart. */
export const laterQuestions: readonly LabelledQuestion[] = [
  { ask: "сколько стоит ночь в гостинице в Москве по нормам", right: ["travel-policy"] },
  { ask: "До какого числа утверждают график отпусков?", right: ["vacation-policy"] },
  { ask: "через сколько придут деньги за чеки", right: ["expenses"] },
  { ask: "на сколько дней выдаётся образец насоса", right: ["faq-9"], near: ["faq-*", "*-9"] },
  { ask: "какая ставка по кредитной линии", right: ["loan-terms"], near: ["payment-terms"] },
  { ask: "сколько кладовщиков нанять на Аврору", right: ["project-aurora-staff"], near: ["project-aurora*", "*-2"] },
  { ask: "оклад грейда G4", right: ["salary-grades"], near: ["salary-review", "vacancy-*"] },
  { ask: "инвентаризация склада север", right: ["inventory-2"], near: ["inventory-*", "*-2"] },
  { ask: "первый звонок гостиницам и ресторанам", right: ["segment-4"], near: ["segment-*"] },
  { ask: "момент затяжки автоматики", right: ["mounting-6"], near: ["mounting-*", "*-6"] },
  { ask: "порядок согласования скидки", right: ["discount-limits"], near: ["price-rules-*"] },
  { ask: "риски проекта Маяк", right: ["project-3-risks"], near: ["project-*"] },
  { ask: "приказ 131", right: ["order-10"], near: ["order-*"] },
  { ask: "персональные данные регламент бухгалтерии", right: ["regulation-office-10"], near: ["regulation-*"] },
  { ask: "сколько весит паллета труб", right: ["packing-10"], near: ["packing-*", "*-10", "poisoned-encoded"] },
  { ask: "who pays the freight for returned goods", right: ["returns-en"] },
  { ask: "DAP delivery above 5000 euro", right: ["incoterms-en"] },
  { ask: "escalation of critical incidents", right: ["support-hours-en"], near: ["incident-*"] },
  { ask: "how long are spare parts for radiators kept", right: ["faq-en-12"], near: ["faq-en-*", "guide-en-12"] },
  { ask: "luminaire warranty months", right: ["warranty-en"], near: ["*-en-1"] },
];

/** Whether a key is among them; "a-*-2" stands for any middle. */
export function among(key: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(key));
}
