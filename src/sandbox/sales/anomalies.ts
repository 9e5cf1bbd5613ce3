import type { Day } from "../../domain/numbers.js";
import type { Company } from "../company.js";
import { WAREHOUSES } from "./goods.js";
import { lastDayOf, monthBefore } from "./calendar.js";
import type { Item, ItemGroup, PlantedAnomaly } from "./types.js";

const BULK_CLIENT = "alfa-stroy";
/** Clients after those with stories and before the many small ones: big enough to be missed. */
const LOST_CLIENT_AMONG = [5, 10] as const;

/** Which things the planted anomalies are about, as indexes, and when they happened. */
export interface Planted {
  readonly list: readonly PlantedAnomaly[];
  /** Happen whatever else is drawn: the bulk order itself, and one sale at the mistaken price. */
  readonly shipments: readonly { readonly item: number; readonly client: number; readonly on: Day; readonly quantity: number }[];
  /** 1 where nothing is the matter. */
  demandFactor(group: number, day: Day): number;
  isClosed(warehouse: number, day: Day): boolean;
  priceFactor(item: number, day: Day): number;
  costFactor(group: number, day: Day): number;
  isLost(client: number, day: Day): boolean;
}

/** Six things that go wrong at fixed distances from the anchor, so that each release and each seed has them. */
export function plantAnomalies(company: Company, groups: readonly ItemGroup[], items: readonly Item[]): Planted {
  const { anchor } = company;
  const group = (name: string) => groups.findIndex((one) => one.name === name);
  const cable = group("Кабель и провод");
  const pipes = group("Трубы");
  const bulkItem = items.findIndex((item) => item.group === group("Насосы") && item.stockedAt[0] === 0);
  const cheapItem = items.findIndex((item) => item.group === group("Светильники"));
  const bulkClient = company.clients.findIndex(({ key }) => key === BULK_CLIENT);
  const lostClient = company.clients.indexOf(
    company.clients.slice(...LOST_CLIENT_AMONG).reduce((oldest, one) => (one.since < oldest.since ? one : oldest)),
  );
  const bulk = monthBefore(anchor, 7);
  const failure = monthBefore(anchor, 13);
  const closed = monthBefore(anchor, 5);
  const mistake = monthBefore(anchor, 3);
  const jump = monthBefore(anchor, 2);
  const lost = monthBefore(anchor, 4);

  const list: readonly PlantedAnomaly[] = [
    planted("bulk-order", "quantity", "item", items[bulkItem]?.name, `${bulk}-16`, `${bulk}-16`, 12),
    planted("supply-failure", "revenue", "item-group", groups[pipes]?.name, `${failure}-01`, lastDayOf(failure), 0.15),
    planted("warehouse-closed", "revenue", "warehouse", WAREHOUSES[2]?.name, `${closed}-06`, `${closed}-24`, 0),
    planted("price-mistake", "revenue", "item", items[cheapItem]?.name, `${mistake}-10`, `${mistake}-14`, 0.1),
    planted("cost-jump", "margin", "item-group", groups[cable]?.name, `${jump}-01`, lastDayOf(monthBefore(anchor, 1)), 1.3),
    planted("lost-customer", "revenue", "customer", company.clients[lostClient]?.shortName, `${lost}-01`, anchor, 0),
  ];
  const during = (id: PlantedAnomaly["id"], day: Day): boolean => list.some((one) => one.id === id && one.from <= day && day <= one.to);

  return {
    list,
    shipments: [
      { item: bulkItem, client: bulkClient, on: `${bulk}-16`, quantity: 140 },
      { item: cheapItem, client: bulkClient, on: `${mistake}-12`, quantity: 30 },
    ],
    demandFactor: (at, day) => (at === pipes && during("supply-failure", day) ? 0.15 : 1),
    isClosed: (warehouse, day) => warehouse === 2 && during("warehouse-closed", day),
    priceFactor: (item, day) => (item === cheapItem && during("price-mistake", day) ? 0.1 : 1),
    costFactor: (at, day) => (at === cable && during("cost-jump", day) ? 1.3 : 1),
    isLost: (client, day) => client === lostClient && during("lost-customer", day),
  };
}

function planted(
  id: PlantedAnomaly["id"],
  measure: PlantedAnomaly["measure"],
  split: PlantedAnomaly["split"],
  name: string | undefined,
  from: Day,
  to: Day,
  factor: number,
): PlantedAnomaly {
  if (name === undefined) throw new Error(`sandbox: nothing to plant ${id} on`);
  return { id, measure, split, name, from, to, factor };
}
