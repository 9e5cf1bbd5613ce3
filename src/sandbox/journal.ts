import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { Day } from "../domain/numbers.js";

const NEWLINE = 0x0a;

/** What changed since the seed, in order. The seed itself is made anew at every start and never written. */
export interface Journal<Entry> {
  /** What earlier runs wrote. */
  readonly replayed: readonly Entry[];
  /** Resolves when the entry is on the disk; entries land in the order of the calls. Answer the client after it, not before. */
  append(entry: Entry): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens `<dir>/<system>.jsonl`; without a folder nothing is kept.
 * A last line that a crash tore is dropped, for it was never answered; a broken line before it throws.
 */
export async function openJournal<Entry>(dir: string | undefined, system: string): Promise<Journal<Entry>> {
  if (dir === undefined) return { replayed: [], append: async () => {}, close: async () => {} };
  mkdirSync(dir, { recursive: true });
  const path = join(dir, `${system}.jsonl`);
  const replayed = replay<Entry>(path);
  const file = await open(path, "a");
  let tail: Promise<void> = Promise.resolve();
  return {
    replayed,
    append: (entry) => {
      const written = tail.then(() => write(file, `${JSON.stringify(entry)}\n`));
      tail = written.catch(() => {});
      return written;
    },
    close: async () => {
      await tail;
      await file.close();
    },
  };
}

/** The seed and the day the folder was seeded with; fixed by the first call, whatever the later ones bring. */
export function fixAnchor(dir: string | undefined, first: { readonly seed: string; readonly anchor: Day }): { seed: string; anchor: Day } {
  if (dir === undefined) return { ...first };
  mkdirSync(dir, { recursive: true });
  const path = join(dir, "anchor.json");
  if (!existsSync(path)) writeFileSync(path, `${JSON.stringify(first)}\n`, { flush: true });
  return JSON.parse(readFileSync(path, "utf8")) as { seed: string; anchor: Day };
}

/** Removes the anchor and every journal: the next start seeds a new company. The servers must be stopped. */
export function resetSandbox(dir: string): void {
  if (!existsSync(dir)) return;
  for (const name of readdirSync(dir)) {
    if (name === "anchor.json" || name.endsWith(".jsonl")) rmSync(join(dir, name));
  }
}

function replay<Entry>(path: string): Entry[] {
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf(NEWLINE) + 1;
  if (whole < bytes.length) truncateSync(path, whole);
  const lines = bytes.subarray(0, whole).toString("utf8").split("\n").slice(0, -1);
  return lines.map((line, at) => {
    try {
      return JSON.parse(line) as Entry;
    } catch (cause) {
      throw new Error(`sandbox: line ${at + 1} of ${path} is broken; svyaz sandbox reset starts over`, { cause });
    }
  });
}

async function write(file: FileHandle, line: string): Promise<void> {
  await file.appendFile(line);
  await file.datasync();
}
