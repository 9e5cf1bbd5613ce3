/** The first things of a listing, at most `limit`. */
export async function take<T>(listing: AsyncIterable<T>, limit: number): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of listing) {
    items.push(item);
    if (items.length >= limit) break;
  }
  return items;
}
