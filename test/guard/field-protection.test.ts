import { createSecretKey, randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ConnectorDefinition } from "../../src/domain/connector.js";
import type { Entity } from "../../src/domain/entity.js";
import { SecretUnreadable } from "../../src/domain/errors.js";
import { createFieldProtection, protectFields } from "../../src/guard/field-protection.js";
import { newKeyLine, readKey } from "../../src/guard/key.js";
import { createKeyring } from "../../src/guard/keyring.js";
import { createVault } from "../../src/guard/vault.js";
import type { Database } from "../../src/platform/database.js";
import { applyChanges } from "../../src/sync/apply.js";
import { createMirrors } from "../../src/sync/mirror.js";
import { openTestDatabase, quiet } from "../support/database.js";

const now = new Date("2026-11-20T09:00:00.000Z");
const root = createSecretKey(randomBytes(32));
const sensitive = (system: string) => (system === "amocrm" ? ["phones", "emails", "passport", "salary"] : []);
const protection = protectFields(root, sensitive);

const company = { system: "amocrm", kind: "company", id: "1" };
function client(id: string, more: Partial<Entity> = {}): Entity {
  return {
    ref: { system: "amocrm", kind: "contact", id },
    title: "Иванова Анна",
    readers: "everyone",
    relations: [{ kind: "company", to: company }],
    keys: { inn: "7707083893", phones: ["+7 900 000-00-01"], emails: ["Anna@Example.com"] },
    fields: { passport: "4510 000001", salary: 0, city: "Тверь", note: null },
    ...more,
  };
}

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => database.query("delete from system_integrations"));

const anna = { id: "anna", name: "Anna", language: "ru", timeZone: "Europe/Moscow", roles: ["sales"], principals: [] } as const;
const store = (entity: Entity, by = protection) =>
  database.transaction((tx) => applyChanges(tx, [{ kind: "upsert", entity }], now, undefined, by));
const stored = async () =>
  (await database.query<{ line: string }>("select e::text as line from system_integrations e")).rows.map(({ line }) => line).join();
const read = async (by = protection) =>
  (
    await createMirrors({
      database,
      access: { decide: async () => ({ effect: "allow", scope: "all" }) },
      systems: { configured: [{ system: "amocrm", definition: { families: ["crm"] } as unknown as ConnectorDefinition }] },
      open: (ref, fields) => by.open(ref, fields),
    })(anna)
      .related(company)
      .page()
  ).items.map(({ fields }) => fields);

describe("what a connector marks as sensitive", () => {
  it("stands in the database encrypted, and the mirror shows it as it was", async () => {
    await store(client("c1"));
    expect(await stored()).not.toMatch(/4510|900|000-00-01|example/i);
    expect(await stored()).toMatch(/Тверь.*7707083893|7707083893.*Тверь/);
    expect(await read()).toEqual([{ passport: "4510 000001", salary: 0, city: "Тверь", note: null }]);
  });

  it("does not open in another record or under another name, or changed, and the record is named", async () => {
    const sealed = protection.seal(client("c1")).fields;
    expect(() => protection.open({ ...client("c2").ref }, sealed)).toThrow(/amocrm:contact:c2 passport/);
    expect(() => protection.open(client("c1").ref, { salary: sealed["passport"] ?? null })).toThrow(SecretUnreadable);
    const text = String(sealed["passport"]);
    const bytes = Buffer.from(text.slice("sealed:1:".length), "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => protection.open(client("c1").ref, { passport: `sealed:1:${changed.toString("base64url")}` })).toThrow(SecretUnreadable);
    }
    expect(() => protectFields(createSecretKey(randomBytes(32)), sensitive).open(client("c1").ref, sealed)).toThrow(SecretUnreadable);
  });

  it("is left out and not stored in the open where there is no key", async () => {
    await store(client("c1"), protectFields(undefined, sensitive));
    expect(await stored()).not.toMatch(/4510|900|example/i);
    expect(await read(protectFields(undefined, sensitive))).toEqual([{ city: "Тверь", note: null }]);
  });

  it("is not taken for encrypted because a stranger's text looks so", async () => {
    const entity = client("c1", { fields: { city: "sealed:1:AAAA" } });
    await store(entity);
    expect(await read()).toEqual([{ city: "sealed:1:AAAA" }]);
  });

  it("keeps nothing that clients are known by where a writer forgets the protection", async () => {
    await database.transaction((tx) => applyChanges(tx, [{ kind: "upsert", entity: client("c1") }], now));
    expect(await stored()).not.toMatch(/900|example|7707083893/i);
  });
});

describe("marks to match clients by", () => {
  it("find one client in another system's spelling", async () => {
    await store(client("c1"));
    const asked = [
      ["phones", protection.blindIndex("phones", "8 (900) 000 00 01")],
      ["emails", protection.blindIndex("emails", " anna@example.com ")],
      ["inn", protection.blindIndex("inn", "7707 083893")],
    ] as const;
    for (const [kind, mark] of asked) {
      const { rowCount } = await database.query("select from system_integrations where keys -> 'match' -> $1 ? $2", [kind, mark]);
      expect(rowCount).toBe(1);
    }
  });

  it("say nothing to who has no key, and do not mix kinds", () => {
    const marks = [
      protection.blindIndex("phones", "9000000001"),
      protection.blindIndex("inn", "9000000001"),
      protectFields(createSecretKey(randomBytes(32)), sensitive).blindIndex("phones", "9000000001"),
    ];
    expect(new Set(marks).size).toBe(3);
    expect(protectFields(undefined, sensitive).blindIndex("phones", "9000000001")).toBeUndefined();
    expect([protection.blindIndex("phones", "нет"), protection.blindIndex("emails", "  ")]).toEqual([undefined, undefined]);
  });
});

describe("the mirror's own key", () => {
  it("lies in the vault, outlives a restart and a rotation of the keyring, and touches no mirrored row", async () => {
    const lines = [newKeyLine()];
    const source = {
      name: "test",
      load: async () => lines.map((line) => readKey(line, "test")),
      add: async () => void lines.push(newKeyLine()),
    };
    const start = async () => {
      const vault = createVault({
        database,
        keyring: await createKeyring([source]),
        environment: {},
        note: async () => {},
        now: () => now,
      });
      return { vault, protection: await createFieldProtection({ vault, mayStore: true, sensitive, log: quiet }) };
    };
    const first = await start();
    await store(client("c1"), first.protection);
    const before = await stored();
    await first.vault.rotate();
    expect(await stored()).toBe(before);
    const second = await start();
    expect(await read(second.protection)).toMatchObject([{ passport: "4510 000001" }]);
    expect(second.protection.blindIndex("inn", "7707083893")).toBe(first.protection.blindIndex("inn", "7707083893"));
  });
});
