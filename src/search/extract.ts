import { Worker } from "node:worker_threads";
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
 * Takes the text out of a file's bytes, in a worker thread with a memory bound. Never throws because of the file: what cannot be
 * read has a status that says why. A file over the time limit ends as "timeout", one over the memory bound as "too_large"; the
 * worker is then replaced. Files wait for one another. Rejects only when `signal` aborts, with its reason.
 */
export function extractText(input: FileInput, options: ExtractionOptions = {}): Promise<Extracted> {
  options.signal?.throwIfAborted();
  if (input.bytes.byteLength > bounds.fileBytes) {
    return Promise.resolve(nothing("too_large", "unknown", [`${input.bytes.byteLength} bytes`]));
  }
  const turn = last.then(() => readInWorker(input, options));
  last = turn.then(
    () => undefined,
    () => undefined,
  );
  return turn;
}

/** Ends the worker, if there is one; the next file starts another. */
export async function closeExtraction(): Promise<void> {
  const ending = worker;
  worker = undefined;
  await ending?.terminate();
}

let worker: Worker | undefined;
let last: Promise<void> = Promise.resolve();

function readInWorker(input: FileInput, { timeoutMs = 60_000, signal }: ExtractionOptions): Promise<Extracted> {
  signal?.throwIfAborted();
  const reader = (worker ??= startWorker());
  reader.ref();
  return new Promise((resolve, reject) => {
    const finish = (keep: boolean) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      reader.off("message", answer).off("error", broken).off("exit", ended);
      // An idle worker does not keep the process alive.
      reader.unref();
      if (keep) return;
      if (worker === reader) worker = undefined;
      // The complaints of a thread that is being killed interest nobody.
      reader.on("error", () => undefined);
      void reader.terminate();
    };
    const answer = (result: Extracted) => {
      finish(true);
      resolve(result);
    };
    const fail = (status: "timeout" | "too_large" | "corrupt", reason: string) => {
      finish(false);
      resolve(nothing(status, "unknown", [reason]));
    };
    const broken = (error: Error & { code?: string }) =>
      fail(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "too_large" : "corrupt", error.message);
    const ended = (code: number) => fail("corrupt", `the reader ended with ${code}`);
    const abort = () => {
      finish(false);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => fail("timeout", `over ${timeoutMs} ms`), timeoutMs);
    signal?.addEventListener("abort", abort, { once: true });
    reader.on("message", answer).on("error", broken).on("exit", ended);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    reader.postMessage(input);
  });
}

function startWorker(): Worker {
  const entry = import.meta.url.endsWith(".ts") ? "./extract-worker.dev.mjs" : "./extract-worker.js";
  return new Worker(new URL(entry, import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 256 }, execArgv: [] });
}
