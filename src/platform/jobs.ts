import { PgBoss } from "pg-boss";
import type { Log } from "../domain/log.js";
import type { Metrics } from "../domain/metrics.js";
import type { Schema } from "../domain/schema.js";
import type { Database } from "./database.js";

/** A kind of work that may wait, fail, be tried again and be done by any process on the same database. */
export interface JobKind<Data extends object> {
  /** Also the queue's name: "sync", "webhook". Letters, digits, dots and dashes. */
  readonly name: string;
  readonly data: Schema<Data>;
  /** Of two waiting jobs with one key the second is dropped; one with this key may wait while another runs. Absent: all are kept. */
  readonly key?: (data: Data) => string;
  /** How long one run may take; after that it counts as dead and is tried again, seconds. */
  readonly seconds: number;
  /** Tries after the first, with pauses that double from `pauseSeconds` (5 unless said). */
  readonly retries: number;
  readonly pauseSeconds?: number;
  /** How many of them this process does at once; 1 unless said. */
  readonly atOnce?: number;
  /** Rejecting has it tried again, and at last laid among the dead. The signal aborts when its time is over or the process stops. */
  run(data: Data, signal: AbortSignal): Promise<void>;
}

/** Work that failed for good and waits for a person. */
export interface DeadJob {
  readonly id: string;
  readonly kind: string;
  readonly data: unknown;
  readonly diedAt: Date;
  readonly tries: number;
  readonly reason: string;
}

export interface Jobs {
  /** Before `start`. */
  define<Data extends object>(kind: JobKind<Data>): void;
  /** True when it was stored, false when one with its key already waits. */
  send(kind: string, data: object, options?: { readonly after?: Date }): Promise<boolean>;
  /**
   * Has it done by the clock (a cron line of five fields), once however many processes there are. A second call with the key
   * (letters, digits and _-./) replaces the first.
   */
  schedule(kind: string, key: string, cron: string, timeZone: string, data: object): Promise<void>;
  unschedule(kind: string, key: string): Promise<void>;
  schedules(): Promise<readonly { readonly kind: string; readonly key: string; readonly cron: string; readonly timeZone: string }[]>;
  /** With `work` this process also does jobs; without it it only hands them over. A second call may add the work. */
  start(options: { readonly work: boolean }): Promise<void>;
  /** Takes no more, gives what runs some seconds to end, and leaves the rest to others. */
  stop(): Promise<void>;
  dead(): Promise<readonly DeadJob[]>;
  /** Puts the dead back into their queues; all of them when none is named. Returns how many. */
  revive(ids?: readonly string[]): Promise<number>;
  bury(ids: readonly string[]): Promise<void>;
  /** Waiting and running, by kind. */
  counts(): Promise<readonly { readonly kind: string; readonly waiting: number; readonly running: number }[]>;
}

const graveyard = "dead";
const schema = "pgboss";
const longestPauseSeconds = 600;
const pollSeconds = 1;
const stopMs = 10_000;
const countEveryMs = 15_000;
/** What was done is kept for a day, what is dead for a month. */
const doneSeconds = 24 * 3_600;
const deadSeconds = 30 * 24 * 3_600;

/** pg-boss over the service's own database. Queues, retries, clocks and dead letters are rows there: any number of processes may share them. */
export function createJobs({
  database,
  metrics,
  log,
}: {
  readonly database: Database;
  readonly metrics: Metrics;
  readonly log: Log;
}): Jobs {
  const kinds = new Map<string, JobKind<object>>();
  const stopping = new AbortController();
  let counting: NodeJS.Timeout | undefined;
  let started: Promise<void> | undefined;
  const boss = new PgBoss({
    db: { executeSql: (text: string, values?: unknown[]) => database.query(text, values) },
    schema,
    // Its own report of slow queries and long queues goes where ours goes.
    persistWarnings: false,
    reindex: database.engine === "postgresql",
    monitorVacuum: database.engine === "postgresql",
  });
  boss.on("error", (error) => log.warn("the job queue had trouble", { error }));
  boss.on("warning", ({ message, data }) => log.debug(`the job queue warns: ${message}`, { data }));

  const mustKnow = (kind: string): JobKind<object> => {
    const known = kinds.get(kind);
    if (!known) throw new Error(`no kind of job is called ${kind}`);
    return known;
  };

  const jobs: Jobs = {
    define: (kind) => void kinds.set(kind.name, kind as unknown as JobKind<object>),

    async send(kind, data, { after } = {}) {
      const known = mustKnow(kind);
      const singletonKey = known.key?.(known.data.parse(data));
      const id = await boss.send(kind, data, { ...(after ? { startAfter: after } : {}), ...(singletonKey ? { singletonKey } : {}) });
      return id !== null;
    },

    async schedule(kind, key, cron, timeZone, data) {
      const known = mustKnow(kind);
      const singletonKey = known.key?.(known.data.parse(data));
      await boss.schedule(kind, cron, data, { key, tz: timeZone, ...(singletonKey ? { singletonKey } : {}) });
    },

    unschedule: (kind, key) => boss.unschedule(kind, key),
    schedules: async () =>
      (await boss.getSchedules()).map(({ name, key, cron, timezone }) => ({ kind: name, key, cron, timeZone: timezone })),

    async start({ work }) {
      started ??= begin();
      await started;
      if (!work) return;
      for (const kind of kinds.values()) await employ(kind);
      counting = setInterval(() => void count().catch((error: unknown) => log.warn("jobs were not counted", { error })), countEveryMs);
      counting.unref();
    },

    async stop() {
      if (!started) return;
      clearInterval(counting);
      await started.catch(() => undefined);
      stopping.abort(new Error("stopping"));
      await boss.stop({ graceful: true, timeout: stopMs, close: false });
    },

    async dead() {
      const found = await boss.findJobs<unknown>(graveyard, { queued: true });
      return found.map(({ id, data, createdOn, sourceName, sourceRetryCount, sourceOutput }) => ({
        id,
        kind: sourceName ?? "?",
        data,
        diedAt: createdOn,
        tries: (sourceRetryCount ?? 0) + 1,
        reason: reasonOf(sourceOutput),
      }));
    },

    revive: (ids) => boss.redrive(graveyard, ids ? { ids: [...ids] } : {}),
    bury: async (ids) => void (await boss.deleteJob(graveyard, [...ids])),

    async counts() {
      const queues = await boss.getQueues();
      return queues
        .filter(({ name }) => name !== graveyard && !name.startsWith("__"))
        .map(({ name, queuedCount, activeCount }) => ({ kind: name, waiting: queuedCount, running: activeCount }));
    },
  };
  return jobs;

  async function begin(): Promise<void> {
    await boss.start();
    await boss.createQueue(graveyard, { retentionSeconds: deadSeconds });
    for (const kind of kinds.values()) await open(kind);
  }

  async function open({ name, key, seconds, retries, pauseSeconds = 5 }: JobKind<object>): Promise<void> {
    const options = {
      deadLetter: graveyard,
      expireInSeconds: seconds,
      retryLimit: retries,
      retryDelay: pauseSeconds,
      retryBackoff: true,
      retryDelayMax: longestPauseSeconds,
      deleteAfterSeconds: doneSeconds,
    };
    // "stately": one of a key waits, one runs.
    await boss.createQueue(name, { ...options, policy: key ? "stately" : "standard" });
    await boss.updateQueue(name, options);
  }

  async function employ(kind: JobKind<object>): Promise<void> {
    const work = async ([job]: readonly { readonly id: string; readonly data: unknown; readonly signal: AbortSignal }[]) => {
      if (!job) return;
      const signal = AbortSignal.any([job.signal, stopping.signal]);
      const began = performance.now();
      try {
        await kind.run(kind.data.parse(job.data), signal);
        metrics.count("svyaz_jobs_total", { kind: kind.name, outcome: "done" });
      } catch (error) {
        metrics.count("svyaz_jobs_total", { kind: kind.name, outcome: "failed" });
        if (!stopping.signal.aborted) log.warn("a job failed", { kind: kind.name, job: job.id, error });
        throw error;
      } finally {
        metrics.observe("svyaz_job_seconds", (performance.now() - began) / 1000, { kind: kind.name });
      }
    };
    for (let hand = 0; hand < (kind.atOnce ?? 1); hand += 1) {
      await boss.work<object>(kind.name, { batchSize: 1, pollingIntervalSeconds: pollSeconds }, work);
    }
  }

  async function count(): Promise<void> {
    for (const { kind, waiting, running } of await jobs.counts()) {
      metrics.set("svyaz_jobs", waiting, { kind, state: "waiting" });
      metrics.set("svyaz_jobs", running, { kind, state: "running" });
    }
    metrics.set("svyaz_jobs", (await jobs.dead()).length, { kind: "all", state: "dead" });
  }
}

function reasonOf(output: unknown): string {
  const message = typeof output === "object" && output !== null && "message" in output ? output.message : undefined;
  return typeof message === "string" ? message.slice(0, 500) : "no reason is known";
}
