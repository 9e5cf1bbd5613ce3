import { parseArgs } from "node:util";
import { openProving, type Proving } from "./company.js";
import { type MirrorReport, runMirrorSeed } from "./mirror.js";
import { runSeed, type SeedReport } from "./seed.js";

/** So many seeds share one company, which then makes room for a fresh one: its log would be long to read through. */
const seedsOfOne = 25;

export interface Summary {
  readonly reports: readonly SeedReport[];
  readonly violated: readonly number[];
}

/** Runs the seeds, `atOnce` companies side by side. A company whose Svyaz broke a promise is kept to be looked at. */
export async function runSeeds(
  seeds: readonly number[],
  { atOnce, print }: { readonly atOnce: number; readonly print: (line: string) => void },
): Promise<Summary> {
  const waiting = [...seeds];
  const reports: SeedReport[] = [];
  const worker = async () => {
    while (waiting.length > 0) {
      const proving = await openProving();
      const kept = await useUp(proving, waiting, reports, print);
      await proving.close({ keep: kept });
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, seeds.length) }, worker));
  return { reports, violated: reports.filter(({ violations }) => violations.length > 0).map(({ seed }) => seed) };
}

/** True when the company's folder should be kept. */
async function useUp(proving: Proving, waiting: number[], reports: SeedReport[], print: (line: string) => void): Promise<boolean> {
  for (let used = 0; used < seedsOfOne; used += 1) {
    const seed = waiting.shift();
    if (seed === undefined) return false;
    const report = await runSeed(proving, seed);
    reports.push(report);
    const { violations, restarts, seconds, cards } = report;
    const counts = Object.entries(cards).map(([state, count]) => `${count} ${state}`);
    print(
      `seed ${seed}: ${violations.length === 0 ? "holds" : "VIOLATED"}, ${restarts} restarts, cards: ${counts.join(", ") || "none"}, ${seconds.toFixed(1)} s`,
    );
    if (violations.length === 0) continue;
    for (const violation of violations) print(`  ✗ ${violation}`);
    print(`  its data and log: ${proving.folder}; again: npm run faults -- --seed ${seed}`);
    return true;
  }
  return false;
}

/** Kills Svyaz while it reads a CRM that changes, and holds the mirror against the CRM. Each seed has the company of the one before. */
export async function runMirrorSeeds(seeds: readonly number[], print: (line: string) => void): Promise<readonly MirrorReport[]> {
  const proving = await openProving();
  const reports: MirrorReport[] = [];
  for (const seed of seeds) {
    const report = await runMirrorSeed(proving, seed);
    reports.push(report);
    const { violations, deaths, changes, seconds } = report;
    const verdict = violations.length === 0 ? "holds" : "VIOLATED";
    print(`seed ${seed}: ${verdict}, ${deaths} deaths, ${changes} changes in the CRM, ${seconds.toFixed(1)} s`);
    for (const violation of violations.slice(0, 10)) print(`  ✗ ${violation}`);
  }
  await proving.close({ keep: reports.some(({ violations }) => violations.length > 0) });
  return reports;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      mirror: { type: "boolean", default: false },
      seeds: { type: "string", default: "25" },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      "at-once": { type: "string", default: "2" },
    },
  });
  const seeds = values.seed ? [Number(values.seed)] : Array.from({ length: Number(values.seeds) }, (_, at) => Number(values.from) + at);
  const began = performance.now();
  const print = (line: string) => process.stdout.write(`${line}\n`);
  if (values.mirror) {
    const reports = await runMirrorSeeds(seeds, print);
    const violated = reports.filter(({ violations }) => violations.length > 0).map(({ seed }) => seed);
    const deaths = reports.reduce((sum, report) => sum + report.deaths, 0);
    const seconds = ((performance.now() - began) / 1_000).toFixed(0);
    print(
      `${reports.length} seeds, ${violated.length} violated${violated.length > 0 ? ` (${violated.join(", ")})` : ""}; ${deaths} deaths; ${seconds} s`,
    );
    process.exitCode = violated.length === 0 ? 0 : 1;
    return;
  }
  const { reports, violated } = await runSeeds(seeds, { atOnce: Number(values["at-once"]), print });
  const total = (state: string) => reports.reduce((sum, { cards }) => sum + (cards[state] ?? 0), 0);
  const restarts = reports.reduce((sum, report) => sum + report.restarts, 0);
  process.stdout.write(
    `${reports.length} seeds, ${violated.length} violated${violated.length > 0 ? ` (${violated.join(", ")})` : ""}; ${restarts} restarts; cards: ` +
      `${total("done")} done, ${total("failed")} failed, ${total("unknown")} unknown, ${total("rejected")} rejected, ` +
      `${total("waiting") + total("expired")} never confirmed; ${((performance.now() - began) / 1_000).toFixed(0)} s\n`,
  );
  process.exitCode = violated.length === 0 ? 0 : 1;
}

if (process.argv[1]?.endsWith("run.ts")) await main();
