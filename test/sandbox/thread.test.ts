import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startThread } from "../../src/platform/thread.js";
import { sandboxApart, type SandboxStart } from "../../src/sandbox/thread/client.js";

const folder = mkdtempSync(join(tmpdir(), "svyaz-thread-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start() {
  const workerData: SandboxStart = { folder, startsAt: new Date("2026-11-20T09:00:00.000Z") };
  return sandboxApart(startThread(new URL("../../src/sandbox/thread/main.js", import.meta.url), { workerData }));
}

describe("the sandbox in a thread of its own", () => {
  it("answers at the addresses it names, keeps them and its day at the next start, and is gone when closed", async () => {
    const sandbox = await start();
    expect(sandbox.people.map(({ id }) => id)).toEqual(expect.arrayContaining(["admin", "anna", "boris", "vera"]));
    const { AMOCRM_BASE_URL: url = "", AMOCRM_TOKEN: token = "" } = sandbox.environment;
    const ask = () => fetch(`${url}/api/v4/leads/1024`, { headers: { authorization: `Bearer ${token}` } });
    const deal = (await (await ask()).json()) as { created_at: number };
    await sandbox.close();
    await expect(ask()).rejects.toThrow();
    const again = await start();
    expect(again.environment).toEqual(sandbox.environment);
    expect(await (await ask()).json()).toMatchObject({ created_at: deal.created_at });
    await again.close();
  });

  it("says what keeps it from starting", async () => {
    mkdirSync(folder, { recursive: true });
    appendFileSync(join(folder, "amocrm.jsonl"), "{broken\n");
    await expect(start()).rejects.toThrow(/line 1 of .*amocrm\.jsonl is broken; svyaz sandbox reset/);
  });
});
