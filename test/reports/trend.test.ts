import { array, assert, bigInt, property } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Decimal, Series } from "../../src/domain/numbers.js";
import { addUp, change, difference, leaders, share, total, trend } from "../../src/reports/trend.js";

const months = (values: readonly (Decimal | null)[], name = "Выручка"): Series => ({
  name,
  unit: "RUB",
  step: "month",
  points: values.map((value, at) => ({ at: `2026-${String(at + 1).padStart(2, "0")}-01`, value })),
});

describe("a total", () => {
  it("is exact where floats are not", () => {
    expect(total(["0.10", "0.20"])).toBe("0.30");
    expect(total(["9999999999999999.99", "0.01"])).toBe("10000000000000000.00");
  });

  it("of nothing known is unknown, and not zero", () => {
    expect(total([null, null])).toBeNull();
    expect(total([])).toBeNull();
    expect(total([null, "0.00"])).toBe("0.00");
  });

  it("does not depend on the order", () => {
    const amounts = array(
      bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).map((kopecks) => (kopecks < 0n ? `-${print(-kopecks)}` : print(kopecks))),
      { minLength: 1 },
    );
    assert(property(amounts, (values) => total(values) === total(values.toReversed())));
  });
});

describe("a change", () => {
  it("says how much and how many percent", () => {
    expect(change("112.50", "100.00")).toEqual({ before: "100.00", now: "112.50", absolute: "12.50", percent: "12.5" });
  });

  it("from nothing has no percentage, and from or to the unknown there is none", () => {
    expect(change("5.00", "0.00")?.percent).toBeNull();
    expect(change(null, "1.00")).toBeUndefined();
    expect(change("1.00", null)).toBeUndefined();
  });

  it("from a loss to a profit is growth", () => {
    expect(change("50.00", "-100.00")).toMatchObject({ absolute: "150.00", percent: "150" });
    expect(change("-150.00", "-100.00")?.percent).toBe("-50");
  });

  it("of a whole that is zero gives no share", () => {
    expect(share("1.00", "0.00")).toBeNull();
    expect(share("1.00", "3.00")).toBe("33.3");
    expect(difference("1", "0.5")).toBe("0.5");
  });
});

describe("the largest and the others", () => {
  const parts = ["5.10", "30.20", "20.30", "1.40", "2.50"].map((value, at) => months([value, null, "0.01"], `Товар ${at}`));

  it("still add up to the whole, step by step", () => {
    const shown = leaders(parts, 2, "Прочие (3)");
    expect(shown.map(({ name }) => name)).toEqual(["Товар 1", "Товар 2", "Прочие (3)"]);
    expect(addUp(shown, "")?.points).toEqual(addUp(parts, "")?.points);
  });

  it("name a single one left over", () => {
    expect(leaders(parts, 4, "Прочие")).toHaveLength(5);
    expect(leaders(parts, 4, "Прочие").map(({ name }) => name)).not.toContain("Прочие");
  });

  it("keep a gap that all share, and no other", () => {
    expect(addUp([months([null, "1.00"]), months([null, null])], "")?.points.map(({ value }) => value)).toEqual([null, "1.00"]);
  });
});

describe("a trend", () => {
  const period = { from: "2026-01-01", to: "2026-05-20" };

  it("leaves the unfinished month out of best, worst, average and growth, and keeps it in the total", () => {
    const seen = trend(months(["10.00", "30.00", "20.00", "40.00", "1.00"]), period);
    expect(seen).toMatchObject({
      total: "101.00",
      wholeSteps: 4,
      average: "25.00",
      best: { at: "2026-04-01" },
      worst: { at: "2026-01-01" },
      lastChange: { at: "2026-04-01", against: "2026-03-01", percent: "100" },
      unfinished: "2026-05-01",
    });
  });

  it("names gaps and compares nothing across them", () => {
    const seen = trend(months(["10.00", "30.00", null, "40.00"]), { from: "2026-01-01", to: "2026-04-30" });
    expect(seen.gaps).toEqual(["2026-03-01"]);
    expect(seen.lastChange).toBeUndefined();
  });

  it("of one month has neither best nor worst", () => {
    expect(trend(months(["10.00"]), { from: "2026-01-01", to: "2026-01-31" })).toMatchObject({
      best: undefined,
      worst: undefined,
      lastChange: undefined,
    });
  });

  it("of nothing is unknown", () => {
    expect(trend(months([]), period)).toMatchObject({ total: null, average: null, unfinished: undefined });
    expect(trend(months([null, null]), { from: "2026-01-01", to: "2026-02-28" }).total).toBeNull();
  });

  it("averages pieces with one place", () => {
    expect(trend(months(["7", "8"]), { from: "2026-01-01", to: "2026-02-28" }).average).toBe("7.5");
  });
});

function print(kopecks: bigint): string {
  return `${kopecks / 100n}.${String(kopecks % 100n).padStart(2, "0")}`;
}
