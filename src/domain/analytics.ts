import type { Listing } from "./listing.js";
import type { Table } from "./numbers.js";

/** Databases and dashboards: what is there, what it looks like, and a read-only question. */
export interface AnalyticsConnector {
  datasets(query?: { readonly text?: string }): Listing<Dataset>;
  describe(id: string): Promise<DatasetShape>;
  /** Refused before it is sent when it is not a single read-only statement. */
  query(query: DatasetQuery): Promise<Table>;
  /** Ready-made dashboards and charts, where the system has them (Superset). */
  dashboards?(query: { readonly text?: string }): Listing<Dashboard>;
  picture?(dashboard: string, signal: AbortSignal): Promise<{ readonly mediaType: string; readonly bytes: Uint8Array }>;
}

/** A table, a view, a collection: something that can be asked. */
export interface Dataset {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
}

export interface DatasetShape extends Dataset {
  readonly columns: readonly { readonly name: string; readonly type: string; readonly description?: string }[];
  readonly rows?: number;
}

export interface DatasetQuery {
  readonly text: string;
  readonly parameters?: readonly (string | number | boolean | null)[];
  readonly limit: number;
  readonly signal?: AbortSignal;
}

export interface Dashboard {
  readonly id: string;
  readonly title: string;
  readonly url?: string;
}
