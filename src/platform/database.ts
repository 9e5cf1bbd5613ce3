/** Rows come back as plain objects; `rowCount` is the number of rows touched or returned. */
export interface Result<Row> {
  readonly rows: Row[];
  readonly rowCount: number;
}

/** Something that runs SQL: the pool, or one transaction's client. Inside a transaction use only that client (PGlite deadlocks otherwise). */
export interface Queryable {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Result<Row>>;
}

/** One code path for PostgreSQL and for the embedded PGlite. */
export interface Database extends Queryable {
  readonly engine: "postgresql" | "pglite";
  /** Commits when `run` resolves, rolls back when it rejects. No network, model or file inside: the embedded engine has one connection. */
  transaction<T>(run: (tx: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
