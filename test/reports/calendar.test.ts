import { describe, expect, it } from "vitest";
import { addMonths, daysIn, endOfStep, isWhole, periodBefore, startOfStep, yearBefore } from "../../src/reports/calendar.js";

describe("the period to compare with", () => {
  it.each([
    ["a whole month with the month before", "2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28"],
    ["a whole quarter with the quarter before", "2026-07-01", "2026-09-30", "2026-04-01", "2026-06-30"],
    ["twenty days of a month with the same twenty of the one before", "2026-11-01", "2026-11-20", "2026-10-01", "2026-10-20"],
    ["thirteen months, the last unfinished, with thirteen before", "2025-11-01", "2026-11-20", "2024-10-01", "2025-10-20"],
    ["any other days with as many before them", "2026-11-10", "2026-11-20", "2026-10-30", "2026-11-09"],
    ["one day with the day before", "2026-03-02", "2026-03-02", "2026-03-01", "2026-03-01"],
  ])("sets %s", (_, from, to, beforeFrom, beforeTo) => {
    expect(periodBefore({ from, to })).toEqual({ from: beforeFrom, to: beforeTo });
  });

  it("keeps the end of a month at the end, leap years included", () => {
    expect(yearBefore({ from: "2025-02-01", to: "2025-02-28" })).toEqual({ from: "2024-02-01", to: "2024-02-29" });
    expect(yearBefore({ from: "2024-02-01", to: "2024-02-29" })).toEqual({ from: "2023-02-01", to: "2023-02-28" });
    expect(yearBefore({ from: "2026-11-01", to: "2026-11-20" })).toEqual({ from: "2025-11-01", to: "2025-11-20" });
  });
});

describe("steps", () => {
  it("begin a week on Monday and a quarter with its first month", () => {
    expect(startOfStep("2026-11-22", "week")).toBe("2026-11-16");
    expect(endOfStep("2026-11-16", "week")).toBe("2026-11-22");
    expect(startOfStep("2026-11-20", "quarter")).toBe("2026-10-01");
    expect(endOfStep("2026-02-10", "quarter")).toBe("2026-03-31");
    expect(endOfStep("2024-02-10", "month")).toBe("2024-02-29");
    expect(endOfStep("2026-02-10", "year")).toBe("2026-12-31");
  });

  it("are whole only with all their days", () => {
    const period = { from: "2026-10-05", to: "2026-11-20" };
    expect(isWhole("2026-10-01", "month", period)).toBe(false);
    expect(isWhole("2026-11-01", "month", period)).toBe(false);
    expect(isWhole("2026-10-05", "week", period)).toBe(true);
  });

  it("count days and months over the ends of months", () => {
    expect(daysIn({ from: "2024-02-28", to: "2024-03-01" })).toBe(3);
    expect(addMonths("2026-01-31", 1)).toBe("2026-02-28");
    expect(addMonths("2026-01-31", -2)).toBe("2025-11-30");
  });
});
