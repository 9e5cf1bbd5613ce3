import { describe, expect, it } from "vitest";
import { addMonths, daysIn, endOfStep, isWhole, periodBefore, startOfStep, yearBefore } from "../../src/reports/calendar.js";

describe("the period to compare with", () => {
  it.each([
    ["a whole month with the month before", "2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28"],
    ["January with December", "2026-01-01", "2026-01-31", "2025-12-01", "2025-12-31"],
    ["a whole quarter with the quarter before", "2026-07-01", "2026-09-30", "2026-04-01", "2026-06-30"],
    ["the first quarter with the last of the year before", "2026-01-01", "2026-03-31", "2025-10-01", "2025-12-31"],
    ["the first half of a year with the second of the year before", "2026-01-01", "2026-06-30", "2025-07-01", "2025-12-31"],
    ["two whole years with the two before", "2024-01-01", "2025-12-31", "2022-01-01", "2023-12-31"],
    ["twenty days of a month with the same twenty of the one before", "2026-11-01", "2026-11-20", "2026-10-01", "2026-10-20"],
    ["thirty days of March with all of February", "2026-03-01", "2026-03-30", "2026-02-01", "2026-02-28"],
    ["the quarter so far with the same days of the quarter before", "2026-10-01", "2026-11-20", "2026-07-01", "2026-08-20"],
    ["a whole week with the week before", "2026-11-09", "2026-11-15", "2026-11-02", "2026-11-08"],
    ["the week so far with the same days of the week before", "2026-11-16", "2026-11-20", "2026-11-09", "2026-11-13"],
    ["any other days with as many before them", "2026-11-10", "2026-11-20", "2026-10-30", "2026-11-09"],
    ["one day with the day before", "2026-03-03", "2026-03-03", "2026-03-02", "2026-03-02"],
    ["New Year's Eve with the day before", "2025-12-31", "2025-12-31", "2025-12-30", "2025-12-30"],
  ])("sets %s", (_, from, to, beforeFrom, beforeTo) => {
    expect(periodBefore({ from, to })).toEqual({ from: beforeFrom, to: beforeTo });
  });

  it.each([
    ["the year so far", "2026-01-01", "2026-11-23"],
    ["the year so far at the end of a month", "2026-01-01", "2026-10-31"],
    ["the year so far in its second month", "2026-01-01", "2026-02-20"],
    ["a whole year", "2025-01-01", "2025-12-31"],
    ["twelve months and a part of the thirteenth", "2025-11-01", "2026-11-20"],
    ["a long odd stretch", "2026-03-15", "2026-11-20"],
  ])("sets nothing before %s but the same days a year earlier", (_, from, to) => {
    expect(periodBefore({ from, to })).toBeUndefined();
    expect(yearBefore({ from, to })?.to.slice(0, 4)).toBe(String(Number(to.slice(0, 4)) - 1));
  });

  it("does not set a year before a period that is mostly its own year before", () => {
    expect(yearBefore({ from: "2024-01-01", to: "2026-11-20" })).toBeUndefined();
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
