import type { LibraryQuestion } from "./types.js";

/** Twenty questions with an answer in exactly one page; some of the pages are not for everybody. */
export const QUESTIONS: readonly LibraryQuestion[] = [
  ask("ru", "Какие суточные в командировке по России?", "travel-policy", "1 200 ₽"),
  ask("ru", "За сколько дней подавать заявление на отпуск?", "vacation-policy", "за 14 дней"),
  ask("ru", "Сколько дней можно работать удалённо?", "remote-policy", "до 8 дней в месяц"),
  ask("ru", "В течение скольких дней можно вернуть товар?", "returns", "14 дней"),
  ask("ru", "Кто согласует скидку 10 процентов?", "discount-limits", "руководитель отдела"),
  ask("ru", "Какая неустойка за просрочку поставки по договору?", "contract-template", "0,1 %"),
  ask("ru", "Когда можно дать клиенту отсрочку платежа?", "payment-terms", "300 000 ₽"),
  ask("ru", "Какой длины должен быть пароль?", "it-security", "14 символов"),
  ask("ru", "Сколько возмещают за такси?", "expenses", "7 000 ₽"),
  ask("ru", "Что делать, если заболел?", "sick-leave", "до 10:00"),
  ask("ru", "Сколько длится испытательный срок?", "onboarding", "3 месяца"),
  ask("ru", "Какая премия у менеджера по продажам?", "sales-bonuses", "2,5 %"),
  ask("ru", "Какая скидка у Ромашки на светильники?", "key-client-romashka", "9 %"),
  ask("ru", "Когда проводятся платежи поставщикам?", "payment-calendar", "по вторникам и пятницам"),
  ask("en", "How long is the warranty on pumps?", "warranty-en", "24 months"),
  ask("en", "When can an export customer return goods?", "returns-en", "21 days"),
  ask("en", "What are the support hours?", "support-hours-en", "9:00 to 18:00"),
  ask("en", "How often are integration keys rotated?", "api-keys-en", "60 days"),
  ask("en", "When do contractor accounts expire?", "security-en", "90 days"),
  ask("en", "Which Incoterms do we ship by default?", "incoterms-en", "FCA Moscow"),
];

function ask(language: "ru" | "en", question: string, pageKey: string, answer: string): LibraryQuestion {
  return { question, language, pageKey, answer };
}
