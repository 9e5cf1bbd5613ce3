import { parentPort, workerData } from "node:worker_threads";
import { startSandbox } from "../index.js";
import type { SandboxReady, SandboxStart } from "./client.js";

const port = parentPort;
if (!port) throw new Error("sandbox/thread runs as a worker thread only");

const { folder, startsAt, perSecond } = workerData as SandboxStart;
const begun = performance.now();
const now = startsAt ? () => new Date(startsAt.getTime() + performance.now() - begun) : () => new Date();
const sandbox = await startSandbox({ folder, now, perSecond });

// Here this ends the thread alone.
port.once("message", () => void sandbox.close().finally(() => process.exit(0)));
port.postMessage({ people: sandbox.people, environment: sandbox.environment } satisfies SandboxReady);
