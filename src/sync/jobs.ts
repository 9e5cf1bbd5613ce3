import { z } from "zod";
import type { Systems } from "../domain/connector.js";
import type { JobKind, Jobs } from "../platform/jobs.js";
import type { Sync } from "./run.js";
import type { Webhooks } from "./webhooks.js";

const SyncJob = z.object({ system: z.string(), full: z.boolean().default(false) });
const OneSystem = z.object({ system: z.string() });
const Nothing = z.object({});

/** Every five minutes the changes; at night, when nobody asks, everything. The full pass does not begin in a minute of the other. */
const sinceCron = "*/5 * * * *";
const fullCron = "2 3 * * *";
const rightsCron = "*/5 * * * *";
const purgeCron = "*/15 * * * *";

/** What is done without any data of its own, and the clock that it is done by besides being asked for. */
export interface Chore {
  readonly name: "rights" | "notices" | "purge";
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

const choreCrons: Readonly<Record<Chore["name"], string>> = { rights: rightsCron, notices: sinceCron, purge: purgeCron };

export interface SyncJobs {
  /** Gives every system its clock, and the first pass a start soon after this one. */
  schedule(firstAt: Date): Promise<void>;
}

/** Synchronisation as jobs: any process that works may do them, each once. */
export function defineSyncJobs({
  jobs,
  sync,
  webhooks,
  follow,
  chores,
  systems,
  timeZone,
}: {
  readonly jobs: Jobs;
  readonly sync: Sync;
  readonly webhooks: Webhooks;
  /** Reads what was stored and search does not know yet. */
  readonly follow: (system: string, signal: AbortSignal) => Promise<unknown>;
  readonly chores: readonly Chore[];
  readonly systems: Systems;
  /** The company's: decides when it is night. */
  readonly timeZone: string;
}): SyncJobs {
  const pass: JobKind<z.infer<typeof SyncJob>> = {
    name: "sync",
    data: SyncJob,
    key: ({ system }) => system,
    seconds: 2 * 3_600,
    retries: 2,
    pauseSeconds: 30,
    atOnce: 3,
    async run({ system, full }, signal) {
      const reports = await sync.run(system, { full: full && "go-on", signal });
      await jobs.send("index", { system });
      // What passes by itself is tried again soon; what does not has raised its alert.
      const failed = reports.find(({ error }) => error?.retryable);
      if (failed?.error) throw failed.error;
    },
  };
  const refresh: JobKind<z.infer<typeof OneSystem>> = {
    name: "refresh",
    data: OneSystem,
    key: ({ system }) => system,
    seconds: 300,
    retries: 8,
    atOnce: 2,
    async run({ system }, signal) {
      const { read } = await webhooks.refresh(system, signal);
      if (read > 0) await jobs.send("index", { system });
    },
  };
  const index: JobKind<z.infer<typeof OneSystem>> = {
    name: "index",
    data: OneSystem,
    key: ({ system }) => system,
    seconds: 2 * 3_600,
    retries: 5,
    atOnce: 2,
    run: async ({ system }, signal) => void (await follow(system, signal)),
  };
  jobs.define(pass);
  jobs.define(refresh);
  jobs.define(index);
  for (const { name, run } of chores) {
    jobs.define({
      name,
      data: Nothing,
      key: () => name,
      seconds: 1_800,
      retries: 5,
      run: async (_data, signal) => void (await run(signal)),
    });
  }

  return {
    async schedule(firstAt) {
      for (const { system } of systems.configured) {
        await jobs.schedule("sync", `since/${system}`, sinceCron, timeZone, { system });
        await jobs.schedule("sync", `full/${system}`, fullCron, timeZone, { system, full: true });
        // What was stored by a process that died before it could ask for the reading.
        await jobs.schedule("refresh", `open/${system}`, sinceCron, timeZone, { system });
        await jobs.send("sync", { system }, { after: firstAt });
        await jobs.send("refresh", { system }, { after: firstAt });
        await jobs.send("index", { system }, { after: firstAt });
      }
      for (const { name } of chores) {
        await jobs.schedule(name, name, choreCrons[name], timeZone, {});
        await jobs.send(name, {}, { after: firstAt });
      }
    },
  };
}
