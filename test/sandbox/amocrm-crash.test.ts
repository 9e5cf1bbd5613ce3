import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { callerOf, openAccount } from "./amocrm-account.js";

let child: ChildProcess | undefined;
afterEach(() => void child?.kill("SIGKILL"));

/** Starts the account in another process, and says where it listens. */
async function startProcess(dir: string): Promise<string> {
  const script = new URL("./amocrm-process.ts", import.meta.url).pathname;
  const started = spawn(process.execPath, ["--import", "tsx", script, dir], { stdio: ["ignore", "pipe", "inherit"] });
  child = started;
  return new Promise((resolve, reject) => {
    started.once("exit", (code) => reject(new Error(`the account ended with ${code}`)));
    started.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
}

async function kill(): Promise<void> {
  const ended = new Promise((resolve) => child?.once("exit", resolve));
  child?.kill("SIGKILL");
  await ended;
}

describe("the amoCRM account after a SIGKILL", () => {
  it("still has what it answered for, once, and a write whose answer was cut off", async () => {
    const dir = mkdtempSync(join(tmpdir(), "svyaz-amocrm-"));
    const first = await startProcess(dir);
    const call = callerOf(() => first);
    await call("POST", "/leads", [{ name: "Ответ получен" }]);
    await call("PATCH", "/leads/1024", { price: 42 });
    await fetch(`${first}/__sandbox/faults`, {
      method: "POST",
      body: JSON.stringify({ kind: "cut", takesEffect: true, method: "POST", path: "/api/v4/leads" }),
    });
    await expect(call("POST", "/leads", [{ name: "Ответ отрезан" }])).rejects.toThrow();
    await kill();

    const second = await startProcess(dir);
    const again = callerOf(() => second);
    expect((await again("GET", "/leads?query=ответ")).body["_embedded"]?.["leads"]).toMatchObject([
      { id: 2001, name: "Ответ получен" },
      { id: 2002, name: "Ответ отрезан" },
    ]);
    expect((await again("GET", "/leads/1024")).body["price"]).toBe(42);
    const made = await again("POST", "/leads", [{ name: "Новая" }]);
    expect(made.body["_embedded"]?.["leads"]?.[0]?.["id"]).toBe(2003);
    const store = (await (await fetch(`${second}/__sandbox/store`)).json()) as { leads: unknown[] };
    expect(store.leads).toHaveLength(2_003);
  });

  it("drops a torn last change whole: neither the lead nor its event is there", async () => {
    const dir = mkdtempSync(join(tmpdir(), "svyaz-amocrm-"));
    const before = await openAccount({ dir });
    await before.post("/leads", [{ name: "Целая" }]);
    await before.amo.close();
    appendFileSync(join(dir, "amocrm.jsonl"), '[["leads",2002,{"id":2002,"name":"Рваная"');
    const after = await openAccount({ dir });
    expect((await after.get("/leads/2001")).body["name"]).toBe("Целая");
    expect((await after.get("/leads/2002")).status).toBe(204);
    expect(after.amo.store.all("events")).toEqual(before.amo.store.all("events"));
    await after.amo.close();
  });
});
