import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AccessDenied, ApprovalUnusable, OutcomeUnknown, TooManyRequests } from "../../src/domain/errors.js";
import { callControl, type ControlHandler, serveControl } from "../../src/platform/control.js";
import { hideSecret } from "../../src/platform/log.js";

let folder: string;
let path: string;
let running: { close(): Promise<void> } | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "svyaz-control-"));
  path = join(folder, "control.sock");
});
afterEach(async () => {
  await running?.close();
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const serve = async (handle: ControlHandler) => {
  running = await serveControl(path, handle);
};
const call = (name: string, args: unknown = {}) => {
  const lines: unknown[] = [];
  return callControl(path, { name, args }, (line) => lines.push(line)).then((answer) => ({ answer, lines }));
};

describe("the control socket", () => {
  it("carries a command, its lines as they come, and its result", async () => {
    const ugly = "Ромашка \u2028\r\n\0 🌼".repeat(20_000);
    await serve(async ({ name, args, user }, emit) => {
      emit({ first: args });
      await new Promise((resolve) => setTimeout(resolve, 20));
      emit(ugly);
      return { name, user };
    });
    expect(await call("ask", { text: ugly })).toEqual({
      answer: { result: { name: "ask", user: userInfo().username } },
      lines: [{ first: { text: ugly } }, ugly],
    });
  });

  it("serves several commands at the same time", async () => {
    await serve(async ({ args }) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return args;
    });
    const started = performance.now();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => call("wait", index)));
    expect(answers.map(({ answer }) => answer?.result)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("is open to its own user alone", async () => {
    await serve(async () => 0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("brings errors back as what they were, without secrets", async () => {
    hideSecret("canary-of-control");
    await serve(async ({ name }) => {
      if (name === "denied") throw new AccessDenied("anna may not", { system: "amocrm", operation: "crm.deals" });
      if (name === "limited") throw new TooManyRequests("slowly", {}, 1_500);
      if (name === "late") throw new ApprovalUnusable("too late");
      throw new TypeError("a bug with canary-of-control");
    });
    await expect(call("denied")).rejects.toBeInstanceOf(AccessDenied);
    await expect(call("denied")).rejects.toMatchObject({ system: "amocrm", operation: "crm.deals", message: "anna may not" });
    await expect(call("limited")).rejects.toMatchObject({ code: "too-many-requests", retryAfterMs: 1_500 });
    await expect(call("late")).rejects.toBeInstanceOf(ApprovalUnusable);
    await expect(call("bug")).rejects.toThrow("a bug with [secret]");
  });

  it("answers undefined when nobody serves, also over the socket that a crash left", async () => {
    expect((await call("ask")).answer).toBeUndefined();
    const module = new URL("../../src/platform/control.ts", import.meta.url).href;
    const code = `const { serveControl } = await import(${JSON.stringify(module)}); await serveControl(${JSON.stringify(path)}, async () => 0); console.log("up");`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    expect(existsSync(path)).toBe(true);
    expect((await call("ask")).answer).toBeUndefined();
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, "not a socket");
    expect((await call("ask")).answer).toBeUndefined();
    await serve(async () => "again");
    expect((await call("ask")).answer).toEqual({ result: "again" });
  });

  it("is not taken from a process that serves it", async () => {
    await serve(async () => "first");
    await expect(serveControl(path, async () => "second")).rejects.toThrow("another process serves");
    expect((await call("ask")).answer).toEqual({ result: "first" });
  });

  it("tells the caller that nobody knows the outcome when the process goes away in the middle", async () => {
    let begun: () => void;
    const reached = new Promise<void>((resolve) => (begun = resolve));
    await serve(() => {
      begun();
      return new Promise(() => undefined);
    });
    const asked = call("decide");
    await Promise.all([expect(asked).rejects.toBeInstanceOf(OutcomeUnknown), reached.then(() => running?.close())]);
    running = undefined;
  });

  it("goes on serving when a caller leaves early or sends nonsense", async () => {
    const ended: string[] = [];
    await serve(async ({ name }, emit) => {
      for (let round = 0; round < 5; round += 1) {
        emit({ round });
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      ended.push(name);
    });
    const { createConnection } = await import("node:net");
    const rude = createConnection(path, () => rude.write('{"name":"left","args":null,"user":"x"}\n', () => rude.destroy()));
    const answer = await new Promise((resolve) => {
      const nonsense = createConnection(path, () => nonsense.write("nonsense\n"));
      nonsense.once("data", (chunk: Buffer) => resolve(chunk.toString()));
      nonsense.on("data", () => nonsense.end());
    });
    expect(answer).toContain('"error"');
    expect((await call("stays")).lines).toHaveLength(5);
    expect(ended).toContain("left");
  });

  it("works in a folder whose path is longer than a socket's may be, and leaves nothing behind", async () => {
    const deep = join(folder, "ж".repeat(60), "d".repeat(60));
    mkdirSync(deep, { recursive: true });
    path = join(deep, "control.sock");
    expect((await call("ask")).answer).toBeUndefined();
    await serve(async () => "deep");
    expect((await call("ask")).answer).toEqual({ result: "deep" });
    await running?.close();
    running = undefined;
    expect((await call("ask")).answer).toBeUndefined();
    expect(readdirSync(deep)).toEqual([]);
  });
});
