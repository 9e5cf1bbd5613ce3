// Starts the reader from its TypeScript source, in a checkout that was not built: it is handed no environment and no loader of its
// parent, so it registers its own.
import { register } from "tsx/esm/api";

register();
await import("./extract-worker.ts");
