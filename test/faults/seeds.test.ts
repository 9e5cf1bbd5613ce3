import { expect, it } from "vitest";
import { testDatabaseUrl } from "../support/database.js";
import { runSeeds } from "./run.js";

// A release runs many more by hand: npm run faults -- --seeds N. In every build each engine has its half of 25.
const [first, last] = testDatabaseUrl ? [14, 25] : [1, 13];
const seeds = Array.from({ length: last - first + 1 }, (_, at) => first + at);

it(`people at work while systems fail and the process is killed lose nothing, and nothing is written twice, by seeds ${first} to ${last}`, async () => {
  const lines: string[] = [];
  const { reports, violated } = await runSeeds(seeds, { atOnce: 2, print: (line) => lines.push(line) });
  expect(violated, lines.join("\n")).toEqual([]);
  // A harness in which nothing is ever written proves nothing.
  const done = reports.reduce((sum, { cards }) => sum + (cards["done"] ?? 0), 0);
  expect(done).toBeGreaterThan(seeds.length);
}, 900_000);
