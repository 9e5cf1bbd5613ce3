import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import type { Sandbox } from "../index.js";

/** What the thread is started with. */
export interface SandboxStart {
  readonly folder: string;
  /** The moment its clock begins at; the real time unless given. */
  readonly startsAt?: Date;
  readonly perSecond?: number;
}

export type SandboxReady = Pick<Sandbox, "people" | "environment">;

/**
 * The sandbox in a thread of its own, as outside systems are: its company is made up while Svyaz loads, and its work does
 * not hold up Svyaz's. Rejects with what kept it from starting.
 */
export async function sandboxApart(worker: Worker): Promise<Sandbox> {
  const exit = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const [{ people, environment }] = (await once(worker, "message")) as [SandboxReady];
  return {
    people,
    environment,
    async close() {
      worker.postMessage("close", []);
      await exit;
    },
  };
}
