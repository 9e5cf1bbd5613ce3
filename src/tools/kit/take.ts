import type { Cursor, Listing } from "../../domain/listing.js";

/** The first things of a listing, at most `limit`. */
export async function take<T>(listing: AsyncIterable<T>, limit: number): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of listing) {
    items.push(item);
    if (items.length >= limit) break;
  }
  return items;
}

/** Whole pages of a listing until `enough` things are there; `more` when others follow. */
export async function takePages<T>(
  listing: Listing<T>,
  enough: number,
  signal: AbortSignal,
): Promise<{ readonly items: readonly T[]; readonly more: boolean }> {
  const items: T[] = [];
  let next: Cursor | undefined;
  do {
    const page = await listing.page({ from: next, size: 100, signal });
    items.push(...page.items);
    next = page.next;
  } while (next && items.length < enough);
  return { items, more: next !== undefined };
}
