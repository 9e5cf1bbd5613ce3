import { z } from "zod";
import { RequestRefused } from "../../domain/errors.js";
import type { ErrorDetails } from "../../domain/errors.js";
import type { Cursor, Listing, Page, PageRequest } from "../../domain/listing.js";
import type { Schema } from "../../domain/schema.js";

/** One function that fetches a page makes a list that is read page by page or walked whole. */
export function listing<T>(fetchPage: (request: PageRequest) => Promise<Page<T>>): Listing<T> {
  return {
    page: (request = {}) => fetchPage(request),
    async *[Symbol.asyncIterator]() {
      let from: Cursor | undefined;
      do {
        const page = await fetchPage({ from });
        yield* page.items;
        from = page.next;
      } while (from !== undefined);
    },
  };
}

/** A short list that comes in one piece. */
export function listed<T>(read: () => Promise<readonly T[]>): Listing<T> {
  return listing(async () => ({ items: await read() }));
}

/**
 * Makes a cursor of a position: a vendor's own mark stays as it is, anything else travels as base64url JSON
 * and comes back through `readCursor`. Nothing gives nothing: the last page.
 */
export function asCursor(position: string | number | object | null | undefined): Cursor | undefined {
  if (position === undefined || position === null) return undefined;
  return (typeof position === "string" ? position : Buffer.from(JSON.stringify(position)).toString("base64url")) as Cursor;
}

/** What `asCursor` was given. Anything that is not ours (typed by hand, of another list) throws RequestRefused. */
export function readCursor<T>(cursor: Cursor, shape: Schema<T>, details: ErrorDetails): T {
  const position = z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as unknown;
      } catch {
        context.addIssue("not a cursor");
        return z.NEVER;
      }
    })
    .pipe(shape)
    .safeParse(cursor);
  if (position.success) return position.data;
  throw new RequestRefused(`${details.system ?? "listing"}: this place in a list is not one of ours, ask for the list again`, details);
}
