import { setMaxListeners } from "node:events";
import { performance } from "node:perf_hooks";
import Bottleneck from "bottleneck";
import type { Limits } from "../../domain/connector.js";
import { SystemUnavailable, TooManyRequests } from "../../domain/errors.js";
import type { Setback } from "./attempts.js";

/** What all connectors of one vendor account share, whoever they were opened for. */
export interface Account {
  readonly limiter: Limiter;
  readonly circuit: Circuit;
  readonly close: () => void;
}

export interface Limiter {
  /** Runs the job when the vendor's limits allow it. People's jobs go before background ones; an aborted job leaves the queue. */
  run<T>(job: () => Promise<T>, options: { readonly background: boolean; readonly signals: readonly AbortSignal[] }): Promise<T>;
  /** The vendor said "too many": nothing starts for so long, and the pace is halved until answers come again. */
  slowDown(ms: number): void;
  readonly waiting: number;
}

export interface Circuit {
  /** Throws SystemUnavailable, saying when it will be tried again, while the account is blocked. */
  check(): void;
  /** As `check`; after the wait it lets one trial in, and others when that one has ended. Give it back how the call went. */
  enter(): (end: Setback["kind"] | "answered") => void;
}

/** The vendor's clock and the network's moods: a unit comes back a little later than a second after its use. */
const marginMs = 50;
const slowestPace = 20;

export function createAccount(system: string, limits: Limits, options: { readonly now: () => Date; readonly queue?: number }): Account {
  const limiter = createLimiter(system, limits, options);
  return { limiter, circuit: createCircuit(system, options.now), close: limiter.close };
}

/**
 * `perSecond` is a ceiling over every window of one second, not on average: each start takes a unit of the
 * reservoir and gives it back a second later, so a burst may be as large as the limit and never doubles
 * where two windows meet. With a fraction the burst is rounded up and the window grows with it: 6.5 a second is
 * 7 in 1.08 seconds, 0.5 a second one every two.
 *
 * Bottleneck counts and holds back; the queue before it is ours, because a job given to Bottleneck can no longer
 * be taken out when the person has stopped waiting, and because priority must be decided when a place is free.
 */
function createLimiter(
  system: string,
  limits: Limits,
  { now, queue: longest = 300 }: { readonly now: () => Date; readonly queue?: number },
): Limiter & { readonly close: () => void } {
  const burst = Math.ceil(limits.perSecond);
  const windowMs = (1_000 * burst) / limits.perSecond + marginMs;
  const bottleneck = new Bottleneck({ maxConcurrent: limits.atOnce, reservoir: burst });
  const people: (() => Promise<void>)[] = [];
  const background: (() => Promise<void>)[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let pace = 1;
  let pausedUntil = 0;
  let asked = false;
  let today = { day: "", used: 0 };

  function later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  }

  /** At most one place is asked for at a time, so that whoever matters most when it comes gets it. */
  function ask(): void {
    if (asked || people.length + background.length === 0) return;
    asked = true;
    void bottleneck.schedule(async () => {
      const pause = pausedUntil - performance.now();
      if (pause > 0) await new Promise<void>((resolve) => later(pause, resolve));
      later(windowMs * pace, () => void bottleneck.incrementReservoir(1));
      asked = false;
      const job = people.shift() ?? background.shift();
      ask();
      await job?.();
    });
  }

  function spendDay(): void {
    const day = now().toISOString().slice(0, 10);
    if (today.day !== day) today = { day, used: 0 };
    if (limits.perDay !== undefined && today.used >= limits.perDay) {
      const midnight = new Date(`${day}T00:00:00Z`).getTime() + 86_400_000;
      throw new TooManyRequests(`${system}: the ${limits.perDay} calls a day are used up`, { system }, midnight - now().getTime());
    }
    today.used += 1;
  }

  return {
    run<T>(act: () => Promise<T>, options: { background: boolean; signals: readonly AbortSignal[] }): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const { signals } = options;
        const stopped = signals.find((signal) => signal.aborted);
        if (stopped) return reject(stopped.reason);
        const line = options.background ? background : people;
        if (line.length >= longest) {
          return reject(
            new TooManyRequests(`${system}: ${line.length} calls are waiting already, try again in a minute`, { system }, 60_000),
          );
        }
        const job = async () => {
          forget();
          try {
            spendDay();
            const answer = await act();
            pace = Math.max(1, pace * 0.9);
            resolve(answer);
          } catch (error) {
            reject(error);
          }
        };
        const leave = (event: Event) => {
          line.splice(line.indexOf(job), 1);
          forget();
          reject((event.target as AbortSignal).reason);
        };
        const forget = () => signals.forEach((signal) => signal.removeEventListener("abort", leave));
        // A report's many calls wait on the turn's one signal: that is no leak.
        setMaxListeners(0, ...signals);
        signals.forEach((signal) => signal.addEventListener("abort", leave));
        line.push(job);
        ask();
      });
    },
    slowDown(ms) {
      pausedUntil = Math.max(pausedUntil, performance.now() + ms);
      pace = Math.min(slowestPace, pace * 2);
    },
    get waiting() {
      return people.length + background.length;
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/**
 * Some vendors answer abuse with a page of 403 for the whole account, and each further call prolongs it.
 * So nothing is sent for a minute, then one call tries; each refusal doubles the wait, up to half an hour.
 */
function createCircuit(system: string, now: () => Date): Circuit {
  let waitMs = 60_000;
  let openUntil: number | undefined;
  let trying = false;

  function check(): void {
    if (openUntil === undefined) return;
    const ms = openUntil - performance.now();
    if (ms <= 0 && !trying) return;
    const until = new Date(now().getTime() + Math.max(ms, 0)).toISOString();
    throw new SystemUnavailable(
      `${system}: the account is blocked by the vendor, tried again at ${until}`,
      { system },
      Math.max(ms, 1_000),
    );
  }

  return {
    check,
    enter() {
      check();
      const trial = openUntil !== undefined;
      if (trial) trying = true;
      return (end) => {
        if (trial) trying = false;
        if (end === "blocked") {
          if (trial) waitMs = Math.min(waitMs * 2, 30 * 60_000);
          openUntil = performance.now() + waitMs;
        } else if (trial && end !== "unclear" && end !== "slow" && end !== "not-sent") {
          openUntil = undefined;
          waitMs = 60_000;
        }
      };
    },
  };
}
