import { fork } from "node:child_process";
import { compiledProcess } from "./compile.js";
import type { Order, ProcessOptions, Told, Wish } from "./orders.js";

/** The process ended before it answered. */
export class Died extends Error {}

/** Svyaz running in a process of its own. */
export interface SvyazProcess {
  order<Answer = unknown>(wish: Wish): Promise<Answer>;
  /** SIGKILL, as a power cut would; resolves when nothing of it is left. */
  kill(): Promise<void>;
  /** A stop that was asked for. */
  stop(): Promise<void>;
  readonly alive: boolean;
  readonly ended: Promise<void>;
}

/** Starts the process; rejects with Died when it ends before it is ready, which a chosen place to die may bring about. */
export async function startSvyaz(options: ProcessOptions): Promise<SvyazProcess> {
  const child = fork(compiledProcess(), [JSON.stringify(options)], {
    execArgv: [],
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], TMPDIR: process.env["TMPDIR"], NODE_ENV: "test" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  let alive = true;
  let number = 0;
  const ended = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      alive = false;
      for (const { reject } of waiting.values()) reject(new Died(`the process ended with ${signal ?? code}`));
      waiting.clear();
      resolve();
    });
  });
  const ask = (at: number) =>
    new Promise<unknown>((resolve, reject) => {
      if (alive) waiting.set(at, { resolve, reject });
      else reject(new Died("the process has ended"));
    });
  child.on("message", (told: Told) => {
    const at = "ready" in told ? 0 : told.number;
    const one = waiting.get(at);
    waiting.delete(at);
    if ("error" in told && told.error !== undefined) one?.reject(new Error(told.error));
    else one?.resolve("answer" in told ? told.answer : undefined);
  });
  const order = async <Answer>(wish: Wish): Promise<Answer> => {
    number += 1;
    const answer = ask(number);
    if (alive) child.send({ number, ...wish } satisfies Order, () => undefined);
    return answer as Promise<Answer>;
  };
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  await ask(0);
  return {
    order,
    kill,
    async stop() {
      await order({ act: "stop" });
      await kill();
    },
    get alive() {
      return alive;
    },
    ended,
  };
}
