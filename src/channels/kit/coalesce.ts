/** Writes the newest value at most once in a while; what was overtaken meanwhile is never written. */
export interface Coalescer {
  put(value: string): void;
  /** Drops what still waits and resolves when nothing is being written any more. */
  close(): Promise<void>;
}

/** Messengers limit how often one message may be edited. `write` must not throw: a lost step is no reason to fail an answer. */
export function createCoalescer(everyMs: number, write: (value: string) => Promise<void>): Coalescer {
  let waiting: string | undefined;
  let written: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let closed = false;
  let freeAt = Date.now() + everyMs;

  const schedule = () => {
    timer ??= setTimeout(
      () => {
        const value = waiting;
        waiting = undefined;
        if (value === undefined || value === written) {
          timer = undefined;
          return;
        }
        written = value;
        running = write(value).finally(() => {
          freeAt = Date.now() + everyMs;
          timer = undefined;
          if (waiting !== undefined && !closed) schedule();
        });
      },
      Math.max(0, freeAt - Date.now()),
    );
  };

  return {
    put(value) {
      if (closed) return;
      waiting = value;
      schedule();
    },
    async close() {
      closed = true;
      waiting = undefined;
      clearTimeout(timer);
      await running;
    },
  };
}
