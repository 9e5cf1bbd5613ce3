import { setMaxListeners } from "node:events";
import { performance } from "node:perf_hooks";
import Bottleneck from "bottleneck";
import type { Limits } from "../../domain/connector.js";
import type { Log } from "../../domain/log.js";
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

/**
 * How several processes keep one account's rate together. With Redis, Bottleneck counts there; with `slots`, the database says
 * whether the next call may start (see `platform/slots.ts`). A process that is alone on its database needs neither.
 */
export type Sharing =
  | { readonly redis: Bottleneck.IORedisConnection }
  | { readonly slots: (account: string, burst: number, windowMs: number) => Promise<number> };

interface LimiterOptions {
  readonly now: () => Date;
  readonly queue?: number;
  /** What the vendor counts by; the same in every process. */
  readonly account?: string;
  readonly shared?: Sharing;
}

/** The vendor's clock and the network's moods: a unit comes back a little later than a second after its use. */
const marginMs = 30;
/** Over Redis a call is given its moment beforehand, and the clock that it waits by may be late. */
const spacedMarginMs = 45;
const slowestPace = 20;
/** A call that a process took with it when it died occupies its place at Redis no longer than this. */
const longestCallMs = 10 * 60_000;

/** Rates kept at Redis, by every process that is given the same address. Rejects when it does not answer. */
export async function shareOverRedis(url: string, log: Log): Promise<Sharing & { close(): Promise<void> }> {
  const { Redis } = await import("ioredis");
  const client = new Redis(url, { maxRetriesPerRequest: 2, connectTimeout: 5_000, connectionName: "svyaz" });
  client.on("error", (error: Error) => log.warn("redis: trouble with the connection", { error: error.message }));
  try {
    await client.ping();
  } catch (cause) {
    client.disconnect();
    throw new SystemUnavailable("redis does not answer; see REDIS_URL", { operation: "redis.connect", cause });
  }
  const redis = new Bottleneck.IORedisConnection({ client });
  redis.on("error", (error: Error) => log.warn("redis: trouble with the connection", { error: error.message }));
  return {
    redis,
    async close() {
      await redis.disconnect(false);
      client.disconnect();
    },
  };
}

export function createAccount(system: string, limits: Limits, options: LimiterOptions): Account {
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
 *
 * Over Redis calls are spaced evenly instead, each `1 / perSecond` after the last: units that a process gives back would be lost with it when it
 * dies. There `atOnce` is kept by all together; with `slots` by each process for itself.
 */
function createLimiter(
  system: string,
  limits: Limits,
  { now, queue: longest = 300, account = system, shared }: LimiterOptions,
): Limiter & { readonly close: () => void } {
  const burst = Math.ceil(limits.perSecond);
  const windowMs = (1_000 * burst) / limits.perSecond + marginMs;
  const bottleneck = openBottleneck();
  const people: Waiting[] = [];
  const background: Waiting[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let pace = 1;
  let pausedUntil = 0;
  let asked = false;
  let today = { day: "", used: 0 };

  function openBottleneck(): Bottleneck {
    if (!shared) return new Bottleneck({ maxConcurrent: limits.atOnce, reservoir: burst });
    if ("slots" in shared) return new Bottleneck({ maxConcurrent: limits.atOnce });
    const spaced = { maxConcurrent: limits.atOnce, minTime: Math.ceil((windowMs - marginMs + spacedMarginMs) / burst) };
    return new Bottleneck({ ...spaced, id: `svyaz ${account}`, datastore: "ioredis", connection: shared.redis, timeout: longestCallMs });
  }

  const asleep = (ms: number) => new Promise<void>((resolve) => later(ms, resolve));

  /** Resolves when a place that was given may be used. */
  async function due(): Promise<void> {
    const pause = pausedUntil - performance.now();
    if (pause > 0) await asleep(pause);
    if (!shared || "redis" in shared) return;
    for (let ms = await shared.slots(account, burst, windowMs * pace); ms > 0; ms = await shared.slots(account, burst, windowMs * pace)) {
      await asleep(ms);
    }
  }

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
    const begin = async () => {
      await due();
      if (!shared) later(windowMs * pace, () => void bottleneck.incrementReservoir(1));
      asked = false;
      const job = people.shift() ?? background.shift();
      ask();
      await job?.begin();
    };
    bottleneck.schedule({ expiration: shared && "redis" in shared ? longestCallMs : undefined }, begin).catch(failAll);
  }

  /** Nobody can say whether a call may be made, so none is. */
  function failAll(cause: unknown): void {
    asked = false;
    const error = new SystemUnavailable(`${system}: the shared rate limit cannot be kept`, { system, cause });
    for (const { fail } of [...people.splice(0), ...background.splice(0)]) fail(error);
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
        const begin = async () => {
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
        const fail = (error: unknown) => {
          forget();
          reject(error);
        };
        const job: Waiting = { begin, fail };
        const leave = (event: Event) => {
          line.splice(line.indexOf(job), 1);
          fail((event.target as AbortSignal).reason);
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
      // Its heartbeat would keep the process up; the connection is its owner's.
      if (shared && "redis" in shared) void bottleneck.disconnect(false);
    },
  };
}

interface Waiting {
  readonly begin: () => Promise<void>;
  readonly fail: (error: unknown) => void;
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
