import type { Engine } from "./engines.js";
import type { Comparison } from "./measure.js";

/** How a section is to run. */
export interface Bench {
  /** Tiny sizes: proves that a section works; its figures mean nothing. */
  readonly quick: boolean;
  readonly engines: readonly Engine[];
  /** For what could not be measured. */
  readonly warn: (line: string) => void;
}

/** One part of the bench. Rejects when what it measures does not do its work: a wrong answer has no speed. */
export interface Section {
  readonly name: string;
  readonly about: string;
  run(bench: Bench): AsyncIterable<Comparison>;
}
