import type { Clause } from "../clause.js";
import { filled, type Intent, type Memory } from "../intent.js";
import type { Phrase } from "../names.js";
import { numeralAt } from "../numerals.js";

type Split = "item" | "item-group" | "customer" | "warehouse" | "region";

/** «продажи насосов по месяцам за год», "top 5 customers by margin in 2025 as excel" */
export const salesReport: Intent = {
  name: "sales-report",
  kind: "read",
  vocabulary: {
    "measure:cost": "себестоимость, себестоимости, себес, cost, costs, cogs",
    "measure:margin":
      "маржа, маржу, маржи, маржинальность, прибыль, прибыли, наценка, рентабельность, заработали, margin, margins, profit, profits, profitability, earned, чистая прибыль, маржинальная, маржой, навар, earnings, earn, profitable, наварили, заработок",
    "measure:quantity": "количество, количестве, штук, штуках, шт, единиц, quantity, units, pieces, how many units",
    "measure:orders": "заказ, заказы, заказов, заказам, заказано, orders",
    "measure:purchases":
      "закупка, закупки, закупок, закупкам, закупали, закупили, purchases, purchasing, procurement, закупались, поставщиков, закупочные, закупались, buy from suppliers, supplies",
    "by:item":
      "по товарам, по товару, по номенклатуре, по позициям, по продуктам, какие товары, какой товар, товаров, товары, позиций, продуктов, номенклатура, by item, by items, by product, by products, by sku, products, items, per item, per product, which products",
    "by:item-group":
      "по группам, по категориям, по группам товаров, по товарным группам, по видам, by group, by item group, by category, by categories, by product group, by groups, item groups, per category, категорий, группы товаров",
    "by:customer":
      "по клиентам, по покупателям, по контрагентам, по заказчикам, клиентов, покупателей, больше всех, кто купил, by customer, by customers, by client, by clients, customers, clients, buyers, per customer, per client, какие клиенты, какой клиент, which customers, which clients, which customer",
    "by:warehouse":
      "по складам, by warehouse, by warehouses, warehouses, per warehouse, складов, с какого склада, какой склад, which warehouse, which warehouses",
    "by:region":
      "по регионам, по областям, по городам, регионов, by region, by regions, per region, regions, by city, в каком регионе, какой регион, в каких регионах, какие регионы, which region, which regions, what region",
    region: "регион, регионе, регионам, регионов, область, области, region, regions, край, крае, город, городе",
    group: "группа, группе, группы, группу, категория, категории, категорию, group, category",
    "step:day": "по дням, =ежедневно, =подневно, =daily, by day, per day, day by day",
    "step:week": "по неделям, =еженедельно, =понедельно, =weekly, by week, per week",
    "step:month": "по месяцам, =помесячно, =ежемесячно, =monthly, by month, per month, month by month",
    "step:quarter": "по кварталам, =поквартально, =ежеквартально, =quarterly, by quarter, per quarter",
    "step:year": "по годам, =yearly, by year, per year, =ежегодно",
    top: "топ, лучший, лучших, лучшие, крупнейший, крупнейших, самый, самых, самые, хит, хиты, top, best, biggest, largest, bestselling, лидер, лидеры, больше всего, лучше всего, наибольший, наибольшие, популярные, популярный, рейтинг, ходовые, ходовой, most popular, leading, highest, rank, ranking, bestseller, bestsellers",
    chart: "график, графика, графиком, график продаж, диаграмма, диаграммы, chart, graph, plot, картинка, картинки",
    spreadsheet:
      "excel, эксель, экселе, экселем, экселька, xlsx, xls, таблица, таблицей, таблицу, spreadsheet, выгрузи, выгрузка, выгрузить, export, exported, файликом, файлом, выгрузкой, csv, табличкой, табличку, табличка, as a table, sheet",
    comparison: "сравнение, сравнения, сравнивай, сравни, сравнить, compare, comparison, comparing, comparisons",
    trend:
      "динамика, динамику, тренд, тренды, trend, trends, dynamics, отчет, отчета, отчеты, аналитика, статистика, report, stats, statistics, figures, показатели, расклад, разбивка, разбивку, разбивкой, сводка, сводку, срез, обзор, картина, картину, цифры, цифрам, данные по продажам, ход, рост, падение, просадка, progress, split, breakdown, broken down, overview, summary of, numbers, growth, performance, how did we do, как идут, идут, отработали, поработали, сработали",
    bought:
      "купил, купила, купили, покупал, покупали, покупает, закупил, закупала, взяли, bought, buy, buys, purchased, buying, берет, брал, брала, брали, заказал, заказывал, заказывала, заказывали, заказала, order, ordered, принес, принесла, принесли, приносит, brought, bring in, brings",
    sold: "продали, продано, продаем, продавали, sell, sold, selling, =ушло, ушло, реализовали, отгрузили, отгружено, продалось, продавалось, ship, shipped",
  },
  cues: [
    [6, "sales"],
    [6, "measure:margin"],
    [5, "measure:cost"],
    [6, "measure:purchases"],
    [5, "measure:orders"],
    [4, "measure:quantity", "sales"],
    [2, "measure:quantity"],
    [3, "trend"],
    [2, "trend", "sales"],
    [4, "top", "by:item"],
    [4, "top", "by:customer"],
    [2, "by:region"],
    [2, "by:customer"],
    [2, "by:item"],
    [2, "by:item-group"],
    [1, "#period"],
    [2, "spreadsheet"],
    [2, "chart"],
    [2, "comparison"],
    [-4, "task"],
    [-4, "remind"],
    [-3, "note"],
    [-3, "lead", "create"],
    [-5, "asks-how"],
    [4, "asks-how", "#period"],
    [4, "asks-how", "trend"],
    [2, "asks-how", "sold"],
    [-2, "document"],
    [-3, "deal"],
    [-4, "write-down"],
  ],
  build(clause, memory, prior) {
    const measures = ["cost", "margin", "quantity", "orders", "purchases"] as const;
    const where = filtersOf(clause, memory);
    const splits = ["item-group", "item", "customer", "warehouse", "region"] as const;
    const by = splits.find((one) => clause.has(`by:${one}`) && !(one === "item" && clause.has("by:item-group")));
    const counted =
      clause.has("asks-how-many") && clause.has("sold") && where.some(({ split }) => split === "item" || split === "item-group");
    const measure =
      measures.find((one) => clause.has(`measure:${one}`)) ??
      (counted ? "quantity" : clause.has("sales") && prior.measure !== undefined ? "revenue" : undefined);
    const steps = ["day", "week", "month", "quarter", "year"] as const;
    const period = clause.period;
    const off = (concept: string) => {
      const at = clause.find(concept);
      return at > 0 && clause.words.slice(Math.max(0, at - 3), at).some(({ means }) => means.has("not"));
    };
    return {
      kind: "call",
      input: filled({
        ...prior,
        measure: measure ?? prior.measure,
        ...(period ? { from: period.from, to: period.to } : {}),
        step: steps.find((one) => clause.has(`step:${one}`)) ?? prior.step,
        by: by && !where.some(({ split }) => split === by) ? by : prior.by,
        where: where.length > 0 ? where : prior.where,
        compare: off("comparison") ? false : prior.compare,
        chart: off("chart") ? false : clause.has("chart") && prior.chart === false ? true : prior.chart,
        spreadsheet: clause.has("spreadsheet") && !off("spreadsheet") ? true : prior.spreadsheet,
        top: topOf(clause) ?? prior.top,
      }),
    };
  },
};

function topOf(clause: Clause): number | undefined {
  const at = clause.find("top");
  if (at < 0) return undefined;
  for (const place of [at + 1, at - 1]) {
    const numeral = place >= 0 ? numeralAt(clause.words, clause.words[at + 1]?.text === "-" && place > at ? at + 2 : place) : undefined;
    const count = numeral ? Number(numeral.millionths) / 1e6 : 0;
    if (Number.isInteger(count) && count >= 1 && count <= 50) return count;
  }
  return undefined;
}

/** What the figures are narrowed to: goods, a customer, a region, a warehouse. */
function filtersOf(clause: Clause, memory: Memory): { readonly split: Split; readonly text: string }[] {
  const things = memory.last?.tool === "stock-report" && memory.item !== undefined;
  const key = clause.contact("inn") ?? (clause.has("him") && !things ? memory.clientName : undefined);
  const top = clause.find("top");
  const phrases = clause.phrases({ besides: top >= 0 ? [top + 1] : [] });
  const filters = phrases.map((phrase) => ({ split: splitOf(phrase, clause, memory), text: phrase.text, phrase }));
  // Of several things of one kind the first is meant; the rest is talk.
  const kept = filters.filter(({ split }, index) => filters.findIndex((other) => other.split === split) === index);
  return [
    ...(clause.has("him") && things && phrases.length === 0 ? [{ split: "item" as const, text: memory.item ?? "" }] : []),
    ...(key ? [{ split: "customer" as const, text: key }] : []),
    ...kept
      .filter(({ split }) => !key || split !== "customer")
      .map(({ split, text, phrase }) => ({ split, text: split === "customer" || split === "region" ? phrase.nominative : text })),
  ];
}

function splitOf(phrase: Phrase, clause: Clause, memory: Memory): Split {
  if (phrase.lead.has("warehouse") || phrase.next.has("warehouse")) return "warehouse";
  if (phrase.lead.has("region") || phrase.next.has("region")) return "region";
  if (phrase.lead.has("group") || phrase.next.has("group")) return "item-group";
  if (phrase.lead.has("client") || phrase.legal || memory.client === phrase.nominative) return "customer";
  const item = /\d|^\p{Lu}{2,}/u.test(phrase.text) || /^\p{Ll}.* \p{Lu}{2,}/u.test(phrase.text);
  if (/^(в|во|in|at)$/.test(phrase.preposition)) return phrase.capital ? "region" : "item";
  if (/^(у|с|со|для|from|with|to|for)$/.test(phrase.preposition) && !item)
    return phrase.preposition === "for" && !phrase.capital ? "item" : "customer";
  if (clause.has("bought") && !item) return "customer";
  return phrase.capital && !item ? "customer" : "item";
}
