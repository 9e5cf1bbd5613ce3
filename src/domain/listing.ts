/** Where the next page starts. Only its maker can read it; everybody else stores it and hands it back. */
export type Cursor = string & { readonly [cursorBrand]: true };
declare const cursorBrand: unique symbol;

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly next?: Cursor;
  /** Only where the system counts for free. */
  readonly total?: number;
}

export interface PageRequest {
  readonly from?: Cursor;
  readonly size?: number;
  readonly signal?: AbortSignal;
}

/** A list that is fetched as it is read: `for await` walks all of it, `page()` takes one page. */
export interface Listing<T> extends AsyncIterable<T> {
  page(request?: PageRequest): Promise<Page<T>>;
}
