import type { Day } from "../../domain/numbers.js";
import type { Company } from "../company.js";
import { dayAfter, workingDay } from "../company.js";
import type { Random } from "../random.js";
import type { Planted } from "./anomalies.js";
import { daysOf, type Month } from "./calendar.js";
import { seasonOf, WAREHOUSES } from "./goods.js";
import type { Item, ItemGroup, Order, Payment, Shipment, TradeLine } from "./types.js";

const VAT_PERCENT = 20;
const FIRST_MONTH_SHIPMENTS = 165;
const MONTHLY_GROWTH = 1.011;
/** Part of a working day's load, Sunday first. */
const WEEKDAYS = [0, 1.1, 1.1, 1, 1, 0.9, 0.25] as const;
const PAYMENT_DAYS = [0, 7, 14, 30, 45] as const;
const OPEN_ORDERS = 48;
const NEAREST_WAREHOUSE: Readonly<Record<string, number>> = { "Санкт-Петербург": 1, Самара: 2, Казань: 2, Екатеринбург: 3, Новосибирск: 3 };

/** What every part of the generation reads. */
export interface Market {
  readonly company: Company;
  readonly months: readonly Month[];
  readonly groups: readonly ItemGroup[];
  readonly items: readonly Item[];
  readonly planted: Planted;
  priceOn(item: number, day: Day): number;
}

export interface Demand {
  readonly orders: readonly Order[];
  readonly shipments: readonly Shipment[];
  readonly payments: readonly Payment[];
}

/** Orders, shipments and payments of all months, each list oldest first. */
export function createDemand(market: Market, random: Random): Demand {
  const buyers = createBuyers(market, random.fork("buyers"));
  const shelf = createShelf(market);
  const drawn = market.months.flatMap((month, index) => monthShipments(market, random, buyers, shelf, month, index));
  drawn.push(...plantedShipments(market));
  drawn.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const { orders, shipments } = placeOrders(market, random.fork("orders"), buyers, shelf, drawn);
  return { orders, shipments, payments: collectPayments(market, random.fork("payments"), buyers, shipments) };
}

interface Buyer {
  readonly client: number;
  readonly weight: number;
  readonly size: number;
  readonly since: Day;
  readonly paymentDays: number;
  /** Days late on average; a few people hardly ever pay. */
  readonly lateDays: number;
  readonly favourites: readonly number[];
  readonly home: number;
}

function createBuyers({ company, groups }: Market, random: Random): Buyer[] {
  return company.clients.map((client, at): Buyer => {
    const known = at < 10;
    const size = known ? 1.6 : client.kind === "person" ? 0.25 : 0.5 + random.next() * 1.2;
    return {
      client: at,
      weight: known ? 7 : client.kind === "person" ? 0.4 : 0.4 + random.next() ** 2 * 3,
      size,
      since: client.since,
      paymentDays: client.kind === "person" ? 0 : random.pick(PAYMENT_DAYS),
      lateDays: random.chance(0.12) ? random.integer(20, 60) : random.integer(-3, 4),
      favourites: random.shuffled(groups.map((_, group) => group)).slice(0, 4),
      home: NEAREST_WAREHOUSE[client.region] ?? 0,
    };
  });
}

/** Items by warehouse and group. */
type Shelf = readonly (readonly (readonly number[])[])[];

function createShelf({ groups, items }: Market): Shelf {
  return WAREHOUSES.map((_, warehouse) =>
    groups.map((_group, group) => items.flatMap((item, at) => (item.group === group && item.stockedAt.includes(warehouse) ? [at] : []))),
  );
}

type Drawn = Omit<Shipment, "order">;

function monthShipments(market: Market, random: Random, buyers: readonly Buyer[], shelf: Shelf, month: Month, index: number): Drawn[] {
  const own = random.fork(`shipments ${month}`);
  const { planted, company } = market;
  const monthNumber = Number(month.slice(5));
  const workload = daysOf(month, "9999-12-31").reduce((sum, { weekday }) => sum + (WEEKDAYS[weekday] ?? 0), 0);
  const season = market.groups.reduce((sum, _, group) => sum + seasonOf(group, monthNumber), 0) / market.groups.length;
  const planned = FIRST_MONTH_SHIPMENTS * MONTHLY_GROWTH ** index * season * (1 + own.normal() * 0.02);
  const active = buyers.filter(({ since }) => since <= `${month}-28`).map((buyer) => [buyer, buyer.weight] as const);
  const pickBuyer = wheel(active);
  const groupWheels = buyers.map(() => undefined as (() => number) | undefined);

  return daysOf(month, company.anchor).flatMap(({ day, weekday }) => {
    const load = (planned * (WEEKDAYS[weekday] ?? 0)) / workload;
    const count = Math.floor(load) + (own.chance(load % 1) ? 1 : 0);
    return Array.from({ length: count }, (): Drawn | undefined => {
      const buyer = pickBuyer(own.next());
      const warehouse = own.chance(0.7) ? buyer.home : 0;
      if (planted.isLost(buyer.client, day) || planted.isClosed(warehouse, day)) return undefined;
      const pickGroup = (groupWheels[buyer.client] ??= groupWheel(market, buyer, monthNumber, own));
      const lines = distinct(Array.from({ length: own.weighted(LINES) }, () => drawItem(own, shelf, warehouse, pickGroup, buyer))).flatMap(
        (item) => {
          const group = market.items[item]?.group ?? 0;
          return own.chance(planted.demandFactor(group, day)) ? [line(market, own, buyer, item, day)] : [];
        },
      );
      if (lines.length === 0) return undefined;
      return shipment(market, buyer, warehouse, clockOf(own, day, company.anchor), lines, own.chance(0.12) ? 1 : 0);
    }).filter((one) => one !== undefined);
  });
}

const LINES: readonly (readonly [number, number])[] = [
  [1, 3],
  [2, 5],
  [3, 5],
  [4, 4],
  [5, 2],
  [7, 1],
];

function groupWheel({ groups }: Market, buyer: Buyer, month: number, random: Random): () => number {
  const turn = wheel(groups.map((_, group) => [group, seasonOf(group, month) * (buyer.favourites.includes(group) ? 4 : 1)] as const));
  return () => turn(random.next());
}

function drawItem(random: Random, shelf: Shelf, warehouse: number, pickGroup: () => number, buyer: Buyer): number {
  for (;;) {
    const items = shelf[warehouse]?.[pickGroup()] ?? [];
    if (items.length === 0) continue;
    // The square makes the first items of a group its bestsellers; the shift gives every buyer other ones.
    return items[(Math.floor(random.next() ** 2 * items.length) + (buyer.client % 3)) % items.length] as number;
  }
}

function line(market: Market, random: Random, buyer: Buyer, item: number, day: Day): TradeLine {
  const price = Math.max(1, Math.round(market.priceOn(item, day) * market.planted.priceFactor(item, day)));
  const usual = Math.min(400, Math.max(1, 9_000_00 / (market.items[item]?.price ?? 1)));
  const quantity = Math.max(1, Math.round(usual * buyer.size * Math.exp(random.normal() * 0.45)));
  return tradeLine(item, quantity, price, random.chance(0.2) ? random.pick([3, 5, 7, 10]) : 0);
}

/** Every sum of a line is rounded to the kopeck once, here; totals are sums of lines. */
export function tradeLine(item: number, quantity: number, price: number, discountPercent = 0): TradeLine {
  const full = quantity * price;
  const discount = Math.round((full * discountPercent) / 100);
  const sum = full - discount;
  return { item, quantity, price, discount, sum, vat: Math.round((sum * VAT_PERCENT) / (100 + VAT_PERCENT)) };
}

function shipment(market: Market, buyer: Buyer, warehouse: number, at: string, lines: readonly TradeLine[], organization: number): Drawn {
  return {
    at,
    warehouse,
    lines,
    total: lines.reduce((sum, one) => sum + one.sum, 0),
    client: buyer.client,
    organization,
    managerId: market.company.clients[buyer.client]?.managerId ?? "admin",
    payBy: dayAfter(at.slice(0, 10), buyer.paymentDays),
  };
}

function plantedShipments(market: Market): Drawn[] {
  const { company, items, planted } = market;
  return planted.shipments.map(({ item, client, on, quantity }): Drawn => {
    const lines = [tradeLine(item, quantity, Math.round(market.priceOn(item, on) * planted.priceFactor(item, on)))];
    const managerId = company.clients[client]?.managerId ?? "admin";
    const total = lines.reduce((sum, one) => sum + one.sum, 0);
    const warehouse = items[item]?.stockedAt[0] ?? 0;
    return { at: `${on}T12:00:00`, warehouse, lines, total, client, organization: 0, managerId, payBy: dayAfter(on, 14) };
  });
}

function placeOrders(
  market: Market,
  random: Random,
  buyers: readonly Buyer[],
  shelf: Shelf,
  drawn: readonly Drawn[],
): { orders: Order[]; shipments: Shipment[] } {
  const { anchor } = market.company;
  const orders: (Order & { readonly shipment?: number })[] = [];
  drawn.forEach((one, at) => {
    if (random.chance(0.1)) return;
    const day = workingDay(dayAfter(one.at.slice(0, 10), -random.integer(1, 9)));
    const extra = random.chance(0.03) ? [cancelledCopy(one.lines)] : [];
    orders.push({
      at: clockOf(random, day, anchor),
      warehouse: one.warehouse,
      lines: [...one.lines, ...extra],
      total: one.total,
      client: one.client,
      organization: one.organization,
      managerId: one.managerId,
      status: "Закрыт",
      shipBy: one.at.slice(0, 10),
      shipment: at,
    });
  });
  for (let open = 0; open < OPEN_ORDERS; open++) {
    // The first orders belong to the clients people ask about, so that their cards are never empty.
    const buyer = buyers[open % 5 === 0 ? (open / 5) % 5 : random.integer(0, buyers.length - 1)] as Buyer;
    const day = workingDay(dayAfter(anchor, -random.integer(1, 20)));
    const pickGroup = groupWheel(market, buyer, Number(day.slice(5, 7)), random);
    const items = distinct(Array.from({ length: random.integer(1, 4) }, () => drawItem(random, shelf, 0, pickGroup, buyer)));
    const lines = items.map((item) => line(market, random, buyer, item, day));
    const { managerId, client, organization, total } = shipment(market, buyer, 0, `${day}T10:00:00`, lines, 0);
    const status = random.chance(0.3) ? "НаСогласовании" : "КВыполнению";
    const shipBy = dayAfter(anchor, random.integer(-2, 14));
    orders.push({ at: clockOf(random, day, anchor), warehouse: 0, lines, total, client, organization, managerId, status, shipBy });
  }
  orders.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const orderOf = new Map(orders.flatMap(({ shipment: of }, at) => (of === undefined ? [] : [[of, at] as const])));
  return { orders, shipments: drawn.map((one, at) => ({ ...one, order: orderOf.get(at) })) };
}

function cancelledCopy(lines: readonly TradeLine[]): TradeLine {
  return { ...(lines[0] as TradeLine), cancelled: true };
}

function collectPayments({ company }: Market, random: Random, buyers: readonly Buyer[], shipments: readonly Shipment[]): Payment[] {
  const payments = shipments.flatMap((one, shipment): Payment[] => {
    const buyer = buyers[one.client] as Buyer;
    const lag = Math.max(0, buyer.paymentDays + buyer.lateDays + random.integer(-2, 2));
    const day = workingDay(dayAfter(one.at.slice(0, 10), lag));
    const part = random.chance(0.02) ? 0.6 : 1;
    if (day >= company.anchor) return [];
    const at = day <= one.at.slice(0, 10) ? `${one.at.slice(0, 17)}30` : clockOf(random, day, company.anchor);
    return [{ at, shipment, amount: Math.round(one.total * part) }];
  });
  return payments.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** A second between nine and six; on the anchor day nothing has happened after eleven yet. */
function clockOf(random: Random, day: Day, anchor: Day): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${day}T${two(random.integer(9, day === anchor ? 10 : 17))}:${two(random.integer(0, 59))}:${two(random.integer(0, 29))}`;
}

/** Weighted picking by bisection: `Random.weighted` walks the list, and there are thousands of draws over hundreds of clients. */
function wheel<T>(choices: readonly (readonly [T, number])[]): (turn: number) => T {
  const edges: number[] = [];
  let total = 0;
  for (const [, weight] of choices) edges.push((total += weight));
  return (turn) => {
    const goal = turn * total;
    let low = 0;
    let high = edges.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((edges[middle] ?? 0) <= goal) low = middle + 1;
      else high = middle;
    }
    return (choices[low] as readonly [T, number])[0];
  };
}

const distinct = (list: readonly number[]): number[] => [...new Set(list)];
