/**
 * JSON with sorted keys and without undefined members: equal values give equal bytes, so that a hash of it means something.
 * Dates become ISO text; numbers as JSON writes them.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
