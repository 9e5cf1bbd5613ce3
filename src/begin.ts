import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import * as connectorFolders from "./connectors/index.js";
import { readInstances } from "./connectors/kit/define.js";
import type { ConnectorDefinition } from "./domain/connector.js";
import type { Log } from "./domain/log.js";
import { createDatabase, type Database } from "./platform/database.js";
import { type Problem, type Settings, settingsError } from "./platform/settings.js";
import { startThread } from "./platform/thread.js";
import type { LocalSandbox, Sandbox } from "./sandbox/index.js";
import { type SandboxStart, sandboxApart } from "./sandbox/thread/client.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Every kind of system there is. */
export const definitions = Object.values(connectorFolders) as readonly ConnectorDefinition[];

/** What a test begins with in the place of the real thing. */
export interface Beginnings {
  readonly database?: Database;
  /** The sandbox in this thread instead of one of its own. */
  readonly startSandbox?: (options: {
    readonly folder: string;
    readonly now: () => Date;
    readonly perSecond?: number;
  }) => Promise<LocalSandbox>;
  /** How much the sandbox's CRM answers a second. */
  readonly sandboxPerSecond?: number;
}

/** What comes up in threads of its own while the rest of the program is loaded. */
export interface Begun {
  /** The data folder; it exists. */
  readonly data: string;
  readonly now: () => Date;
  readonly database: Promise<Database>;
  readonly sandbox: Promise<Sandbox | undefined>;
  /** Ends what came up, for a program that does not. */
  abandon(): Promise<void>;
}

/** Begins with what takes longest: the embedded engine, and the sandbox where no real system is configured. */
export function begin(settings: Settings, environment: Environment, log: Log, instead: Beginnings = {}): Begun {
  const data = resolve(settings.SVYAZ_DATA);
  mkdirSync(data, { recursive: true });
  const now = settings.SVYAZ_NOW ? fixedClock(new Date(settings.SVYAZ_NOW)) : () => new Date();
  const database = instead.database
    ? Promise.resolve(instead.database)
    : createDatabase({ url: settings.DATABASE_URL, dataDir: join(data, "database"), log });
  const sandbox = beginSandbox(settings, environment, join(data, "sandbox"), now, instead);
  // When both fail, the one that is waited for first has the reason to tell.
  for (const one of [database, sandbox]) one.catch(() => undefined);
  return {
    data,
    now,
    database,
    sandbox,
    async abandon() {
      const [opened, started] = await Promise.allSettled([database, sandbox]);
      if (opened.status === "fulfilled" && !instead.database) await opened.value.close();
      if (started.status === "fulfilled") await started.value?.close();
    },
  };
}

/** What is wrong with the connectors' variables, so that it can be told together with what is wrong with Svyaz's own. */
export function connectorProblems(environment: Environment): readonly Problem[] {
  return readInstances(definitions, environment).problems;
}

/** The sandbox joins when nothing real is configured, unless the settings say otherwise. */
async function beginSandbox(
  settings: Settings,
  environment: Environment,
  folder: string,
  now: () => Date,
  instead: Beginnings,
): Promise<Sandbox | undefined> {
  const real = readInstances(definitions, environment);
  if (real.problems.length > 0) throw settingsError(real.problems);
  const wanted = settings.SVYAZ_SANDBOX ?? real.instances.length === 0;
  if (!wanted) return undefined;
  const perSecond = instead.sandboxPerSecond;
  if (instead.startSandbox) return instead.startSandbox({ folder, now, perSecond });
  const start: SandboxStart = { folder, startsAt: settings.SVYAZ_NOW ? now() : undefined, perSecond };
  return sandboxApart(startThread(new URL("./sandbox/thread/main.js", import.meta.url), { workerData: start }));
}

/** A clock that starts at a fixed moment and then runs: leases and expiries still work. */
function fixedClock(start: Date): () => Date {
  const begun = performance.now();
  return () => new Date(start.getTime() + performance.now() - begun);
}
