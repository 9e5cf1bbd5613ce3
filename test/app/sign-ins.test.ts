import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSignIns } from "../../src/conversation/sign-ins.js";
import type { Alert } from "../../src/domain/alert.js";
import { SignInNeeded } from "../../src/domain/errors.js";
import { newKeyLine } from "../../src/guard/key.js";
import { createKeyring, environmentKeySource } from "../../src/guard/keyring.js";
import { createVault } from "../../src/guard/vault.js";
import type { Database } from "../../src/platform/database.js";
import { anchorNow, openHarness, person } from "../connectors/harness.js";
import { type Authorization, paperbox, startAuthorization } from "../connectors/kit/oauth-vendor.js";
import { openTestDatabase } from "../support/database.js";

const anna = person("anna");
const owner = { system: "paperbox", person: "anna" };
const redirectUri = "https://svyaz.example.com/oauth/paperbox";
const key = newKeyLine();
let database: Database;
let vendor: Authorization;
let raised: Omit<Alert, "at">[];
let resolved: string[];
let passedMs: number;
const now = () => new Date(anchorNow.getTime() + passedMs);

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.query("delete from sign_ins");
  await database.query("delete from vault_secrets");
  vendor = await startAuthorization();
  [raised, resolved, passedMs] = [[], [], 0];
  return () => vendor.close();
});

/** A process of Svyaz with the real vault and the real table of sign-ins, on the common database. */
async function start() {
  const alerts = {
    raise: async (alert: Omit<Alert, "at">) => void raised.push(alert),
    resolve: async (one: string) => void resolved.push(one),
  };
  const signIns = createSignIns({ database, alerts, titleOf: () => "Paperbox", language: "en", now });
  const keyring = await createKeyring([environmentKeySource("ENCRYPTION_KEY", key)]);
  const environment = { PAPERBOX_CLIENT_ID: "app", PAPERBOX_CLIENT_SECRET: "app-secret" };
  const vault = createVault({ database, keyring, environment, note: async () => {}, now });
  const { systems } = openHarness(
    [paperbox],
    { PAPERBOX_BASE_URL: vendor.url },
    { vault, signIns, now, patience: { pauseMs: 2, budgetMs: 5_000 } },
  );
  const read = async () => {
    const { ready, missing } = await systems.for(anna, "documents", { trace: randomBytes(4).toString("hex") });
    if (missing[0]) throw missing[0].error;
    return ready[0]?.documents.read("1");
  };
  const signIn = async () => {
    const { url, verifier } = await systems.signIn.begin("paperbox", { state: "s", redirectUri });
    await systems.signIn.complete(owner, vendor.agree(url, "anna-there"), { state: "s", redirectUri, verifier, accept: async () => {} });
  };
  return { systems, signIns, read, signIn };
}

describe("sign-ins in the database, for several processes", () => {
  it("are encrypted, and renewed by one request for fifty calls of two processes", async () => {
    const [first, second] = [await start(), await start()];
    await first.signIn();
    const { rows } = await database.query("select * from vault_secrets");
    const sent = JSON.stringify(vendor.requests.at(-1)?.headers.authorization).slice(8, -1);
    expect(
      JSON.stringify(rows, (_key, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value)),
    ).not.toContain(sent);
    vendor.state.tokenRequests = 0;
    passedMs = 3_600_000;
    vendor.state.spoil = ["slow"];
    await Promise.all(Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? first : second).read()));
    expect(vendor.state.tokenRequests).toBe(1);
    await Promise.all([first.systems.close(), second.systems.close()]);
  });

  it("that are over raise one alert, whoever of many notices; the next sign-in resolves it", async () => {
    const [first, second] = [await start(), await start()];
    await first.signIn();
    vendor.forgetAll();
    vendor.state.tokenRequests = 0;
    passedMs = 3_600_000;
    const calls = await Promise.allSettled(Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? first : second).read()));
    expect(calls.every((call) => call.status === "rejected" && call.reason instanceof SignInNeeded)).toBe(true);
    await expect(second.read()).rejects.toBeInstanceOf(SignInNeeded);
    expect(raised.map(({ key: raisedKey }) => raisedKey)).toEqual(["signin:paperbox:anna"]);
    expect(raised[0]?.text).toContain("/connect paperbox");
    expect(vendor.state.tokenRequests).toBe(1);
    expect(await second.signIns.state(owner)).toBe("reconnect");
    expect(await second.signIns.toReconnect()).toEqual([owner]);
    resolved = [];
    await second.signIn();
    expect(resolved).toEqual(["signin:paperbox:anna"]);
    expect(await first.signIns.state(owner)).toBe("connected");
    await expect(first.read()).resolves.toBeDefined();
    await Promise.all([first.systems.close(), second.systems.close()]);
  });

  it.each([
    ["as the standard has it", { error: "invalid_client" }],
    ["in a vendor's own words", { hint: "Client authentication failed", title: "Unauthorized", status: 401 }],
  ])(
    "are kept when the vendor does not take the app (said %s): one alert names the settings, and it is asked rarely",
    async (_how, body) => {
      const svyaz = await start();
      await svyaz.signIn();
      [vendor.state.tokenRequests, passedMs] = [0, 3_600_000];
      vendor.state.refusals = Array.from({ length: 3 }, () => ({ status: 401, body }));
      const codes = async (calls: number) => {
        const results = await Promise.allSettled(Array.from({ length: calls }, () => svyaz.read()));
        return new Set(results.map((result) => (result.status === "fulfilled" ? "read" : (result.reason as { code: string }).code)));
      };
      expect(await codes(20)).toEqual(new Set(["settings-invalid"]));
      for (let call = 0; call < 5; call += 1) expect(await codes(1)).toEqual(new Set(["settings-invalid"]));
      expect(vendor.state.tokenRequests).toBe(1);
      expect(new Set(raised.map(({ key: raisedKey }) => raisedKey))).toEqual(new Set(["signin-app:paperbox"]));
      expect(raised[0]?.text).toMatch(/Check PAPERBOX_CLIENT_ID and PAPERBOX_CLIENT_SECRET/);
      expect(JSON.stringify(raised)).not.toContain("app-secret");
      expect(await svyaz.signIns.state(owner)).toBe("connected");

      passedMs += 61_000;
      await codes(3);
      expect(vendor.state.tokenRequests).toBe(2);
      // Mended at the vendor: everything goes on without a new sign-in.
      vendor.state.refusals = [];
      passedMs += 61_000;
      resolved = [];
      expect(await codes(3)).toEqual(new Set(["read"]));
      expect(vendor.state.tokenRequests).toBe(3);
      expect(resolved).toEqual(["signin-app:paperbox"]);
      await svyaz.systems.close();
    },
  );

  it("leave nothing behind when they are disconnected", async () => {
    const svyaz = await start();
    await svyaz.signIn();
    await svyaz.systems.signIn.disconnect(owner);
    expect((await database.query("select 1 from vault_secrets")).rows).toEqual([]);
    expect(await svyaz.signIns.state(owner)).toBeUndefined();
    await svyaz.systems.close();
  });
});
