import { describe, expect, it } from "vitest";
import type { Comparison } from "../bench/measure.js";
import { runBench, sections } from "../bench/run.js";

describe("the bench", () => {
  it.each(sections.map(({ name }) => name))("measures %s, each contender in every figure", async (name) => {
    const comparisons: Comparison[] = [];
    const lines: string[] = [];
    expect(
      await runBench(
        [name, "--quick"],
        (line) => lines.push(line),
        (comparison) => comparisons.push(comparison),
      ),
    ).toBe(0);
    expect(comparisons.length).toBeGreaterThan(0);
    for (const { plan, rows } of comparisons) {
      expect(new Set(rows.map(({ contender }) => contender))).toEqual(new Set(plan.contenders.map((contender) => contender.name)));
      for (const row of rows) for (const value of row.rounds) expect(value, `${row.contender}: ${row.figure}`).toSatisfy(isFigure);
      for (const baseline of plan.against) expect(lines.join("\n")).toContain(`÷ ${baseline}`);
    }
  });

  it("says what it knows when it is asked for something else", async () => {
    const lines: string[] = [];
    expect(await runBench(["speed"], (line) => lines.push(line))).toBe(2);
    expect(lines.join("\n")).toMatch(/no section speed[^]*acknowledge/);
  });
});

/** Nothing found is a figure, no time at all is none. */
function isFigure(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
