import type { Day } from "../../domain/numbers.js";

/** Whole kopecks, VAT included unless the name says otherwise. */
export type Kopecks = number;
/** "2026-03-14T10:25:00": wall clock of the company, without a zone, as 1C keeps it. */
export type WallClock = string;

export interface ItemGroup {
  readonly name: string;
  /** The folder above it: "Инженерные системы". */
  readonly section: string;
  readonly supplier: number;
}

export interface Item {
  /** "УТ-00000001". */
  readonly code: string;
  readonly article: string;
  readonly name: string;
  readonly fullName: string;
  /** Index in `groups`. */
  readonly group: number;
  readonly unit: "шт" | "м" | "упак";
  readonly manufacturer: string;
  /** List price in the first month. */
  readonly price: Kopecks;
  /** Part of the price without VAT that the goods cost. */
  readonly costShare: number;
  /** Indexes in `warehouses`; the first one is the usual one. */
  readonly stockedAt: readonly number[];
}

export interface Warehouse {
  readonly name: string;
  readonly region: string;
}

/** Line of any trade document. `sum` is what is paid for it, VAT included; `discount` is already taken off. */
export interface TradeLine {
  readonly item: number;
  readonly quantity: number;
  readonly price: Kopecks;
  readonly discount: Kopecks;
  readonly sum: Kopecks;
  readonly vat: Kopecks;
  /** Ordered and then called off; not part of the document's total. */
  readonly cancelled?: true;
}

/** Documents of a list stand oldest first; their place in it is what others refer to. */
interface TradeDocument {
  readonly at: WallClock;
  readonly warehouse: number;
  readonly lines: readonly TradeLine[];
  readonly total: Kopecks;
}

export interface Shipment extends TradeDocument {
  /** Index in the company's clients. */
  readonly client: number;
  readonly organization: number;
  readonly managerId: string;
  /** Index in `orders`. */
  readonly order?: number;
  readonly payBy: Day;
}

export interface Order extends TradeDocument {
  readonly client: number;
  readonly organization: number;
  readonly managerId: string;
  readonly status: "НаСогласовании" | "КВыполнению" | "Закрыт";
  readonly shipBy: Day;
}

export interface Purchase extends TradeDocument {
  readonly supplier: number;
  /** Index in `supplierOrders`. */
  readonly order?: number;
}

export interface SupplierOrder extends TradeDocument {
  readonly supplier: number;
  readonly expectedOn: Day;
  readonly received: boolean;
}

export interface Payment {
  readonly at: WallClock;
  /** Index in `shipments`. */
  readonly shipment: number;
  readonly amount: Kopecks;
}

/** The opening stock of one warehouse. */
export interface Opening {
  readonly at: WallClock;
  readonly warehouse: number;
  readonly lines: readonly { readonly item: number; readonly quantity: number }[];
}

export interface Plan {
  readonly kind: "sales" | "purchases";
  readonly from: Day;
  readonly to: Day;
  readonly status: "Утвержден" | "ВПодготовке";
  readonly comment: string;
  readonly lines: readonly { readonly item: number; readonly quantity: number; readonly price: Kopecks }[];
}

/** Something a careful reader of the numbers should notice, and what exactly was done to them. */
export interface PlantedAnomaly {
  readonly id: "bulk-order" | "supply-failure" | "warehouse-closed" | "price-mistake" | "cost-jump" | "lost-customer";
  readonly measure: "revenue" | "quantity" | "margin";
  readonly split: "item" | "item-group" | "warehouse" | "customer";
  /** The name of the item, group, warehouse or client as the systems print it. */
  readonly name: string;
  readonly from: Day;
  readonly to: Day;
  /** How many times more (or less) than without it. */
  readonly factor: number;
}

/** Three years of trade of the invented company. Lists refer to each other by index. */
export interface Sales {
  readonly firstDay: Day;
  readonly anchor: Day;
  readonly organizations: readonly { readonly name: string; readonly inn: string }[];
  readonly sections: readonly string[];
  readonly groups: readonly ItemGroup[];
  readonly items: readonly Item[];
  readonly warehouses: readonly Warehouse[];
  readonly suppliers: readonly { readonly name: string; readonly inn: string }[];
  readonly orders: readonly Order[];
  readonly shipments: readonly Shipment[];
  readonly openings: readonly Opening[];
  readonly purchases: readonly Purchase[];
  readonly supplierOrders: readonly SupplierOrder[];
  readonly payments: readonly Payment[];
  readonly plans: readonly Plan[];
  readonly plantedAnomalies: readonly PlantedAnomaly[];
  /** List price on that day. */
  priceOn(item: number, day: Day): Kopecks;
  /** What one piece cost the company on that day, without VAT. */
  costOn(item: number, day: Day): Kopecks;
}
