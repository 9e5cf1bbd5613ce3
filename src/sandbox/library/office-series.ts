import type { Company } from "../company.js";
import { dayAfter } from "../company.js";
import type { Random } from "../random.js";
import { createGroups } from "../sales/goods.js";
import { counted } from "./counted.js";
import { htmlFile } from "./files.js";
import { list, macro, paragraphs, person, section, status, table } from "./markup.js";
import type { Draft } from "./types.js";

const HOLDERS = ["anna", "boris", "vera", "dmitry", "elena", "galina", "igor", "kirill"] as const;
const ENGLISH_GROUPS: Readonly<Record<string, string>> = {
  Светильники: "Luminaires",
  Лампы: "Lamps",
  "Кабель и провод": "Cables and wires",
  "Щитовое оборудование": "Switchboards",
  "Розетки и выключатели": "Sockets and switches",
  Автоматика: "Circuit breakers",
  Электроинструмент: "Power tools",
  Крепёж: "Fasteners",
  Насосы: "Pumps",
  Трубы: "Pipes",
  "Запорная арматура": "Valves",
  Радиаторы: "Radiators",
};

const groups = createGroups().map(({ name }) => name);
const number = (random: Random, from: number, to: number): string => String(random.integer(from, to));

/** The other spaces' rows of pages, whose facts differ from page to page. */
export function englishSeries(company: Company, random: Random): Draft[] {
  const guides = groups.flatMap((group, at): Draft[] => {
    const own = random.fork(`guide ${group}`);
    const name = ENGLISH_GROUPS[group] ?? group;
    return [
      {
        key: `guide-en-${at + 1}`,
        parent: "kb-home",
        title: `${name}: selection guide`,
        labels: ["guide"],
        body:
          section("Sizing", `Allow a margin of at least ${number(own, 10, 40)} % over the calculated load for ${name.toLowerCase()}.`) +
          section("Ordering", `The minimum order is ${own.integer(1, 20) * 10} pieces, lead time ${number(own, 5, 35)} days.`),
      },
      {
        key: `faq-en-${at + 1}`,
        parent: "kb-home",
        title: `${name}: frequently asked questions`,
        labels: ["faq"],
        body:
          macro(
            "expand",
            { title: "Can I get a sample?" },
            { rich: paragraphs(`Samples are lent for ${number(own, 5, 21)} days against a deposit.`) },
          ) + paragraphs(`Spare parts are kept for ${number(own, 3, 10)} years.`),
        files: at % 4 === 2 ? [htmlFile(`datasheet-${at + 1}.html`, name, "Operating temperature from -20 to +45 C")] : undefined,
      },
    ];
  });
  const incidents = Array.from({ length: 13 }, (_, at): Draft => {
    const own = random.fork(`incident ${at}`);
    return {
      key: `incident-${at + 1}`,
      parent: "kb-home",
      title: `Incident review ${dayAfter(company.anchor, -23 * (at + 1))}`,
      labels: ["incident"],
      body:
        section(
          "What happened",
          `${own.pick(["The price feed", "The order import", "The warehouse scanner gateway", "The customer portal"])} was down for ${number(own, 12, 240)} minutes.`,
        ) +
        section("Cause", `The cause was ${own.pick(["an expired certificate", "a full disk", "a changed field name", "a slow query"])}.`) +
        section("Follow-up", `We check it every ${number(own, 5, 60)} minutes now.`),
    };
  });
  return [...guides, ...incidents];
}

export function hrSeries(random: Random): Draft[] {
  const posts = [
    "Менеджер по продажам",
    "Кладовщик",
    "Водитель-экспедитор",
    "Бухгалтер",
    "Инженер-электрик",
    "Закупщик",
    "Аналитик",
    "Оператор склада",
    "Маркетолог",
    "Специалист по тендерам",
  ] as const;
  return posts.flatMap((post, at): Draft[] => {
    const own = random.fork(`post ${post}`);
    return [
      {
        key: `vacancy-${at + 1}`,
        parent: "hr-home",
        title: `Вакансия: ${post}`,
        labels: ["vacancy"],
        body: paragraphs(
          `Оклад от ${number(own, 60, 120)} 000 ₽, испытательный срок ${counted(own.integer(1, 3), "месяц", "месяца", "месяцев")}. Закрыть до ${number(own, 1, 28)}-го числа.`,
        ),
      },
      {
        key: `job-${at + 1}`,
        parent: "hr-home",
        title: `Должностная инструкция: ${post}`,
        labels: ["instruction"],
        body:
          section(
            "Обязанности",
            `${post} отвечает за свой участок и готовит отчёт раз в ${counted(own.integer(1, 4), "неделю", "недели", "недель")}.`,
          ) +
          section(
            "Подчинение",
            `Подчиняется руководителю отдела, замещает коллегу до ${counted(own.integer(5, 20), "дня", "дней", "дней")}.`,
          ),
      },
      {
        key: `assessment-${at + 1}`,
        parent: "hr-home",
        title: `Аттестация: ${post}`,
        labels: ["assessment"],
        viewers: at % 2 === 0 ? { users: [own.pick(["vera", "boris", "galina"])], groups: [] } : undefined,
        body: paragraphs(
          `Проходной балл — ${number(own, 60, 85)} из 100, пересдача через ${counted(own.integer(14, 60), "день", "дня", "дней")}.`,
        ),
      },
    ];
  });
}

export function financeSeries(company: Company, random: Random): Draft[] {
  return Array.from({ length: 28 }, (_, at): Draft => {
    const own = random.fork(`budget ${at}`);
    const month = dayAfter(company.anchor, -30 * at).slice(0, 7);
    const kind = at % 2 === 0 ? "Бюджет" : "План-факт";
    return {
      key: `budget-${at + 1}`,
      parent: "finance-home",
      title: `${kind} на ${month} № ${at + 1}`,
      labels: ["budget"],
      body:
        table([
          ["Статья", "Сумма"],
          ["Закупки", `${own.integer(40, 90) * 100} 000 ₽`],
          ["Реклама", `${own.integer(10, 60) * 10} 000 ₽`],
          ["Аренда", `${own.integer(60, 110) * 10} 000 ₽`],
        ]) + paragraphs(`Отклонение от плана не должно превышать ${number(own, 3, 12)} %.`),
    };
  });
}

export function companySeries(company: Company, random: Random): Draft[] {
  const topics = [
    "Охрана труда",
    "Пожарная безопасность",
    "Пропускной режим",
    "Делопроизводство",
    "Закупки для офиса",
    "Служебный транспорт",
    "Обучение сотрудников",
    "Корпоративная связь",
    "Архивное хранение",
    "Работа с персональными данными",
  ] as const;
  const regulations = company.departments.flatMap((department) =>
    topics.map((topic): Draft => {
      const own = random.fork(`${department.key} ${topic}`);
      return {
        key: `regulation-${department.key}-${topics.indexOf(topic) + 1}`,
        parent: "company-home",
        title: `${topic}: регламент подразделения «${department.name}»`,
        labels: ["regulation"],
        body:
          section(
            "Ответственный",
            `Отвечает руководитель подразделения «${department.name}», журнал ведётся ${own.pick(["ежедневно", "раз в неделю", "раз в месяц"])}.`,
          ) +
          section(
            "Порядок",
            `Инструктаж — каждые ${counted(own.integer(2, 12), "месяц", "месяца", "месяцев")}, срок хранения документов ${counted(own.integer(1, 10), "год", "года", "лет")}.`,
            `Нарушение рассматривается за ${counted(own.integer(2, 10), "рабочий день", "рабочих дня", "рабочих дней")}.`,
          ),
      };
    }),
  );
  const orders = Array.from({ length: 28 }, (_, at): Draft => {
    const own = random.fork(`order ${at}`);
    const day = dayAfter(company.anchor, -17 * (at + 1));
    return {
      key: `order-${at + 1}`,
      parent: "company-home",
      title: `Приказ № ${140 - at} от ${day}`,
      labels: ["order"],
      body:
        paragraphs(
          `С ${dayAfter(day, 7)} ${own.pick(["изменить график работы склада", "назначить ответственного за сверку", "провести проверку договоров", "обновить прайс-лист", "ввести новую форму отчёта"])}; срок исполнения ${counted(own.integer(5, 30), "день", "дня", "дней")}.`,
        ) + `<p>Контроль: ${person(own.pick(HOLDERS))}</p>`,
    };
  });
  return [...regulations, ...orders];
}

export function projectSeries(random: Random): Draft[] {
  const names = ["Полюс", "Комета", "Маяк", "Рассвет", "Зенит", "Вега", "Орбита", "Спектр"] as const;
  return names.flatMap((name, at): Draft[] => {
    const own = random.fork(`project ${name}`);
    const key = `project-${at + 1}`;
    const closed = at % 4 === 3 ? { users: [own.pick(HOLDERS)], groups: ["managers"] } : undefined;
    return [
      {
        key,
        parent: "projects-home",
        title: `Проект «${name}»`,
        labels: ["project"],
        viewers: closed,
        body:
          paragraphs(
            `Цель проекта «${name}» — ${own.pick(["сократить срок отгрузки", "запустить интернет-заказы", "обновить парк машин", "снизить остатки"])}. Бюджет ${own.integer(5, 90) * 100} 000 ₽.`,
          ) + macro("gantt", {}, { rich: paragraphs("График на квартал") }),
      },
      {
        key: `${key}-risks`,
        parent: key,
        title: `«${name}»: риски`,
        labels: ["project"],
        body: list([`Срыв срока на ${counted(own.integer(5, 40), "день", "дня", "дней")}`, `Рост стоимости на ${number(own, 4, 25)} %`]),
      },
      {
        key: `${key}-status`,
        parent: key,
        title: `«${name}»: статус`,
        labels: ["project", "report"],
        body:
          status(own.pick(["В работе", "Есть риски", "Завершён"])) +
          paragraphs(`Готовность ${number(own, 10, 100)} %, следующий этап через ${counted(own.integer(5, 45), "день", "дня", "дней")}.`),
      },
    ];
  });
}
