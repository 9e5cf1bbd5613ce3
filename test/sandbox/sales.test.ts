import { describe, expect, it } from "vitest";
import { createCompany } from "../../src/sandbox/company.js";
import { createSales, type Sales, type TradeLine } from "../../src/sandbox/sales.js";

const ANCHOR = "2026-11-20";
const company = createCompany({ anchor: ANCHOR });
const sales = createSales(company);

const sumOf = (lines: readonly TradeLine[]): number => lines.reduce((sum, line) => sum + (line.cancelled ? 0 : line.sum), 0);

function revenue(of: Sales, matches: (line: TradeLine, at: string, warehouse: number, client: number) => boolean): number {
  let sum = 0;
  for (const { at, lines, warehouse, client } of of.shipments)
    for (const line of lines) if (matches(line, at, warehouse, client)) sum += line.sum;
  return sum;
}

describe("the sales of the invented company", () => {
  it("are the same for the same seed and others for another one", () => {
    const again = createSales(createCompany({ anchor: ANCHOR }));
    expect(JSON.stringify(again.shipments)).toBe(JSON.stringify(sales.shipments));
    expect(JSON.stringify(createSales(company, { seed: "other" }).shipments)).not.toBe(JSON.stringify(sales.shipments));
  });

  it("have 200 items in 12 groups with codes as 1C numbers them", () => {
    expect(sales.items).toHaveLength(200);
    expect(sales.groups).toHaveLength(12);
    expect(sales.items[0]?.code).toBe("УТ-00000001");
    expect(new Set(sales.items.map(({ name }) => name)).size).toBe(200);
    expect(sales.groups.map(({ name }) => name)).toEqual(expect.arrayContaining(["Насосы", "Трубы", ...company.productGroups]));
  });

  it("cover 36 months up to the anchor day and nothing after it", () => {
    const months = new Set(sales.shipments.map(({ at }) => at.slice(0, 7)));
    expect(months.size).toBe(36);
    expect([...months].sort()[0]).toBe("2023-12");
    const last = [sales.shipments, sales.orders, sales.purchases, sales.payments].map((list) => list.at(-1)?.at ?? "");
    for (const at of last) expect(at < `${ANCHOR}T12:00:00`).toBe(true);
  });

  it("add up: a document's total is the sum of its lines that were not called off", () => {
    for (const one of [...sales.shipments, ...sales.orders, ...sales.purchases]) expect(one.total).toBe(sumOf(one.lines));
    expect(sales.orders.some(({ lines }) => lines.some(({ cancelled }) => cancelled))).toBe(true);
  });

  it("never sell what is not in stock", () => {
    const moves = [
      ...sales.openings.flatMap(({ at, warehouse, lines }) =>
        lines.map((line) => ({ at, warehouse, item: line.item, quantity: line.quantity })),
      ),
      ...sales.purchases.flatMap(({ at, warehouse, lines }) =>
        lines.map((line) => ({ at, warehouse, item: line.item, quantity: line.quantity })),
      ),
      ...sales.shipments.flatMap(({ at, warehouse, lines }) =>
        lines.map((line) => ({ at, warehouse, item: line.item, quantity: -line.quantity })),
      ),
    ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    const stock = new Map<string, number>();
    for (const { item, warehouse, quantity } of moves) {
      const left = (stock.get(`${item}/${warehouse}`) ?? 0) + quantity;
      expect(left).toBeGreaterThanOrEqual(0);
      stock.set(`${item}/${warehouse}`, left);
    }
    expect([...stock.values()].filter((left) => left === 0).length).toBeGreaterThan(3);
  });

  it("grow over the years and follow the seasons", () => {
    const year = (from: string, to: string) => revenue(sales, (_, at) => at >= from && at < to);
    expect(year("2025-11", "2026-11")).toBeGreaterThan(year("2024-11", "2025-11") * 1.1);
    const pumps = sales.groups.findIndex(({ name }) => name === "Насосы");
    const inMonths = (months: readonly string[]) =>
      revenue(
        sales,
        (line, at) => sales.items[line.item]?.group === pumps && months.includes(at.slice(5, 7)) && !at.startsWith("2026-04-16"),
      );
    expect(inMonths(["05", "06"])).toBeGreaterThan(inMonths(["01", "12"]) * 1.5);
  });

  it("carry six planted anomalies that a reader of the figures can find", () => {
    const of = (id: string) => {
      const found = sales.plantedAnomalies.find((one) => one.id === id);
      if (!found) throw new Error(id);
      return found;
    };
    expect(sales.plantedAnomalies).toHaveLength(6);
    const group = (name: string) => sales.groups.findIndex((one) => one.name === name);

    const failure = of("supply-failure");
    const pipes = (month: string) =>
      revenue(sales, (line, at) => at.startsWith(month) && sales.items[line.item]?.group === group(failure.name));
    expect(pipes(failure.from.slice(0, 7))).toBeLessThan(pipes("2025-09") * 0.4);

    const closed = of("warehouse-closed");
    const warehouse = sales.warehouses.findIndex(({ name }) => name === closed.name);
    expect(revenue(sales, (_, at, where) => where === warehouse && at >= closed.from && at.slice(0, 10) <= closed.to)).toBe(0);
    expect(revenue(sales, (_, at, where) => where === warehouse && at.startsWith("2026-07"))).toBeGreaterThan(0);

    const lost = of("lost-customer");
    const client = company.clients.findIndex(({ shortName }) => shortName === lost.name);
    expect(revenue(sales, (_, at, _where, who) => who === client && at >= lost.from)).toBe(0);
    expect(revenue(sales, (_, at, _where, who) => who === client && at < lost.from)).toBeGreaterThan(0);

    const bulk = of("bulk-order");
    const item = sales.items.findIndex(({ name }) => name === bulk.name);
    const sold = (month: string) =>
      sales.shipments
        .filter(({ at }) => at.startsWith(month))
        .flatMap(({ lines }) => lines)
        .filter((line) => line.item === item)
        .reduce((sum, { quantity }) => sum + quantity, 0);
    expect(sold("2026-04")).toBeGreaterThan(sold("2026-03") * 3);

    const mistake = of("price-mistake");
    const cheap = sales.items.findIndex(({ name }) => name === mistake.name);
    const prices = (inside: boolean) =>
      sales.shipments
        .filter(({ at }) => (at.slice(0, 10) >= mistake.from && at.slice(0, 10) <= mistake.to) === inside)
        .flatMap(({ lines }) => lines)
        .filter((line) => line.item === cheap)
        .map(({ price }) => price);
    expect(prices(true).length).toBeGreaterThan(0);
    expect(Math.max(...prices(true))).toBeLessThan(Math.min(...prices(false)));

    const jump = of("cost-jump");
    const cable = sales.items.findIndex((one) => one.group === group(jump.name));
    expect(sales.costOn(cable, jump.from)).toBeGreaterThan(sales.costOn(cable, "2026-08-15") * 1.2);
  });

  it("leave some clients in debt and Ромашка with a history", () => {
    const paid = new Map<number, number>();
    for (const { shipment, amount } of sales.payments) paid.set(shipment, (paid.get(shipment) ?? 0) + amount);
    const owed = sales.shipments.map(({ total }, at) => total - (paid.get(at) ?? 0));
    expect(Math.min(...owed)).toBeGreaterThanOrEqual(0);
    expect(sales.shipments.some(({ payBy }, at) => (owed[at] ?? 0) > 0 && payBy < ANCHOR)).toBe(true);
    expect(company.clients[0]?.shortName).toBe("Ромашка");
    expect(sales.shipments.filter(({ client }) => client === 0).length).toBeGreaterThan(50);
  });

  it("have plans for past months approved and for the next month in preparation", () => {
    const of = (kind: string) => sales.plans.filter((plan) => plan.kind === kind).map(({ from, status }) => [from, status]);
    expect(of("sales")).toEqual([
      ["2026-08-01", "Утвержден"],
      ["2026-09-01", "Утвержден"],
      ["2026-10-01", "Утвержден"],
      ["2026-11-01", "Утвержден"],
      ["2026-12-01", "ВПодготовке"],
    ]);
    expect(of("purchases")).toHaveLength(5);
  });
});
