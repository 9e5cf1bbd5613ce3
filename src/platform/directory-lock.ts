import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { SystemUnavailable } from "../domain/errors.js";

const Holder = z.object({
  pid: z.int().positive(),
  /** What to look for in a list of processes. */
  command: z.string(),
  /** Tells this process from a later one with the same number, where the system can. */
  started: z.string().optional(),
});
type Holder = z.infer<typeof Holder>;

const pollMs = 100;
const held = new Set<string>();

/**
 * Makes this process the only one that opens the embedded database in `dataDir`; resolves to what gives the lock back.
 * The lock is the file `<dataDir>.lock`, beside the folder. It is never taken from a living process: after `waitMs` a
 * SystemUnavailable names the holder. What a crash left is taken at once. It holds among the processes of one machine.
 */
export async function acquireDataLock(dataDir: string, { waitMs }: { readonly waitMs: number }): Promise<() => void> {
  const file = `${resolve(dataDir)}.lock`;
  mkdirSync(dirname(file), { recursive: true });
  const until = performance.now() + waitMs;
  for (;;) {
    if (tryLock(file)) {
      held.add(file);
      let mine = true;
      return () => {
        if (mine) rmSync(file, { force: true });
        if (mine) held.delete(file);
        mine = false;
      };
    }
    const text = read(file);
    const holder = text === undefined ? undefined : parse(text);
    if (text !== undefined && (!holder || !isAlive(holder, file))) {
      takeAway(file, text);
    } else if (performance.now() >= until) {
      const who = holder ? `process ${holder.pid} (${holder.command})` : "another process";
      throw new SystemUnavailable(`database: ${dataDir} is in use by ${who}; the lock is ${file}`, {
        system: "database",
        operation: "acquireDataLock",
      });
    } else if (text !== undefined) {
      await delay(Math.min(pollMs, Math.max(0, until - performance.now())));
    }
  }
}

/** A link appears with all of its text or not at all, unlike a file that is created and then written. */
function tryLock(file: string): boolean {
  const draft = `${file}.${process.pid}`;
  const mine: Holder = { pid: process.pid, command: process.argv.slice(0, 3).join(" "), started: startOf(process.pid) };
  writeFileSync(draft, JSON.stringify(mine));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    unlinkSync(draft);
  }
}

/** Removes a dead holder's lock, and puts it back if it was not that one: a neighbour may have been quicker. */
function takeAway(file: string, dead: string): void {
  const aside = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return;
  }
  if (read(aside) !== dead) {
    try {
      linkSync(aside, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  unlinkSync(aside);
}

function isAlive(holder: Holder, file: string): boolean {
  // In a container the process that crashed and its successor often have the same number.
  if (holder.pid === process.pid) return held.has(file);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const started = startOf(holder.pid);
  return holder.started === undefined || started === undefined || started === holder.started;
}

/** When a process began, counted from which boot, as Linux tells; elsewhere its number has to do. */
function startOf(pid: number): string | undefined {
  const boot = read("/proc/sys/kernel/random/boot_id")?.trim();
  // The second field is the program's name and may hold spaces and brackets; the 22nd is the start.
  const start = read(`/proc/${pid}/stat`)?.split(") ").at(-1)?.split(" ")[19];
  return boot && start && `${boot}:${start}`;
}

function parse(text: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
