import type { Company } from "../company.js";
import { dayAfter } from "../company.js";
import type { Random } from "../random.js";
import { createGroups, WAREHOUSES } from "../sales/goods.js";
import { counted } from "./counted.js";
import { csvFile, markdownFile, pdfFile } from "./files.js";
import { contents, heading, included, info, list, macro, pageLink, paragraphs, person, section, status, table, task } from "./markup.js";
import type { Draft } from "./types.js";

const HOLDERS = ["anna", "boris", "vera", "dmitry", "elena", "galina", "igor", "kirill"] as const;
const groups = createGroups().map(({ name }) => name);
const number = (random: Random, from: number, to: number): string => String(random.integer(from, to));

/** Rows of pages of one kind, whose facts differ from page to page. Each function makes the pages of one space. */
export function salesSeries(company: Company, random: Random): Draft[] {
  const prices = groups.map((group, at): Draft => {
    const own = random.fork(`price ${group}`);
    const limit = number(own, 4, 15);
    return {
      key: `price-rules-${at + 1}`,
      parent: "sales-home",
      title: `Правила ценообразования: ${group}`,
      labels: ["price"],
      body:
        contents() +
        section("Наценка", `Минимальная наценка по группе «${group}» — ${number(own, 14, 38)} %. Ниже её счёт не выставляется.`) +
        section(
          "Скидки",
          `Наибольшая скидка для оптовых клиентов — ${limit} %, при заказе от ${own.integer(2, 12) * 50} 000 ₽.`,
          `Цены пересматриваются раз в ${counted(own.integer(2, 6), "неделю", "недели", "недель")} по прайсу поставщика.`,
        ) +
        pageLink("Порядок согласования скидок"),
      files:
        at % 3 === 0
          ? [
              csvFile(`прайс-${at + 1}.csv`, "Оптовая колонка", [
                ["Группа", "Скидка"],
                [group, `${limit} %`],
              ]),
            ]
          : undefined,
    };
  });
  const segments = company.segments.map((segment, at): Draft => {
    const own = random.fork(`segment ${segment}`);
    return {
      key: `segment-${at + 1}`,
      parent: "sales-home",
      title: `Работа с сегментом «${segment}»`,
      labels: ["clients"],
      body:
        section(
          "Кому и что",
          `Клиентам сегмента «${segment}» чаще всего нужны ${own.shuffled(groups).slice(0, 3).join(", ").toLowerCase()}.`,
          `Первый звонок — в течение ${counted(own.integer(15, 120), "минуты", "минут", "минут")} после заявки, встреча — за ${counted(own.integer(2, 7), "рабочий день", "рабочих дня", "рабочих дней")}.`,
        ) +
        list([
          `Средний чек ориентировочно ${own.integer(4, 30) * 10} 000 ₽`,
          `Повторный контакт через ${counted(own.integer(10, 40), "день", "дня", "дней")}`,
        ]),
    };
  });
  const meetings = Array.from({ length: 24 }, (_, at): Draft => {
    const own = random.fork(`meeting ${at}`);
    const day = dayAfter(company.anchor, -7 * (at + 1));
    const client = own.pick(company.clients.slice(5, 80)).shortName;
    const [left = "", right = ""] = own.shuffled(HOLDERS);
    return {
      key: `sales-meeting-${String(at + 1).padStart(2, "0")}`,
      parent: "sales-home",
      title: `Планёрка отдела продаж ${day}`,
      labels: ["meeting"],
      author: left,
      body:
        `<p>Участники: ${person(left)}, ${person(right)}. <time datetime="${day}"/></p>` +
        heading("Решили") +
        list([
          `По клиенту «${client}» подготовить предложение до ${dayAfter(day, 4)}, скидка не выше ${number(own, 3, 11)} %.`,
          `План недели — ${own.integer(18, 60) * 100} 000 ₽.`,
          `Просрочку старше ${counted(own.integer(15, 45), "дня", "дней", "дней")} передать юристу.`,
        ]) +
        task(`Собрать остатки по группе «${own.pick(groups)}»`, right, own.chance(0.5), 1),
    };
  });
  return [...prices, ...segments, ...meetings];
}

export function logisticsSeries(company: Company, random: Random): Draft[] {
  const delivery = company.regions.map((region, at): Draft => {
    const own = random.fork(`delivery ${region}`);
    return {
      key: `delivery-${at + 1}`,
      parent: "log-home",
      title: `Доставка: ${region}`,
      labels: ["delivery"],
      body:
        section(
          "Сроки и цена",
          `Доставка по направлению «${region}» занимает ${counted(own.integer(1, 9), "день", "дня", "дней")}. Бесплатно при заказе от ${own.integer(3, 20) * 10} 000 ₽, иначе ${own.integer(9, 60) * 100} ₽.`,
          `Машина выходит в рейс по ${own.pick(["понедельникам", "вторникам", "средам", "четвергам"])} и пятницам, заявки — до ${number(own, 12, 16)}:00 накануне.`,
        ) + info(`Ожидание на выгрузке свыше ${counted(own.integer(30, 90), "минуты", "минут", "минут")} оплачивает клиент.`),
    };
  });
  const perWarehouse = WAREHOUSES.flatMap(({ name }, at): Draft[] => {
    const own = random.fork(`warehouse ${name}`);
    const rule = (key: string, what: string, body: string): Draft => ({
      key: `${key}-${at + 1}`,
      parent: "log-home",
      title: `${name}: ${what}`,
      labels: ["warehouse"],
      body,
    });
    return [
      rule(
        "hours",
        "часы работы и пропуск",
        paragraphs(
          `Отгрузка с ${number(own, 7, 9)}:00 до ${number(own, 17, 20)}:00, обед с 13:00 до 13:${own.pick(["30", "45"])}. Пропуск на машину заказывают за ${counted(own.integer(2, 24), "час", "часа", "часов")}.`,
        ),
      ),
      rule(
        "receiving",
        "приёмка товара",
        paragraphs(
          `Приёмка одной машины — не дольше ${counted(own.integer(40, 120), "минуты", "минут", "минут")}. Пересчёт выборочный, ${number(own, 10, 30)} % мест.`,
        ) +
          list([
            "Расхождения оформляются актом сразу",
            `Фото повреждений хранятся ${counted(own.integer(90, 365), "день", "дня", "дней")}`,
          ]),
      ),
      rule(
        "storage",
        "условия хранения",
        paragraphs(
          `Температура от ${number(own, 5, 12)} до ${number(own, 22, 28)} °C, влажность не выше ${number(own, 60, 75)} %. Высота штабеля — ${counted(own.integer(2, 5), "ярус", "яруса", "ярусов")}.`,
        ),
      ),
      rule(
        "inventory",
        "инвентаризация",
        paragraphs(
          `Полная инвентаризация — раз в ${counted(own.integer(3, 12), "месяц", "месяца", "месяцев")}, допустимое расхождение 0,${own.integer(1, 9)} % от стоимости остатка.`,
        ),
      ),
    ];
  });
  const packing = groups.map((group, at): Draft => {
    const own = random.fork(`packing ${group}`);
    return {
      key: `packing-${at + 1}`,
      parent: "log-home",
      title: `Упаковка и маркировка: ${group}`,
      labels: ["instruction"],
      body:
        paragraphs(
          `Товары группы «${group}» упаковывают по ${counted(own.integer(4, 60), "месту", "места", "мест")} на паллету, вес брутто до ${own.integer(20, 90) * 10} кг.`,
          `Знак «${own.pick(["Хрупкое", "Верх", "Беречь от влаги"])}» наносится с ${counted(own.integer(2, 4), "стороны", "сторон", "сторон")}.`,
        ) + macro("tip", {}, { rich: paragraphs("Ярлык клеится на короткую сторону.") }),
      files: at % 4 === 0 ? [markdownFile(`упаковка-${at + 1}.md`, group, "Стрейч-плёнка в четыре слоя")] : undefined,
    };
  });
  const reports = Array.from({ length: 16 }, (_, at): Draft => {
    const own = random.fork(`log report ${at}`);
    const month = dayAfter(company.anchor, -30 * (at + 1)).slice(0, 7);
    return {
      key: `log-report-${at + 1}`,
      parent: "log-home",
      title: `Отчёт логистики за ${month}`,
      labels: ["report"],
      body:
        table([
          ["Показатель", "Значение"],
          ["Рейсов", number(own, 60, 160)],
          ["Вовремя", `${number(own, 86, 99)} %`],
          ["Повреждений", number(own, 0, 9)],
        ]) + paragraphs(`Главная причина задержек — ${own.pick(["погода", "очередь на выгрузке", "поздние заявки", "ремонт машины"])}.`),
    };
  });
  return [...delivery, ...perWarehouse, ...packing, ...reports];
}

export function productSeries(random: Random): Draft[] {
  return groups.flatMap((group, at): Draft[] => {
    const own = random.fork(`product ${group}`);
    const page = (key: string, title: string, labels: string[], body: string, files?: Draft["files"]): Draft => ({
      key: `${key}-${at + 1}`,
      parent: "prod-home",
      title,
      labels,
      body,
      files,
    });
    const years = own.integer(1, 5);
    const inEnglish = years === 1 ? "1 year" : `${years} years`;
    return [
      page(
        "guide",
        `${group}: как выбрать`,
        ["guide"],
        contents() +
          section(
            "С чего начать",
            `Для выбора товара группы «${group}» узнайте у клиента ${own.shuffled(["напряжение", "температуру среды", "место установки", "длину линии", "расход"]).slice(0, 3).join(", ")}.`,
          ) +
          section("Запас", `Берите запас не меньше ${number(own, 10, 35)} % от расчётного значения.`),
      ),
      page(
        "mounting",
        `${group}: монтаж и подключение`,
        ["instruction"],
        heading("Порядок") +
          list([
            `Отключить питание и воду не менее чем на ${counted(own.integer(5, 30), "минуту", "минуты", "минут")}`,
            `Отступ от стены — ${number(own, 5, 40)} см`,
            `Момент затяжки — ${number(own, 2, 25)} Н·м`,
          ]) +
          macro("warning", {}, { rich: paragraphs("Работы выполняет специалист с допуском не ниже III группы.") }),
      ),
      page(
        "warranty",
        `${group}: гарантия`,
        ["warranty"],
        paragraphs(
          `Гарантийный срок на группу «${group}» — ${counted(years, "год", "года", "лет")} со дня отгрузки. Ремонт занимает до ${counted(own.integer(7, 30), "дня", "дней", "дней")}.`,
          `Гарантия не действует при ${own.pick(["вскрытии корпуса", "следах воды", "неверном монтаже"])}.`,
        ),
        at % 3 === 1
          ? [pdfFile(`warranty-${at + 1}.pdf`, `Warranty ${inEnglish}`, ["Warranty card", `Warranty ${inEnglish} from shipment.`])]
          : undefined,
      ),
      page(
        "faq",
        `${group}: частые вопросы`,
        ["faq"],
        macro(
          "expand",
          { title: "Есть ли аналоги?" },
          {
            rich: paragraphs(
              `Аналог подбирает инженер за ${counted(own.integer(1, 3), "день", "дня", "дней")}, артикул указывают в заявке.`,
            ),
          },
        ) +
          macro(
            "expand",
            { title: "Можно ли образец?" },
            { rich: paragraphs(`Образец выдаётся на ${counted(own.integer(5, 21), "день", "дня", "дней")} под расписку.`) },
          ),
      ),
      page(
        "suppliers",
        `${group}: поставщики и сроки`,
        ["suppliers"],
        paragraphs(
          `Поставщик отгружает группу «${group}» за ${counted(own.integer(5, 28), "день", "дня", "дней")}, минимальная партия ${own.integer(2, 30) * 10} штук.`,
        ) + status("Проверено"),
      ),
      page(
        "complaints",
        `${group}: разбор рекламаций`,
        ["quality"],
        table([
          ["Причина", "Доля"],
          ["Брак", `${number(own, 20, 60)} %`],
          ["Монтаж", `${number(own, 10, 30)} %`],
          ["Доставка", `${number(own, 5, 15)} %`],
        ]) + included(`${group}: гарантия`),
      ),
    ];
  });
}
