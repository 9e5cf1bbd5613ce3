import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { newKeyLine } from "../../src/guard/key.js";
import { createKeyring, fileKeySource } from "../../src/guard/keyring.js";
import { createSecret } from "../../src/guard/secret.js";
import { createVault } from "../../src/guard/vault.js";
import { createDatabase } from "../../src/platform/database.js";
import { migrate, migrationsChecksum } from "../../src/platform/migrate.js";
import { quiet, testDump } from "../support/database.js";

const folder = mkdtempSync(join(tmpdir(), "svyaz-rotation-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const count = 60;

describe("a rotation that is killed in the middle", () => {
  it("leaves every secret readable, and the next one ends it with the same key", { timeout: 60_000 }, async () => {
    const dataDir = join(folder, "database");
    const file = join(folder, "keyring");
    writeFileSync(file, newKeyLine(), { mode: 0o600 });
    const start = async () => {
      const database = await createDatabase({
        dataDir,
        dump: await testDump((await migrationsChecksum()).slice(0, 16), migrate),
        log: quiet,
      });
      const keyring = await createKeyring([fileKeySource("SVYAZ_KEYRING", file)]);
      const vault = createVault({ database, keyring, environment: {}, note: async () => {}, now: () => new Date() });
      const read = async () => {
        for (let at = 0; at < count; at++)
          expect((await vault.of({ system: "amocrm", person: `p${at}` }).get("oauth"))?.reveal()).toBe(`token-${at}`);
        return new Set((await vault.list()).map(({ keyId }) => keyId));
      };
      return { database, keyring, vault, read };
    };

    const before = await start();
    for (let at = 0; at < count; at++)
      await before.vault.of({ system: "amocrm", person: `p${at}` }).update("oauth", async () => createSecret(`token-${at}`));
    const old = before.keyring.newest().id;
    await before.database.close();

    const script = fileURLToPath(new URL("./rotation-process.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", script, dataDir, file], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    for await (const line of createInterface({ input: child.stdout })) {
      if (Number(line.split(" ")[0]) < 10) continue;
      child.kill("SIGKILL");
      break;
    }
    expect((await ended)[1]).toBe("SIGKILL");

    const after = await start();
    const young = after.keyring.newest().id;
    expect(young).not.toBe(old);
    expect(await after.read()).toEqual(new Set([old, young]));
    await after.vault.rotate();
    expect(await after.read()).toEqual(new Set([young]));
    await after.vault.retire(old);
    expect(after.keyring.list().map(({ id }) => id)).toEqual([young]);
    await after.read();
    await after.database.close();
  });
});
