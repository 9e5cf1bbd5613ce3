import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/domain/audit.js";
import { SecretUnreadable, SystemUnavailable } from "../../src/domain/errors.js";
import type { Secret } from "../../src/domain/vault.js";
import { newKeyLine, readKey } from "../../src/guard/key.js";
import { createKeyring, fileKeySource, type Keyring, openKeyring } from "../../src/guard/keyring.js";
import { createSecret } from "../../src/guard/secret.js";
import { createVault, type VaultService } from "../../src/guard/vault.js";
import type { Database } from "../../src/platform/database.js";
import { openTestDatabase } from "../support/database.js";

const now = () => new Date("2026-11-20T09:00:00.000Z");
const folder = mkdtempSync(join(tmpdir(), "svyaz-vault-"));
const file = join(folder, "keyring");

let database: Database;
let keyring: Keyring;
let vault: VaultService;
let notes: AuditEvent[];
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await database.query("delete from vault_secrets; delete from vault_leases");
  writeFileSync(file, newKeyLine(), { mode: 0o600 });
  keyring = await createKeyring([fileKeySource("SVYAZ_KEYRING", file)]);
  notes = [];
  vault = open();
});

/** A vault as another process would have it. */
function open(more: Partial<Parameters<typeof createVault>[0]> = {}): VaultService {
  const note = async (event: AuditEvent) => void notes.push(event);
  return createVault({ database, keyring, environment: { AMOCRM_TOKEN: "from-the-environment" }, note, now, ...more });
}
const put = (system: string, name: string, value: string, person?: string) =>
  vault.of({ system, person }).update(name, async () => createSecret(value));
const reveal = async (secret: Promise<Secret | undefined>) => (await secret)?.reveal();

describe("a stored secret", () => {
  it("comes back as it was, to its owner alone", async () => {
    await put("amocrm", "TOKEN", "systems own ☂\n");
    await put("amocrm", "TOKEN", "annas", "anna");
    expect(await reveal(vault.of({ system: "amocrm" }).get("TOKEN"))).toBe("systems own ☂\n");
    expect(await reveal(vault.of({ system: "amocrm", person: "anna" }).get("TOKEN"))).toBe("annas");
    expect(await reveal(vault.of({ system: "amocrm", person: "boris" }).get("TOKEN"))).toBeUndefined();
    expect(await reveal(vault.of({ system: "confluence" }).get("TOKEN"))).toBeUndefined();
  });

  it("stands nowhere in the database in the open, and equal secrets do not look alike", async () => {
    await put("amocrm", "TOKEN", "canary-4711-secret");
    await put("confluence", "TOKEN", "canary-4711-secret");
    const { rows } = await database.query<{ line: string; ciphertext: Buffer }>("select v::text as line, ciphertext from vault_secrets v");
    expect(rows).toHaveLength(2);
    expect(rows.map(({ line, ciphertext }) => line + ciphertext.toString("latin1")).join()).not.toContain("canary");
    expect(rows[0]?.ciphertext.equals(rows[1]?.ciphertext ?? Buffer.alloc(0))).toBe(false);
  });

  it("goes before the environment, which serves a system's own secrets until then and again afterwards", async () => {
    const own = vault.of({ system: "amocrm" });
    expect(await reveal(own.get("TOKEN"))).toBe("from-the-environment");
    expect(await reveal(vault.of({ system: "amocrm", person: "anna" }).get("TOKEN"))).toBeUndefined();
    expect(await vault.sourceOf("amocrm", "TOKEN")).toBe("environment");
    await put("amocrm", "TOKEN", "from-the-vault");
    expect(await reveal(own.get("TOKEN"))).toBe("from-the-vault");
    expect(await vault.sourceOf("amocrm", "TOKEN")).toBe("vault");
    await own.remove("TOKEN");
    expect(await reveal(own.get("TOKEN"))).toBe("from-the-environment");
    await expect(own.remove("TOKEN")).rejects.toThrow("comes from the environment");
    expect(await vault.sourceOf("confluence", "TOKEN")).toBeUndefined();
  });

  it("leaves one line about its key's use in the audit log, and another one under another key", async () => {
    await put("amocrm", "TOKEN", "annas-token", "anna");
    const own = vault.of({ system: "amocrm", person: "anna" });
    for (let read = 0; read < 3; read++) await own.get("TOKEN");
    await vault.rotate();
    for (let read = 0; read < 3; read++) await own.get("TOKEN");
    expect(notes.map(({ name, payload }) => [name, payload?.["owner"], payload?.["name"]])).toEqual([
      ["key.used", "anna", "TOKEN"],
      ["key.used", "anna", "TOKEN"],
    ]);
    expect(notes[0]?.payload?.["key"]).not.toBe(notes[1]?.payload?.["key"]);
    expect(JSON.stringify(notes)).not.toContain("annas-token");
  });

  it("is not given away while the audit log cannot take the line", async () => {
    await put("amocrm", "TOKEN", "kept");
    const silent = open({ note: () => Promise.reject(new SystemUnavailable("the disk is full")) });
    await expect(silent.of({ system: "amocrm" }).get("TOKEN")).rejects.toThrow("the disk is full");
  });

  it("cannot be stored where no proper key is set, and then nobody asks for a new one", async () => {
    const bare = open({ keyring: await openKeyring({ data: join(folder, "none"), production: true }) });
    let asked = 0;
    const storing = bare.of({ system: "amocrm" }).update("TOKEN", async () => createSecret(`${asked++}`));
    await expect(storing).rejects.toMatchObject({ code: "settings-invalid", message: expect.stringContaining("svyaz keys new") });
    expect(asked).toBe(0);
    expect(await reveal(bare.of({ system: "amocrm" }).get("TOKEN"))).toBe("from-the-environment");
  });
});

describe("a row that somebody has touched", () => {
  const refused = async (system: string, name: string, person?: string) => {
    const reading = vault.of({ system, person }).get(name);
    await expect(reading).rejects.toBeInstanceOf(SecretUnreadable);
    const { message } = (await reading.catch((error: unknown) => error)) as Error;
    expect(message).toContain(`${system} ${name}${person ? ` of ${person}` : ""}`);
    expect(message).not.toMatch(/first-value|second-value/);
  };

  it.each([
    ["another system", ["amocrm", "TOKEN", undefined], ["confluence", "TOKEN", undefined]],
    ["another person", ["amocrm", "TOKEN", "anna"], ["amocrm", "TOKEN", "boris"]],
    ["another name", ["amocrm", "TOKEN", undefined], ["amocrm", "PASSWORD", undefined]],
  ] as const)("does not open in the place of %s", async (_, one, other) => {
    await put(one[0], one[1], "first-value", one[2]);
    await put(other[0], other[1], "second-value", other[2]);
    await database.query(
      `update vault_secrets a set key_id = b.key_id, nonce = b.nonce, ciphertext = b.ciphertext from vault_secrets b
       where (a.system, a.owner, a.name) <> (b.system, b.owner, b.name)`,
    );
    await refused(one[0], one[1], one[2]);
    await refused(other[0], other[1], other[2]);
  });

  it("does not open after any one byte of it was changed", async () => {
    await put("amocrm", "TOKEN", "first-value");
    const { rows } = await database.query<{ nonce: Buffer; ciphertext: Buffer }>("select nonce, ciphertext from vault_secrets");
    for (const column of ["nonce", "ciphertext"] as const) {
      const whole = rows[0]?.[column] ?? Buffer.alloc(0);
      for (let at = 0; at < whole.length; at++) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ 0x80;
        await database.query(`update vault_secrets set ${column} = $1`, [changed]);
        await refused("amocrm", "TOKEN");
      }
      await database.query(`update vault_secrets set ${column} = $1`, [whole]);
    }
    expect(await reveal(vault.of({ system: "amocrm" }).get("TOKEN"))).toBe("first-value");
  });

  it("does not open under another key's name, nor without its key, which is named", async () => {
    await put("amocrm", "TOKEN", "first-value");
    const old = keyring.newest().id;
    const young = await keyring.add();
    await database.query("update vault_secrets set key_id = $1", [young.id]);
    await refused("amocrm", "TOKEN");
    await database.query("update vault_secrets set key_id = $1", [old]);
    const other = open({ keyring: await createKeyring([{ name: "other", load: async () => [young] }]) });
    await expect(other.of({ system: "amocrm" }).get("TOKEN")).rejects.toThrow(`its key ${old} is not in the keyring`);
  });

  it("can be removed and set again", async () => {
    await put("amocrm", "PASSWORD", "first-value");
    await database.query("update vault_secrets set nonce = decode('000000000000000000000000', 'hex')");
    await vault.of({ system: "amocrm" }).remove("PASSWORD");
    await put("amocrm", "PASSWORD", "second-value");
    expect(await reveal(vault.of({ system: "amocrm" }).get("PASSWORD"))).toBe("second-value");
  });
});

describe("a change", () => {
  /** A vendor whose refresh tokens work once. */
  function vendor() {
    let valid = "token-0";
    const asked: string[] = [];
    const refresh = async (current: Secret | undefined): Promise<Secret> => {
      const token = current?.reveal() ?? "";
      // Somebody has been quicker: what they got is as good.
      if (token !== "token-0") return createSecret(token);
      asked.push(token);
      // The network takes its time, and the database serves others meanwhile.
      await delay(20);
      await database.query("select 1");
      if (token !== valid) throw new Error("invalid_grant");
      valid = `token-${asked.length}`;
      return createSecret(valid);
    };
    return { refresh, asked };
  }

  it("of a token by 50 calls in two processes goes to the server once, and all get its answer", async () => {
    await put("amocrm", "oauth", "token-0", "anna");
    const { refresh, asked } = vendor();
    const [one, other] = [open(), open()];
    const secrets = await Promise.all(
      Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? one : other).of({ system: "amocrm", person: "anna" }).update("oauth", refresh)),
    );
    expect(asked).toEqual(["token-0"]);
    expect(new Set(secrets.map((secret) => secret.reveal()))).toEqual(new Set(["token-1"]));
    expect(await reveal(vault.of({ system: "amocrm", person: "anna" }).get("oauth"))).toBe("token-1");
    expect((await database.query("select from vault_leases")).rowCount).toBe(0);
  });

  it("of one person's token does not wait for another's", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow = vault.of({ system: "amocrm", person: "anna" }).update("oauth", async () => {
      await held;
      return createSecret("annas");
    });
    await put("amocrm", "oauth", "boriss", "boris");
    expect(await reveal(vault.of({ system: "amocrm", person: "boris" }).get("oauth"))).toBe("boriss");
    release();
    await slow;
  });

  it("that fails stores nothing and lets the next one go on", async () => {
    await put("amocrm", "oauth", "before");
    await expect(vault.of({ system: "amocrm" }).update("oauth", () => Promise.reject(new Error("no network")))).rejects.toThrow(
      "no network",
    );
    expect(await reveal(vault.of({ system: "amocrm" }).get("oauth"))).toBe("before");
    await put("amocrm", "oauth", "after");
    expect(await reveal(vault.of({ system: "amocrm" }).get("oauth"))).toBe("after");
  });

  it("waits for a holder that works and not for one that was killed", async () => {
    await database.query("insert into vault_leases values ('amocrm', '', 'oauth', 'killed', now() + interval '150 milliseconds')");
    const started = performance.now();
    await put("amocrm", "oauth", "after the crash");
    expect(performance.now() - started).toBeGreaterThan(100);

    const brief = open({ leaseMs: 400 });
    const order: string[] = [];
    const change = (name: string, ms: number) => async (current: Secret | undefined) => {
      order.push(`${name} sees ${current?.reveal()}`);
      await delay(ms);
      return createSecret(name);
    };
    // Longer than the lease, which is moved on while it works.
    const first = brief.of({ system: "amocrm" }).update("oauth", change("long", 700));
    await delay(30);
    await open({ leaseMs: 400 }).of({ system: "amocrm" }).update("oauth", change("next", 0));
    await first;
    expect(order).toEqual(["long sees after the crash", "next sees long"]);
  });

  it("of a holder that slept too long is made again from what is stored now, and overwrites nobody", async () => {
    await put("amocrm", "oauth", "0");
    const seen: (string | undefined)[] = [];
    await vault.of({ system: "amocrm" }).update("oauth", async (current) => {
      seen.push(current?.reveal());
      if (seen.length === 1) {
        await database.query("delete from vault_leases");
        await open()
          .of({ system: "amocrm" })
          .update("oauth", async () => createSecret("1"));
      }
      return createSecret(`${current?.reveal()}+`);
    });
    expect(seen).toEqual(["0", "1"]);
    expect(await reveal(vault.of({ system: "amocrm" }).get("oauth"))).toBe("1+");
  });

  it("does not bring a secret back that was removed meanwhile", async () => {
    await put("amocrm", "oauth", "token", "anna");
    const own = vault.of({ system: "amocrm", person: "anna" });
    const changing = own.update("oauth", async (current) => {
      if (!current) throw new Error("nobody has signed in");
      await own.remove("oauth");
      return createSecret("fresh");
    });
    await expect(changing).rejects.toThrow("nobody has signed in");
    expect(await vault.list()).toEqual([]);
  });
});

describe("a rotation", () => {
  const fill = async (count: number) => {
    for (let at = 0; at < count; at++) await put("amocrm", "oauth", `token-${at}`, `person-${at}`);
  };
  const keysInUse = async () => new Set((await vault.list()).map(({ keyId }) => keyId));

  it("makes a key, encrypts everything with it, and the old key can then be retired and not before", async () => {
    await fill(7);
    const old = keyring.newest().id;
    await expect(vault.retire(old)).rejects.toThrow("newest");
    expect(await vault.rotate({ batch: 3 })).toEqual({ rewritten: 7 });
    expect(await keysInUse()).toEqual(new Set([keyring.newest().id]));
    expect(keyring.newest().id).not.toBe(old);
    await vault.retire(old);
    expect(readFileSync(file, "utf8")).not.toContain(old);
    expect(await reveal(vault.of({ system: "amocrm", person: "person-6" }).get("oauth"))).toBe("token-6");
    await expect(vault.retire("k-unknown")).rejects.toThrow("there is no key k-unknown");
  });

  it("takes the key that an admin has added to the file, in a process that runs already", async () => {
    await fill(2);
    const line = newKeyLine();
    writeFileSync(file, `${readFileSync(file, "utf8")}\n${line}\n`);
    await vault.rotate();
    expect(await keysInUse()).toEqual(new Set([readKey(line, "").id]));
  });

  it("refuses to retire a key that secrets use, and names them", async () => {
    await fill(2);
    const old = keyring.newest().id;
    await keyring.add();
    await expect(vault.retire(old)).rejects.toThrow(/still needed for: amocrm oauth of person-0/);
  });

  it("fails no read and loses no change while it runs", async () => {
    await fill(120);
    const running = new AbortController();
    let reads = 0;
    const reader = (async () => {
      const other = open({ keyring: await createKeyring([fileKeySource("SVYAZ_KEYRING", file)]) });
      for (; !running.signal.aborted; reads++) {
        const value = await reveal(other.of({ system: "amocrm", person: `person-${reads % 120}` }).get("oauth"));
        expect(value).toMatch(new RegExp(`^(token|fresh)-${reads % 120}$`));
      }
    })();
    const writer = (async () => {
      for (let at = 0; at < 120; at += 3) await put("amocrm", "oauth", `fresh-${at}`, `person-${at}`);
    })();
    await vault.rotate({ batch: 10 });
    await writer;
    running.abort();
    await reader;
    expect(reads).toBeGreaterThan(20);
    expect(await keysInUse()).toEqual(new Set([keyring.newest().id]));
    for (let at = 0; at < 120; at++) {
      const expected = `${at % 3 === 0 ? "fresh" : "token"}-${at}`;
      expect(await reveal(vault.of({ system: "amocrm", person: `person-${at}` }).get("oauth"))).toBe(expected);
    }
  });

  it("goes past what cannot be decrypted and names it at the end", async () => {
    await fill(3);
    await database.query("update vault_secrets set nonce = decode('000000000000000000000000', 'hex') where owner = 'person-1'");
    await expect(vault.rotate({ batch: 1 })).rejects.toThrow(/2 encrypted anew; these could not be decrypted: amocrm oauth of person-1$/);
    expect(await reveal(vault.of({ system: "amocrm", person: "person-2" }).get("oauth"))).toBe("token-2");
  });

  it("of a key that stands in the environment says where to put a new one", async () => {
    keyring = await openKeyring({ key: newKeyLine(), data: folder, production: true });
    vault = open();
    await put("amocrm", "TOKEN", "value");
    await expect(vault.rotate()).rejects.toThrow(/ENCRYPTION_KEY.*SVYAZ_KEYRING/);
    writeFileSync(file, newKeyLine());
  });
});

describe("the list of secrets", () => {
  it("has names, owners, keys and ages, and no values", async () => {
    await put("confluence", "TOKEN", "value-of-confluence");
    await put("amocrm", "oauth", "value-of-anna", "anna");
    const list = await vault.list();
    expect(list).toEqual([
      { system: "amocrm", person: "anna", name: "oauth", keyId: keyring.newest().id, updatedAt: now() },
      { system: "confluence", person: undefined, name: "TOKEN", keyId: keyring.newest().id, updatedAt: now() },
    ]);
  });
});
