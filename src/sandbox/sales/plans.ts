import type { Random } from "../random.js";
import { lastDayOf, monthBefore } from "./calendar.js";
import type { Market } from "./demand.js";
import type { Plan, Shipment } from "./types.js";

const LINES = 60;

/**
 * Plans of the last three months and the running one are approved; those of the next month are being prepared.
 * They cover the bestsellers, at the sales of the month a year before plus a tenth.
 */
export function createPlans(market: Market, random: Random, shipments: readonly Shipment[]): Plan[] {
  const { anchor } = market.company;
  const bestsellers = bestsellersOf(market, shipments);
  return [3, 2, 1, 0, -1].flatMap((ago): Plan[] => {
    const month = monthBefore(anchor, ago);
    const yearBefore = soldIn(shipments, monthBefore(anchor, ago + 12));
    const base = bestsellers.map((item) => ({
      item,
      quantity: Math.max(1, Math.round((yearBefore.get(item) ?? 8) * (1.05 + random.next() * 0.1))),
      price: market.priceOn(item, `${month}-01` < anchor ? `${month}-01` : anchor),
    }));
    const frame = { from: `${month}-01`, to: lastDayOf(month), status: ago >= 0 ? "Утвержден" : "ВПодготовке" } as const;
    return [
      { ...frame, kind: "sales", comment: `План продаж на ${month}`, lines: base },
      {
        ...frame,
        kind: "purchases",
        comment: `План закупок на ${month}`,
        lines: base.map((line) => ({ ...line, quantity: Math.ceil(line.quantity * 1.15) })),
      },
    ];
  });
}

function bestsellersOf({ company }: Market, shipments: readonly Shipment[]): number[] {
  const since = `${monthBefore(company.anchor, 12)}-01`;
  const revenue = new Map<number, number>();
  for (const { at, lines } of shipments) {
    if (at < since) continue;
    for (const { item, sum } of lines) revenue.set(item, (revenue.get(item) ?? 0) + sum);
  }
  return [...revenue]
    .sort((a, b) => b[1] - a[1])
    .slice(0, LINES)
    .map(([item]) => item)
    .sort((a, b) => a - b);
}

function soldIn(shipments: readonly Shipment[], month: string): Map<number, number> {
  const sold = new Map<number, number>();
  for (const { at, lines } of shipments) {
    if (!at.startsWith(month)) continue;
    for (const { item, quantity } of lines) sold.set(item, (sold.get(item) ?? 0) + quantity);
  }
  return sold;
}
