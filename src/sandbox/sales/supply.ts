import { dayAfter, workingDay } from "../company.js";
import type { Random } from "../random.js";
import type { Market } from "./demand.js";
import { tradeLine } from "./demand.js";
import { WAREHOUSES } from "./goods.js";
import type { Opening, Purchase, Shipment, SupplierOrder, TradeLine } from "./types.js";

/** Nothing is kept in reserve of these pairs of item and warehouse, so that "what is out of stock" has an answer. */
const RUN_DRY_EVERY = 23;
const MONTHS_WITHOUT_RESERVE = 8;
/** The last months' purchases have the supplier order they came from. */
const MONTHS_WITH_ORDERS = 6;
const OPEN_SUPPLIER_ORDERS = 14;

export interface Supply {
  readonly openings: readonly Opening[];
  readonly purchases: readonly Purchase[];
  readonly supplierOrders: readonly SupplierOrder[];
}

/**
 * Buys what is going to be sold, at the start of each month and before the first shipment of it,
 * so that no stock is ever negative and stock = opening + purchases − shipments to the piece.
 */
export function createSupply(
  market: Market,
  random: Random,
  shipments: readonly Shipment[],
  costOn: (item: number, day: string) => number,
): Supply {
  const { months, items, groups, company } = market;
  const outflow = monthlyOutflow(market, shipments);
  const firstMonth = months[0] as string;
  const stock = new Map<number, number>();
  const openings = WAREHOUSES.map((_, warehouse): Opening => {
    const lines = items.flatMap((item, at) => {
      if (!item.stockedAt.includes(warehouse)) return [];
      const quantity = (outflow[0]?.get(pairOf(at, warehouse)) ?? 0) + random.integer(5, 40);
      stock.set(pairOf(at, warehouse), quantity);
      return [{ item: at, quantity }];
    });
    return { at: `${firstMonth}-01T00:00:00`, warehouse, lines };
  });

  const purchases: Purchase[] = [];
  const supplierOrders: SupplierOrder[] = [];
  months.forEach((month, index) => {
    const sold = outflow[index] ?? new Map<number, number>();
    groups.forEach((group, groupAt) => {
      WAREHOUSES.forEach((_, warehouse) => {
        const lines = items.flatMap((item, at): TradeLine[] => {
          if (item.group !== groupAt || !item.stockedAt.includes(warehouse)) return [];
          const pair = pairOf(at, warehouse);
          const leaves = sold.get(pair) ?? 0;
          const runsDry = index >= months.length - MONTHS_WITHOUT_RESERVE && pair % RUN_DRY_EVERY === 0;
          const reserve = runsDry ? 0 : Math.ceil(leaves * (0.3 + random.next() * 0.5)) + 2;
          const bought = Math.max(0, leaves + reserve - (stock.get(pair) ?? 0));
          stock.set(pair, (stock.get(pair) ?? 0) + bought - leaves);
          return bought === 0 ? [] : [tradeLine(at, bought, withVat(costOn(at, `${month}-01`)))];
        });
        if (lines.length === 0) return;
        const at = `${month}-01T0${random.integer(6, 8)}:${random.integer(10, 59)}:00`;
        const total = lines.reduce((sum, one) => sum + one.sum, 0);
        const withOrder = index >= months.length - MONTHS_WITH_ORDERS;
        if (withOrder) {
          const ordered = `${workingDay(dayAfter(`${month}-01`, -random.integer(5, 15)))}T11:00:00`;
          const expectedOn = `${month}-01`;
          supplierOrders.push({ at: ordered, warehouse, lines, total, supplier: group.supplier, expectedOn, received: true });
        }
        purchases.push({
          at,
          warehouse,
          lines,
          total,
          supplier: group.supplier,
          order: withOrder ? supplierOrders.length - 1 : undefined,
        });
      });
    });
  });

  for (let open = 0; open < OPEN_SUPPLIER_ORDERS; open++) {
    const groupAt = random.integer(0, groups.length - 1);
    const candidates = items.flatMap((item, at) => (item.group === groupAt && item.stockedAt.includes(0) ? [at] : []));
    const lines = random
      .shuffled(candidates)
      .slice(0, 4)
      .map((item) => tradeLine(item, random.integer(20, 120), withVat(costOn(item, company.anchor))));
    supplierOrders.push({
      at: `${workingDay(dayAfter(company.anchor, -random.integer(1, 12)))}T15:30:00`,
      warehouse: 0,
      lines,
      total: lines.reduce((sum, one) => sum + one.sum, 0),
      supplier: groups[groupAt]?.supplier ?? 0,
      expectedOn: dayAfter(company.anchor, random.integer(2, 30)),
      received: false,
    });
  }
  return { openings, purchases, supplierOrders };
}

const pairOf = (item: number, warehouse: number): number => item * WAREHOUSES.length + warehouse;
const withVat = (cost: number): number => Math.round(cost * 1.2);

function monthlyOutflow({ months }: Market, shipments: readonly Shipment[]): Map<number, number>[] {
  const indexOf = new Map(months.map((month, at) => [month, at]));
  const outflow = months.map(() => new Map<number, number>());
  for (const { at, warehouse, lines } of shipments) {
    const month = outflow[indexOf.get(at.slice(0, 7)) ?? -1];
    for (const { item, quantity } of lines) {
      const pair = pairOf(item, warehouse);
      month?.set(pair, (month.get(pair) ?? 0) + quantity);
    }
  }
  return outflow;
}
