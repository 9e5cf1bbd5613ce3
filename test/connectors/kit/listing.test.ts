import { describe, expect, it } from "vitest";
import { z } from "zod";
import { RequestRefused } from "../../../src/domain/errors.js";
import type { Cursor } from "../../../src/domain/listing.js";
import { startOfDay } from "../../../src/connectors/kit/days.js";
import { asCursor, listing, readCursor } from "../../../src/connectors/kit/listing.js";
import { all } from "../harness.js";

const Position = z.object({ of: z.literal("numbers"), offset: z.number() });

const numbers = listing<number>(async ({ from, size = 3 }) => {
  const offset = from === undefined ? 0 : readCursor(from, Position, { system: "paperbox" }).offset;
  const items = [1, 2, 3, 4, 5, 6, 7].slice(offset, offset + size);
  return { items, next: offset + size < 7 ? asCursor({ of: "numbers", offset: offset + size }) : undefined };
});

describe("a list", () => {
  it("is walked whole, page by page", async () => {
    expect(await all(numbers)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("goes on where a page ended, also elsewhere", async () => {
    const first = await numbers.page({ size: 5 });
    expect(first.items).toEqual([1, 2, 3, 4, 5]);
    expect(await numbers.page({ from: first.next, size: 5 })).toEqual({ items: [6, 7], next: undefined });
  });

  it.each(["", "garbage", "e30", asCursor({ of: "letters", offset: 1 }), asCursor("x".repeat(10_000))])(
    "refuses %s, which is none of its places",
    async (from) => {
      await expect(numbers.page({ from: from as Cursor })).rejects.toBeInstanceOf(RequestRefused);
    },
  );

  it("keeps a vendor's own mark as it is, and makes no mark of nothing", () => {
    expect(asCursor("next-page-token")).toBe("next-page-token");
    expect(asCursor(undefined)).toBeUndefined();
    expect(asCursor(null)).toBeUndefined();
  });
});

describe("a day", () => {
  it.each([
    ["2026-11-20", "Europe/Moscow", 0, "2026-11-19T21:00:00.000Z"],
    ["2026-11-20", "Europe/Moscow", 1, "2026-11-20T21:00:00.000Z"],
    ["2026-03-29", "Europe/Berlin", 0, "2026-03-28T23:00:00.000Z"],
    ["2026-03-29", "Europe/Berlin", 1, "2026-03-29T22:00:00.000Z"],
    ["2026-10-25", "Europe/Berlin", 1, "2026-10-25T23:00:00.000Z"],
    ["2026-11-20", "Asia/Kolkata", 0, "2026-11-19T18:30:00.000Z"],
    ["2026-12-31", "UTC", 1, "2027-01-01T00:00:00.000Z"],
  ])("%s in %s (and %i) begins at %s", (day, zone, plus, expected) => {
    expect(startOfDay(day, zone, plus).toISOString()).toBe(expected);
  });
});
