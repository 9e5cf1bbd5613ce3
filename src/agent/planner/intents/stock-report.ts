import { filled, type Intent } from "../intent.js";
import { stem } from "../../../text/names.js";

/** «остатки насосов», «сколько кабеля на складе в Казани», "is … in stock?" */
export const stockReport: Intent = {
  name: "stock-report",
  kind: "read",
  vocabulary: {
    remains:
      "остаток, остатки, остатка, остатков, остаткам, остаткам, осталось, остался, осталась, остались, наличие, наличии, запас, запасы, запасов, хватит, хватает, остаточки, имеется, stock, stocks, inventory, left, available, availability, on hand, remaining, в закромах, на складах есть, свободно, =доступно, =доступны, в резерве, остается, имеются, закончились, закончился, закончилась, кончились, кончился, кончилась, завалялось, валяется, лежит, лежат, хранится на складе, out of stock, left over, supply of, run out, running low, leftover, stocked, qty",
    "in-being": "есть, есть ли, имеется, do we have, do you have, have we, got any, any",
    goods: "товар, товара, товаров, товары, продукция, goods, items, products, штук, шт",
  },
  cues: [
    [6, "remains"],
    [4, "asks-how-many", "warehouse"],
    [4, "asks-what", "warehouse"],
    [4, "warehouse", "!warehouses", "!sales"],
    [1, "warehouses", "!sales"],
    [3, "stock", "asks-how-many"],
    [
      4,
      "asks-how-many",
      "#name",
      "!sales",
      "!deal",
      "!client",
      "!day",
      "!document",
      "!contacted",
      "!sync",
      "!lead",
      "!task",
      "!subject",
      "!trend",
    ],
    [2, "asks-how-many", "#name", "in-being"],
    [
      4,
      "begins:in-being",
      "#name",
      "!#capital",
      "!client",
      "!document",
      "!deal",
      "!sales",
      "!happened",
      "!rule",
      "!subject",
      "!system",
      "!#system",
    ],
    [1, "goods", "remains"],
    [-5, "sales", "!remains"],
    [-4, "sales"],
    [-3, "document"],
    [-6, "remind"],
    [-6, "task"],
    [-6, "note"],
    [-6, "write-down"],
    [-6, "how-to"],
    [-4, "deal"],
    [-6, "lead"],
    [-3, "by:warehouse"],
  ],
  build(clause, memory, prior) {
    const phrases = clause.phrases();
    const item = (one: (typeof phrases)[number]) => !isWarehouse(one);
    // "остаток гвоздей на центральном": an adjective alone is the warehouse's, where goods are named besides.
    const described = (phrase: (typeof phrases)[number]) =>
      phrases.length > 1 && /^(на|в)$/.test(phrase.preposition) && /(?:н|ск)(?:ом|ой)$/.test(phrase.text);
    const isWarehouse = (phrase: (typeof phrases)[number]) =>
      phrase.lead.has("warehouse") ||
      phrase.next.has("warehouse") ||
      described(phrase) ||
      (/^(в|во|на|in|at)$/.test(phrase.preposition) && phrase.capital && !/\d/.test(phrase.text));
    const warehouse = phrases.find(isWarehouse);
    const goods = phrases.filter(item);
    const thing = goods.find(({ preposition }) => /^(по|of|for|от|с)?$/.test(preposition)) ?? goods[0];
    const same = memory.client !== undefined && thing !== undefined && stem(thing.text) === stem(memory.client);
    const spoken = clause.has("elliptic") && warehouse === undefined ? memory.item : undefined;
    return {
      kind: "call",
      input: filled({
        ...prior,
        item: (same ? undefined : thing?.text) ?? prior.item ?? spoken,
        warehouse: warehouse?.text ?? prior.warehouse,
      }),
    };
  },
};
