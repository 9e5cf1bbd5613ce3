import { expect, it } from "vitest";
import { runMirrorSeeds } from "./run.js";

// More by hand: npm run faults -- --mirror --seeds N
const seeds = [5];

it("the mirror is exactly the CRM again, and its cursor was never ahead of the rows, however often SIGKILL hits a reading process", async () => {
  const lines: string[] = [];
  const reports = await runMirrorSeeds(seeds, (line) => lines.push(line));
  expect(
    reports.flatMap(({ violations }) => violations),
    lines.join("\n"),
  ).toEqual([]);
  // A process that is never hit, and a CRM that stands still, prove nothing.
  for (const { deaths, changes } of reports) {
    expect(deaths).toBeGreaterThan(0);
    expect(changes).toBeGreaterThan(10);
  }
}, 180_000);
