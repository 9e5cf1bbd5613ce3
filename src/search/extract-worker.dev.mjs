// Starts the worker from its TypeScript source, in a checkout that was not built: a thread does not inherit the loader of its
// parent (Node 20 ignores `--import` in the options of a Worker), so it registers its own.
import { register } from "tsx/esm/api";

register();
await import("./extract-worker.ts");
