import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Series } from "../../../src/domain/numbers.js";
import { RequestRefused } from "../../../src/domain/errors.js";
import { money, openBase, sales, sold, sumBy } from "./base.js";

let base: Awaited<ReturnType<typeof openBase>>;
beforeAll(async () => {
  base = await openBase();
});
afterAll(() => base.close());

const all = { from: sales.firstDay, to: "2026-11-20" };
const within = (from: string, to: string) => sold.filter(({ day }) => day >= from && day <= to);
const points = (series: Series | undefined) => new Map(series?.points.map(({ at, value }) => [at, value]));
const kopecks = (value: string | null) => Math.round(Number(value) * 100);
const totals = (series: readonly Series[]) =>
  new Map(series.map((one) => [one.name, one.points.reduce((sum, { value }) => sum + kopecks(value), 0)]));

describe("a measure over time", () => {
  it("gives every month of three years to the kopeck", async () => {
    const [revenue] = await base.erp.series({ measure: "revenue", period: all, step: "month" });
    const truth = sumBy(
      sold,
      ({ day }) => `${day.slice(0, 7)}-01`,
      ({ sum }) => sum,
    );
    expect(points(revenue)).toEqual(new Map([...truth].map(([at, sum]) => [at, money(sum)])));
    expect(revenue?.unit).toBe("RUB");
  });

  it("counts margin without VAT and less the cost, so that margin and cost make up the net revenue", async () => {
    const period = { from: "2026-03-01", to: "2026-03-31" };
    const [[margin], [cost]] = await Promise.all([
      base.erp.series({ measure: "margin", period, step: "month" }),
      base.erp.series({ measure: "cost", period, step: "month" }),
    ]);
    const net = within(period.from, period.to).reduce((sum, line) => sum + line.net, 0);
    expect(kopecks(margin?.points[0]?.value ?? null) + kopecks(cost?.points[0]?.value ?? null)).toBe(net);
  });

  it("counts pieces, orders, and purchases from their own places", async () => {
    const period = { from: "2026-09-01", to: "2026-09-30" };
    const [quantity, orders, purchases] = await Promise.all(
      ["quantity", "orders", "purchases"].map(async (measure) => (await base.erp.series({ measure, period, step: "month" }))[0]),
    );
    const inSeptember = ({ at }: { at: string }) => at.startsWith("2026-09");
    expect(quantity?.points[0]?.value).toBe(String(within(period.from, period.to).reduce((sum, line) => sum + line.quantity, 0)));
    expect(orders?.points[0]?.value).toBe(
      String(sales.orders.filter((order) => inSeptember(order) && order.status !== "НаСогласовании").length),
    );
    expect(purchases?.points[0]?.value).toBe(money(sales.purchases.filter(inSeptember).reduce((sum, { total }) => sum + total, 0)));
  });

  it("adds up the same days from the movements when there are too many to ask for one by one", async () => {
    const period = { from: "2026-01-10", to: "2026-04-20" };
    const [days] = await base.erp.series({ measure: "revenue", period, step: "day" });
    const truth = sumBy(
      within(period.from, period.to),
      ({ day }) => day,
      ({ sum }) => sum,
    );
    expect(days?.points).toHaveLength(101);
    expect(days?.points.every(({ at, value }) => value === money(truth.get(at) ?? 0))).toBe(true);
  });

  it("names a step by its first day and counts only the days asked for", async () => {
    const [weeks] = await base.erp.series({ measure: "revenue", period: { from: "2026-10-01", to: "2026-10-20" }, step: "week" });
    expect(weeks?.points.map(({ at }) => at)).toEqual(["2026-09-28", "2026-10-05", "2026-10-12", "2026-10-19"]);
    const first = within("2026-10-01", "2026-10-04").reduce((sum, line) => sum + line.sum, 0);
    expect(weeks?.points[0]?.value).toBe(money(first));
  });

  it("leaves a gap, and no zero, before the base's first movement and after today", async () => {
    const [revenue] = await base.erp.series({ measure: "revenue", period: { from: "2023-10-01", to: "2027-01-31" }, step: "month" });
    expect(revenue?.points.find(({ at }) => at === "2023-10-01")?.value).toBeNull();
    expect(revenue?.points.find(({ at }) => at === "2026-12-01")?.value).toBeNull();
    expect(revenue?.points.find(({ at }) => at === "2026-11-01")?.value).not.toBeNull();
  });

  it("says zero, and leaves no gap, for a day on which nothing was sold", async () => {
    const sunday = "2026-11-15";
    const [revenue] = await base.erp.series({ measure: "revenue", period: { from: sunday, to: sunday }, step: "day" });
    expect(within(sunday, sunday)).toEqual([]);
    expect(revenue?.points).toEqual([{ at: sunday, value: "0.00" }]);
  });
});

describe("a measure by its splits", () => {
  const period = { from: "2026-07-01", to: "2026-09-30" };
  const lines = within(period.from, period.to);

  it.each([
    ["item", "item"],
    ["item-group", "group"],
    ["customer", "customer"],
    ["region", "region"],
    ["warehouse", "warehouse"],
  ] as const)("splits revenue by %s to the kopeck", async (split, field) => {
    const series = await base.erp.series({ measure: "revenue", period, step: "quarter", splits: [split] });
    expect(totals(series)).toEqual(
      sumBy(
        lines,
        (line) => line[field],
        ({ sum }) => sum,
      ),
    );
  });

  it("puts the largest first and cuts the list where asked", async () => {
    const top = await base.erp.series({ measure: "revenue", period, step: "month", splits: ["customer"], top: 3 });
    const truth = [
      ...sumBy(
        lines,
        ({ customer }) => customer,
        ({ sum }) => sum,
      ),
    ]
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, 3);
    expect(top.map(({ name }) => name)).toEqual(truth.map(([name]) => name));
  });

  it("splits by two things at once", async () => {
    const series = await base.erp.series({ measure: "revenue", period, step: "quarter", splits: ["item-group", "warehouse"] });
    expect(totals(series)).toEqual(
      sumBy(
        lines,
        ({ group, warehouse }) => `${group} · ${warehouse}`,
        ({ sum }) => sum,
      ),
    );
  });

  it("filters by a customer and a section of groups, the groups below it included", async () => {
    const [romashka] = await base.erp.members("customer", "Ромашке");
    const section = sales.groups[0]?.section ?? "";
    const [folder] = await base.erp.members("item-group", section);
    const where = [
      { split: "customer", values: [romashka?.id ?? ""] },
      { split: "item-group", values: [folder?.id ?? ""] },
    ];
    const [revenue] = await base.erp.series({ measure: "revenue", period: all, step: "year", where });
    const truth = sold.filter((line) => line.customer === "Ромашка" && line.section === section);
    expect(truth.length).toBeGreaterThan(10);
    expect(
      totals(revenue ? [revenue] : [])
        .values()
        .next().value,
    ).toBe(truth.reduce((sum, line) => sum + line.sum, 0));
  });

  it("filters by a whole region of customers, more than fit into a condition", async () => {
    const region = "Казань";
    const [found] = await base.erp.members("region", region);
    const [revenue] = await base.erp.series({
      measure: "revenue",
      period,
      step: "quarter",
      where: [{ split: "region", values: [found?.id ?? ""] }],
    });
    expect(revenue?.points[0]?.value).toBe(money(lines.filter((line) => line.region === region).reduce((sum, line) => sum + line.sum, 0)));
  });

  it("refuses a split that the measure does not have, naming both", async () => {
    await expect(base.erp.series({ measure: "orders", period, step: "month", splits: ["warehouse"] })).rejects.toThrow(RequestRefused);
    await expect(base.erp.series({ measure: "orders", period, step: "month", splits: ["warehouse"] })).rejects.toThrow(
      /orders cannot be split by "warehouse"/,
    );
  });
});

describe("rows behind a figure", () => {
  it("add up to it, whatever the size of a page, and name document, item and number", async () => {
    const [romashka] = await base.erp.members("customer", "Ромашка");
    const period = { from: "2026-01-01", to: "2026-11-20" };
    const query = { measure: "revenue", period, where: [{ split: "customer", values: [romashka?.id ?? ""] }], splits: ["item"] };
    const truth = sold.filter((line) => line.customer === "Ромашка" && line.day >= period.from);
    for (const size of [7, 1000]) {
      const rows = [];
      for (let page = await base.erp.rows(query).page({ size }); ; page = await base.erp.rows(query).page({ size, from: page.next })) {
        rows.push(...page.items);
        if (!page.next) break;
      }
      expect(rows.reduce((sum, { cells }) => sum + kopecks(String(cells["revenue"])), 0)).toBe(
        truth.reduce((sum, line) => sum + line.sum, 0),
      );
      expect(rows).toHaveLength(truth.length);
      expect(rows[0]).toMatchObject({
        ref: { kind: "Document_РеализацияТоваровУслуг" },
        cells: { customer: "Ромашка", number: expect.stringMatching(/\d/) },
      });
    }
  });
});

describe("a base with habits of its own", () => {
  it("gives the same figures when its pages are short", async () => {
    const fresh = await openBase();
    fresh.server.shortenPages(37);
    const [[days], [orders]] = await Promise.all([
      fresh.erp.series({ measure: "revenue", period: { from: "2026-08-01", to: "2026-10-31" }, step: "day" }),
      fresh.erp.series({ measure: "orders", period: { from: "2026-08-01", to: "2026-08-31" }, step: "month" }),
    ]);
    await fresh.close();
    const truth = sumBy(
      within("2026-08-01", "2026-10-31"),
      ({ day }) => day,
      ({ sum }) => sum,
    );
    expect(days?.points.every(({ at, value }) => value === money(truth.get(at) ?? 0))).toBe(true);
    expect(orders?.points[0]?.value).toBe(
      String(sales.orders.filter(({ at, status }) => at.startsWith("2026-08") && status !== "НаСогласовании").length),
    );
  });

  it("finds out which quotes it takes inside a condition, and remembers", async () => {
    const fresh = await openBase({ conditionQuotes: "single" });
    const [romashka] = await fresh.erp.members("customer", "Ромашка");
    const query = { measure: "revenue", step: "month", where: [{ split: "customer", values: [romashka?.id ?? ""] }] } as const;
    const [first] = await fresh.erp.series({ ...query, period: { from: "2026-10-01", to: "2026-10-31" } });
    const refused = fresh.server.counters().refusals;
    const [second] = await fresh.erp.series({ ...query, period: { from: "2026-09-01", to: "2026-09-30" } });
    expect(fresh.server.counters().refusals).toBe(refused);
    await fresh.close();
    const truth = (month: string) =>
      money(sold.filter((line) => line.customer === "Ромашка" && line.day.startsWith(month)).reduce((sum, line) => sum + line.sum, 0));
    expect([first?.points[0]?.value, second?.points[0]?.value]).toEqual([truth("2026-10"), truth("2026-09")]);
  });
});
