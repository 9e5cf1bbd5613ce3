import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireDataLock } from "../../src/platform/directory-lock.js";

describe("the lock of the data folder", () => {
  let folder: string;
  let dataDir: string;
  const children: ReturnType<typeof spawn>[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "svyaz-lock-"));
    dataDir = join(folder, "data", "database");
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  const lockModule = new URL("../../src/platform/directory-lock.ts", import.meta.url).href;
  /** Another process: takes the lock, says so, and runs `then`. */
  const holderProcess = (then: string) => {
    const code = `const { acquireDataLock } = await import(${JSON.stringify(lockModule)});
      const release = await acquireDataLock(${JSON.stringify(dataDir)}, { waitMs: 20000 });
      console.log("held"); ${then}`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    const held = new Promise((resolve) => child.stdout?.once("data", resolve));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    return { child, held, ended };
  };

  it("is given, given back, and given again", async () => {
    const release = await acquireDataLock(dataDir, { waitMs: 0 });
    expect(JSON.parse(readFileSync(`${dataDir}.lock`, "utf8"))).toMatchObject({ pid: process.pid });
    release();
    expect(existsSync(`${dataDir}.lock`)).toBe(false);
    const again = await acquireDataLock(dataDir, { waitMs: 0 });
    release();
    expect(existsSync(`${dataDir}.lock`), "a second release gives nothing away").toBe(true);
    again();
  });

  it("is refused to a second taker in the same process", async () => {
    const release = await acquireDataLock(dataDir, { waitMs: 0 });
    await expect(acquireDataLock(dataDir, { waitMs: 150 })).rejects.toThrow(`process ${process.pid}`);
    release();
  });

  it("is never taken from a living process: after the wait an error names it", async () => {
    const { child, held } = holderProcess("setInterval(() => {}, 1000);");
    await held;
    const started = performance.now();
    await expect(acquireDataLock(dataDir, { waitMs: 300 })).rejects.toMatchObject({
      code: "system-unavailable",
      message: expect.stringContaining(`process ${child.pid} (${process.execPath}`) as string,
    });
    expect(performance.now() - started).toBeGreaterThanOrEqual(300);
    child.kill("SIGSTOP");
    await expect(acquireDataLock(dataDir, { waitMs: 300 }), "a paused process is alive").rejects.toThrow("in use");
  });

  it("passes on when the holder gives it back while another waits", async () => {
    const { held } = holderProcess("setTimeout(release, 500);");
    await held;
    const release = await acquireDataLock(dataDir, { waitMs: 10_000 });
    release();
  });

  it("is taken at once from a process that was killed", async () => {
    const { child, held, ended } = holderProcess("setInterval(() => {}, 1000);");
    await held;
    child.kill("SIGKILL");
    await ended;
    const release = await acquireDataLock(dataDir, { waitMs: 0 });
    release();
  });

  it("is taken from a dead process whose number another one has now, or this one", async () => {
    const { child, held } = holderProcess("setInterval(() => {}, 1000);");
    await held;
    for (const pid of [child.pid, process.pid]) {
      writeFileSync(`${dataDir}.lock`, JSON.stringify({ pid, command: "svyaz", started: "an-earlier-boot:1" }));
      const release = await acquireDataLock(dataDir, { waitMs: 0 });
      release();
    }
  });

  it("is taken when its file is damaged", async () => {
    const first = await acquireDataLock(dataDir, { waitMs: 0 });
    first();
    for (const text of ["", "{", '{"pid":0}', "12345"]) {
      writeFileSync(`${dataDir}.lock`, text);
      const release = await acquireDataLock(dataDir, { waitMs: 0 });
      release();
    }
  });

  it("goes to one of several processes that find a dead one's lock together", async () => {
    const first = await acquireDataLock(dataDir, { waitMs: 0 });
    first();
    writeFileSync(`${dataDir}.lock`, JSON.stringify({ pid: 2 ** 22 - 1, command: "gone" }));
    const log = join(folder, "log");
    const body = `const fs = await import("node:fs");
      fs.appendFileSync(${JSON.stringify(log)}, "in\\n"); await new Promise((r) => setTimeout(r, 100)); fs.appendFileSync(${JSON.stringify(log)}, "out\\n");
      release();`;
    await Promise.all(Array.from({ length: 4 }, () => holderProcess(body).ended));
    await delay(0);
    expect(readFileSync(log, "utf8")).toBe("in\nout\n".repeat(4));
  });
});
