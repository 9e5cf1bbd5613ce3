import { loadavg } from "node:os";

/** What one round of a contender showed, by name: "p50, ms", "rows/s". */
export type Figures = Readonly<Record<string, number>>;

export interface Contender {
  readonly name: string;
  round(): Promise<Figures>;
}

export interface Plan {
  readonly title: string;
  /** What is counted and what is not, in one or two sentences. */
  readonly note: string;
  readonly contenders: readonly Contender[];
  /** Names of the contenders that the ratios are made with. */
  readonly against: readonly string[];
  readonly rounds: number;
  /** Rounds before the counted ones, thrown away. */
  readonly warmUp?: number;
}

export interface Row {
  readonly contender: string;
  readonly figure: string;
  /** One number a round. */
  readonly rounds: readonly number[];
}

export interface Comparison {
  readonly plan: Plan;
  readonly rows: readonly Row[];
  /** The machine's load over the last minute, before and after. */
  readonly load: readonly [number, number];
  readonly seconds: number;
}

/** Runs the contenders in turns, A B A B, so that whatever slows the machine down for a while slows each of them. */
export async function compare(plan: Plan): Promise<Comparison> {
  const began = performance.now();
  const before = loadOfMachine();
  for (let round = 0; round < (plan.warmUp ?? 1); round += 1) for (const contender of plan.contenders) await contender.round();
  const rows: (Row & { readonly rounds: number[] })[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const contender of plan.contenders) {
      const { name } = contender;
      for (const [figure, value] of Object.entries(await contender.round())) {
        const known = rows.find((row) => row.contender === name && row.figure === figure);
        if (known) known.rounds.push(value);
        else rows.push({ contender: name, figure, rounds: [value] });
      }
    }
  }
  return { plan, rows, load: [before, loadOfMachine()], seconds: (performance.now() - began) / 1000 };
}

/** The value below which this share of the values lies; an existing value, none in between. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The usual two figures of many waits, milliseconds. */
export function waits(values: readonly number[]): Figures {
  return { "p50, ms": median(values), "p95, ms": quantile(values, 0.95) };
}

export async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

export function loadOfMachine(): number {
  return loadavg()[0] ?? 0;
}
