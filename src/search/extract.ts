import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { FileInput } from "./extract/read.js";
import { bounds, type Extracted, nothing } from "./extract/result.js";

export type { Extracted, ExtractionStatus } from "./extract/result.js";
export type { FileInput } from "./extract/read.js";

export interface ExtractionOptions {
  /** How long one file may take; 60 000 unless said. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Takes the text out of a file's bytes, in a process of its own with a memory bound and without our environment. Never throws
 * because of the file: what cannot be read has a status that says why. A file over the time limit ends as "timeout", one over the
 * memory bound as "too_large"; the reader is then replaced. Files wait for one another. Rejects only when `signal` aborts, with
 * its reason.
 */
export function extractText(input: FileInput, options: ExtractionOptions = {}): Promise<Extracted> {
  options.signal?.throwIfAborted();
  if (input.bytes.byteLength > bounds.fileBytes) {
    return Promise.resolve(nothing("too_large", "unknown", [`${input.bytes.byteLength} bytes`]));
  }
  const turn = last.then(() => readApart(input, options));
  last = turn.then(
    () => undefined,
    () => undefined,
  );
  return turn;
}

/** Ends the reader, if there is one; the next file starts another. */
export async function closeExtraction(): Promise<void> {
  const ending = reader;
  reader = undefined;
  if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
  const gone = once(ending, "exit");
  ending.kill("SIGKILL");
  await gone;
}

let reader: ChildProcess | undefined;
let last: Promise<void> = Promise.resolve();

function readApart(input: FileInput, { timeoutMs = 60_000, signal }: ExtractionOptions): Promise<Extracted> {
  signal?.throwIfAborted();
  const child = (reader ??= startReader());
  hold(child);
  return new Promise((resolve, reject) => {
    const finish = (keep: boolean) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      child.off("message", answer).off("error", broken).off("exit", ended);
      // An idle reader does not keep this process alive.
      release(child);
      if (keep) return;
      if (reader === child) reader = undefined;
      // The complaints of a process that is being killed interest nobody.
      child.on("error", () => undefined);
      child.kill("SIGKILL");
    };
    const answer = (result: unknown) => {
      finish(true);
      resolve(result as Extracted);
    };
    const fail = (status: "timeout" | "too_large" | "corrupt", reason: string) => {
      finish(false);
      resolve(nothing(status, "unknown", [reason]));
    };
    const broken = (error: Error) => fail("corrupt", error.message);
    // The engine aborts when its memory bound is reached, and the system kills who takes too much of the machine's.
    const ended = (code: number | null, killedBy: NodeJS.Signals | null) =>
      code === abortedCode || killedBy === "SIGABRT" || killedBy === "SIGKILL"
        ? fail("too_large", "out of memory")
        : fail("corrupt", `the reader ended with ${code ?? killedBy}`);
    const abort = () => {
      finish(false);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => fail("timeout", `over ${timeoutMs} ms`), timeoutMs);
    signal?.addEventListener("abort", abort, { once: true });
    child.on("message", answer).on("error", broken).on("exit", ended);
    child.send(input);
  });
}

/** What a shell-less abort() of the engine ends with where it is not told as a signal. */
const abortedCode = 134;

/**
 * A process and not a thread: a thread that outruns its memory bound takes the whole process with it on newer versions of Node.
 * It is handed no environment, so that a file which breaks a parser finds no secret there.
 */
function startReader(): ChildProcess {
  const entry = import.meta.url.endsWith(".ts") ? "./extract-worker.dev.mjs" : "./extract-worker.js";
  return fork(new URL(entry, import.meta.url), {
    execArgv: ["--max-old-space-size=256"],
    env: {},
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}

function hold(child: ChildProcess): void {
  child.ref();
  child.channel?.ref();
}

function release(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}
