import { parentPort } from "node:worker_threads";
import { type FileInput, readFile } from "./extract/read.js";

// One file at a time, as extract.ts sends them; a file that eats time or memory costs this thread and nothing else.
parentPort?.on("message", (input: FileInput) => {
  void readFile(input).then((result) => parentPort?.postMessage(result));
});
