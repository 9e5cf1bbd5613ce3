import { heading, list, macro, paragraphs, status, table } from "./markup.js";
import type { Draft } from "./types.js";

/** Spaces of closed circles, and pages whose own restrictions and those of their ancestors must meet. */
export const HR_PAGES: readonly Draft[] = [
  { key: "hr-home", title: "Кадры", body: paragraphs("Внутренние документы кадровой службы.") + macro("children", {}) },
  {
    key: "salary-grades",
    parent: "hr-home",
    title: "Грейды и оклады",
    labels: ["salary"],
    body:
      table([
        ["Грейд", "Оклад"],
        ["G3", "92 000 ₽"],
        ["G4", "118 000 ₽"],
        ["G5", "154 000 ₽"],
      ]) + paragraphs("Пересмотр окладов — в марте и сентябре."),
  },
  {
    key: "salary-review",
    parent: "salary-grades",
    title: "Итоги пересмотра окладов",
    labels: ["salary"],
    viewers: { users: ["admin"], groups: [] },
    body: paragraphs("Фонд оплаты труда вырос на 6,4 %. Список сотрудников — во вложении."),
  },
  {
    key: "interview-guide",
    parent: "hr-home",
    title: "Как мы проводим собеседования",
    labels: ["instruction"],
    body: paragraphs("Собеседование длится не больше 60 минут, ответ кандидату — за 3 рабочих дня."),
  },
];

export const FINANCE_PAGES: readonly Draft[] = [
  {
    key: "finance-home",
    title: "Финансы",
    body: paragraphs("Бюджет, лимиты, платёжный календарь. Только для руководителей.") + macro("children", {}),
  },
  {
    key: "payment-calendar",
    parent: "finance-home",
    title: "Платёжный календарь: правила",
    labels: ["regulation"],
    body: paragraphs("Платежи поставщикам проводятся по вторникам и пятницам. Заявка на оплату — до 12:00 предыдущего дня."),
  },
  {
    key: "approval-limits",
    parent: "finance-home",
    title: "Лимиты утверждения расходов",
    labels: ["regulation"],
    body: table([
      ["Сумма", "Кто утверждает"],
      ["до 100 000 ₽", "руководитель отдела"],
      ["до 1 000 000 ₽", "финансовый директор"],
      ["свыше", "генеральный директор"],
    ]),
  },
  {
    key: "loan-terms",
    parent: "finance-home",
    title: "Условия кредитной линии",
    labels: ["bank"],
    viewers: { users: ["admin"], groups: [] },
    body: paragraphs("Кредитная линия 40 000 000 ₽ под ставку 18,5 % годовых до 30 июня."),
  },
];

export const PROJECT_PAGES: readonly Draft[] = [
  { key: "projects-home", title: "Проекты", body: paragraphs("Внутренние проекты компании.") + macro("children", {}) },
  {
    key: "project-aurora",
    parent: "projects-home",
    title: "Проект «Аврора»: новый склад",
    labels: ["project"],
    viewers: { users: ["igor", "anna"], groups: ["managers"] },
    body:
      paragraphs("Открытие склада в Казани запланировано на 1 апреля. Бюджет проекта — 18 500 000 ₽.") + macro("jira", { key: "AUR-12" }),
  },
  {
    key: "project-aurora-staff",
    parent: "project-aurora",
    title: "Аврора: штат и наём",
    labels: ["project"],
    viewers: { users: ["vera", "anna"], groups: ["hr-team"] },
    body: paragraphs("На склад «Аврора» нужно нанять 14 человек, из них 9 кладовщиков."),
  },
  {
    key: "project-aurora-plan",
    parent: "project-aurora",
    title: "Аврора: график работ",
    labels: ["project"],
    body: paragraphs("Стеллажи монтируются с 10 февраля, пуск — 25 марта."),
  },
  {
    key: "anna-notes",
    parent: "projects-home",
    title: "Личные заметки Анны",
    viewers: { users: ["anna"], groups: [] },
    author: "anna",
    body: paragraphs("Перезвонить «Вектору» после 15-го. Обсудить условия по сделке."),
  },
  {
    key: "boris-notes",
    parent: "projects-home",
    title: "Черновик: кадровые перестановки",
    viewers: { users: ["boris"], groups: [] },
    author: "boris",
    body: paragraphs("Думаю перевести одного менеджера в проектные продажи со следующего квартала."),
  },
  {
    key: "vera-notes",
    parent: "projects-home",
    title: "Вера: список покупок для офиса",
    viewers: { users: ["vera"], groups: [] },
    author: "vera",
    body: heading("Закупить") + list(["Бумага, 20 пачек", "Кофе в зёрнах, 6 кг"]),
  },
];

export const ARCHIVE_PAGES: readonly Draft[] = [
  { key: "archive-home", title: "Архив положений", body: paragraphs("Документы, утратившие силу.") },
  {
    key: "travel-policy-2023",
    parent: "archive-home",
    title: "Положение о командировках, редакция 2023 года",
    labels: ["archive"],
    body: status("Утратило силу") + paragraphs("Суточные по России составляют 700 ₽ за каждый день поездки."),
  },
];
