import { createHash } from "node:crypto";

const buckets = 512;

/**
 * Which versions a set of things has, in two kilobytes whatever their number: each bucket holds the sum of its things' digests. What
 * changed is in a bucket whose sum differs; that a change leaves the sum alone happens once in four billion changes.
 */
export interface Marks {
  /** Counts a thing in; the order does not matter. */
  add(id: string, version: string): void;
  /** Whether the thing's bucket is another one there. */
  differs(id: string, before: Marks): boolean;
  readonly sums: Uint32Array;
  print(): string;
}

export function createMarks(printed?: string): Marks {
  const sums = new Uint32Array(buckets);
  if (printed !== undefined) sums.set(new Uint32Array(Uint8Array.from(Buffer.from(printed, "base64url")).buffer).subarray(0, buckets));
  return {
    sums,
    add(id, version) {
      const at = bucketOf(id);
      sums[at] = (sums[at] ?? 0) + createHash("sha1").update(`${id} ${version}`).digest().readUInt32LE(0);
    },
    differs: (id, before) => sums[bucketOf(id)] !== before.sums[bucketOf(id)],
    print: () => Buffer.from(sums.buffer).toString("base64url"),
  };
}

function bucketOf(id: string): number {
  return createHash("sha1").update(id).digest().readUInt16LE(0) % buckets;
}
