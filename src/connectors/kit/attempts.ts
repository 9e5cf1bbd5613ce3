import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { OutcomeUnknown } from "../../domain/errors.js";
import type { SvyazError } from "../../domain/errors.js";

/**
 * How one attempt failed. `limited`: 429. `not-sent`: it certainly never left. `unclear`: it may have been done (5xx, cut).
 * `slow`: no answer in time. `unreadable`: an answer, but not one we understand. `refused`: answered, and not done. `blocked`: the whole account is turned away.
 */
export class Setback extends Error {
  constructor(
    readonly kind: "limited" | "not-sent" | "unclear" | "slow" | "unreadable" | "refused" | "blocked",
    readonly error: SvyazError,
    readonly afterMs?: number,
  ) {
    super(error.message);
  }
}

export interface Patience {
  /** Attempts of what fails for other reasons than a limit; waiting out limits is bounded by the budget alone. */
  readonly attempts: number;
  /** No attempt starts later than this after the first, milliseconds. */
  readonly budgetMs: number;
  /** The first pause; each further one doubles, up to 10 s, less a random part. */
  readonly pauseMs: number;
}

/**
 * What is sent again: a read after 429, 5xx and a cut connection; a write only after 429 or when it never left.
 * A write that may have been done throws OutcomeUnknown, whatever the answer looked like.
 */
export async function withPatience<T>(
  once: () => Promise<T>,
  {
    repeatable,
    patience,
    signals,
  }: { readonly repeatable: boolean; readonly patience: Patience; readonly signals: readonly AbortSignal[] },
): Promise<T> {
  const began = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once();
    } catch (thrown) {
      if (!(thrown instanceof Setback)) throw thrown;
      const { kind, error, afterMs } = thrown;
      const certain = kind !== "unclear" && kind !== "slow" && kind !== "unreadable";
      if (!repeatable && !certain) {
        throw new OutcomeUnknown(`${error.message}; whether it was written is unknown`, {
          system: error.system,
          operation: error.operation,
          cause: error,
        });
      }
      const again = kind === "limited" || ((kind === "not-sent" || kind === "unclear") && attempt < patience.attempts);
      const longest = Math.min(10_000, patience.pauseMs * 2 ** (attempt - 1));
      const pause = Math.max(afterMs ?? 0, longest * (0.5 + Math.random() / 2));
      if (!again || performance.now() - began + pause > patience.budgetMs) throw error;
      await delay(pause, undefined, { signal: AbortSignal.any([...signals]) }).catch((stopped: unknown) => {
        throw signals.find((signal) => signal.aborted)?.reason ?? stopped;
      });
    }
  }
}
