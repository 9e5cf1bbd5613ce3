import type { Day } from "../domain/numbers.js";
import type { Company } from "./company.js";
import { daysBetween } from "./company.js";
import { createRandom } from "./random.js";
import { plantAnomalies } from "./sales/anomalies.js";
import { monthBefore } from "./sales/calendar.js";
import { createDemand, type Market } from "./sales/demand.js";
import { createGroups, createItems, SECTIONS, SUPPLIER_NAMES, WAREHOUSES } from "./sales/goods.js";
import { createPlans } from "./sales/plans.js";
import { createSupply } from "./sales/supply.js";
import type { Sales } from "./sales/types.js";

export type * from "./sales/types.js";

const MONTHS = 36;
const YEARLY_INFLATION = 0.07;

/**
 * Three years of trade ending on the company's anchor day: the last of the 36 months is a part of one.
 * The same company gives the same figures to the kopeck; documents, registers and stock are all made of the same lines.
 */
export function createSales(company: Company, options: { readonly seed?: string; readonly anchor?: Day } = {}): Sales {
  const { anchor = company.anchor } = options;
  const random = createRandom(`${options.seed ?? company.seed}/sales`);
  const months = Array.from({ length: MONTHS }, (_, at) => monthBefore(anchor, MONTHS - 1 - at));
  const firstDay = `${months[0]}-01`;
  const groups = createGroups();
  const items = createItems(random.fork("items"));
  const planted = plantAnomalies({ ...company, anchor }, groups, items);

  // Prices move once a month; between two calls of the same month nothing has to be computed again.
  const inflation = new Map<string, number>();
  const inflationOf = (day: Day): number => {
    const month = day.slice(0, 7);
    const known = inflation.get(month);
    if (known !== undefined) return known;
    const factor = (1 + YEARLY_INFLATION) ** (Math.max(0, daysBetween(firstDay, `${month}-01`)) / 365);
    inflation.set(month, factor);
    return factor;
  };
  const priceOn = (item: number, day: Day): number => Math.round(((items[item]?.price ?? 0) * inflationOf(day)) / 100) * 100;
  const costOn = (item: number, day: Day): number => {
    const { group = 0, costShare = 0 } = items[item] ?? {};
    return Math.round((priceOn(item, day) / 1.2) * costShare * planted.costFactor(group, day));
  };

  const market: Market = { company: { ...company, anchor }, months, groups, items, planted, priceOn };
  const demand = createDemand(market, random.fork("demand"));
  const supply = createSupply(market, random.fork("supply"), demand.shipments, costOn);
  return {
    firstDay,
    anchor,
    organizations: [
      { name: company.name, inn: "0000000019" },
      { name: "ООО «Северный свет — Опт»", inn: "0000000026" },
    ],
    sections: SECTIONS,
    groups,
    items,
    warehouses: WAREHOUSES,
    suppliers: SUPPLIER_NAMES.map((name, at) => ({ name, inn: `00000001${String(at + 11)}` })),
    ...demand,
    ...supply,
    plans: createPlans(market, random.fork("plans"), demand.shipments),
    plantedAnomalies: planted.list,
    priceOn,
    costOn,
  };
}
