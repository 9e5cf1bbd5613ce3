import { Console } from "node:console";
import { Writable } from "node:stream";
import { parentPort } from "node:worker_threads";
import { type FileInput, readFile } from "./extract/read.js";

// The libraries write their complaints about bad files to the console; they are of no use to anybody there.
globalThis.console = new Console({ stdout: new Writable({ write: (_chunk, _encoding, done) => done() }) });

// One file at a time, as extract.ts sends them; a file that eats time or memory costs this thread and nothing else.
parentPort?.on("message", (input: FileInput) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  void readFile(input).then((result) => parentPort?.postMessage(result));
});
