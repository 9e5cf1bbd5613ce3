import type { Approved, Receipt, Written } from "./approval.js";
import type { EntityRef } from "./entity.js";
import type { Listing } from "./listing.js";
import type { Cell, Day, Decimal, Money, Period, Series, Step } from "./numbers.js";

/** Running a business: numbers that move (sales, stock, orders) and processes that wait for somebody. */
export interface ErpConnector {
  /** What can be measured here; the agent chooses from this list and never invents a name. */
  measures(): Promise<readonly Measure[]>;
  /** Finds the values of a split by what people call them: "насосы" among item groups. */
  members(split: string, text: string): Promise<readonly Member[]>;
  /** Summed by the system itself where it can sum. One series a value of each split, largest first. */
  series(query: MeasureQuery & { readonly step: Step; readonly top?: number }): Promise<readonly Series[]>;
  /** The documents behind the same numbers. */
  rows(query: MeasureQuery): Listing<ErpRow>;
  processes?(query: { readonly state: "running" | "late" | "finished"; readonly period: Period }): Listing<Process>;
  /** Stock now: on hand, reserved, on the way, by item and warehouse. */
  stock?(query: { readonly text?: string; readonly warehouse?: string }): Listing<StockLine>;
  /** One client's side of the books. */
  account?(client: { readonly id: string } | { readonly inn: string }): Promise<ClientAccount>;
  /** Sales or purchase plans, read and written; a written plan is a draft document unless the admin allows posting. */
  plan?(query: { readonly kind: "sales" | "purchases"; readonly period: Period }): Promise<readonly PlanLine[]>;
  updatePlan?(plan: Approved<PlanDraft>): Promise<Receipt>;
  /** As in the CRM; every system that writes can answer it. */
  written?(what: "plan", approved: Approved<unknown>): Promise<Written>;
}

export interface Measure {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** By what it can be split and filtered: "warehouse", "item-group", "customer". */
  readonly splits: readonly { readonly id: string; readonly title: string }[];
}

/** "Sales of pumps to Romashka by warehouse": one measure, two filters, one split. */
export interface MeasureQuery {
  readonly measure: string;
  readonly period: Period;
  readonly where?: readonly { readonly split: string; readonly values: readonly string[] }[];
  readonly splits?: readonly string[];
}

export interface ErpRow {
  readonly ref: EntityRef;
  readonly at: Day;
  readonly cells: Readonly<Record<string, Cell>>;
}

export interface ClientAccount {
  readonly debt: readonly Money[];
  readonly overdue: readonly Money[];
  readonly orders: readonly ErpRow[];
  readonly shipments: readonly ErpRow[];
}

/** One value of a split: an item, a group of items, a customer, a warehouse. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly split: string;
}

export interface Process {
  readonly ref: EntityRef;
  readonly title: string;
  readonly startedAt: Date;
  readonly dueAt?: Date;
  readonly finishedAt?: Date;
  readonly waitingFor?: string;
  readonly url?: string;
}

export interface StockLine {
  readonly item: Member;
  readonly warehouse: Member;
  readonly unit?: string;
  readonly onHand: Decimal;
  readonly reserved: Decimal;
  /** Absent where the base publishes no register of expected receipts. */
  readonly onTheWay?: Decimal;
}

export interface PlanLine {
  readonly plan: EntityRef;
  readonly period: Period;
  readonly item: Member;
  readonly quantity: Decimal;
  readonly amount?: Money;
}

/** A new, unposted plan document; an approved one is never changed. */
export interface PlanDraft {
  readonly kind: "sales" | "purchases";
  readonly period: Period;
  readonly comment?: string;
  readonly lines: readonly { readonly itemId: string; readonly itemName: string; readonly quantity: Decimal; readonly price?: Decimal }[];
}
