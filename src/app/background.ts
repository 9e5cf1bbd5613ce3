import type { Log } from "../domain/log.js";

/** What goes on beside the answers: rounds in a rhythm, and what begins a little later. */
export interface Background {
  /** Aborted when the service stops. */
  readonly signal: AbortSignal;
  /** Runs at once, or after `firstAfterMs`, and then in this rhythm; a round that takes longer than the pause is not joined by another. */
  every(ms: number, name: string, act: () => Promise<unknown>, firstAfterMs?: number): void;
  /** Once, after a while. */
  later(ms: number, name: string, act: () => Promise<unknown>): void;
  /** Begins nothing new and tells what runs to end. */
  abort(): void;
  /** Resolves when nothing runs any longer. */
  settled(): Promise<void>;
}

export function createBackground(log: Log): Background {
  const stopping = new AbortController();
  const { signal } = stopping;
  const timers: NodeJS.Timeout[] = [];
  const running = new Set<Promise<unknown>>();

  function keep(work: Promise<unknown>): void {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  return {
    signal,

    every(ms, name, act, firstAfterMs = 0) {
      let busy = false;
      const round = () => {
        if (busy || signal.aborted) return;
        busy = true;
        keep(
          act()
            .catch((error: unknown) => {
              if (!signal.aborted) log.error(`${name} failed`, { error });
            })
            .finally(() => {
              busy = false;
            }),
        );
      };
      if (firstAfterMs > 0) timers.push(setTimeout(round, firstAfterMs).unref());
      else round();
      timers.push(setInterval(round, ms).unref());
    },

    later(ms, name, act) {
      const begin = () => {
        if (!signal.aborted) keep(act().catch((error: unknown) => log.error(`${name} did not start`, { error })));
      };
      timers.push(setTimeout(begin, ms).unref());
    },

    abort() {
      stopping.abort(new Error("stopping"));
      for (const timer of timers) clearInterval(timer);
    },

    async settled() {
      await Promise.allSettled(running);
    },
  };
}
