import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RequestRefused, SettingsInvalid, SignInNeeded, SystemUnavailable } from "../../../src/domain/errors.js";
import { createMemoryVault } from "../../fakes/vault.js";
import { anchorNow, createFakeSignIns, openHarness, person } from "../harness.js";
import { type Authorization, paperbox, startAuthorization } from "./oauth-vendor.js";

const redirectUri = "https://svyaz.example.com/oauth/paperbox";
const anna = person("anna");
const hour = 3_600_000;

let vendor: Authorization;
let vault: ReturnType<typeof createMemoryVault>;
let signIns: ReturnType<typeof createFakeSignIns>;
let passedMs: number;
let opened: ReturnType<typeof openHarness>[];

beforeEach(async () => {
  vendor = await startAuthorization();
  vault = createMemoryVault({ PAPERBOX_CLIENT_ID: "app", PAPERBOX_CLIENT_SECRET: "app-secret" });
  signIns = createFakeSignIns();
  passedMs = 0;
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map(({ systems }) => systems.close()));
  await vendor.close();
});

/** One process of Svyaz; several share the vault. */
function start(patience = { pauseMs: 2, budgetMs: 5_000, attempts: 1 }) {
  const environment = { PAPERBOX_BASE_URL: vendor.url };
  const now = () => new Date(anchorNow.getTime() + passedMs);
  const harness = openHarness([paperbox], environment, { vault, signIns, now, patience });
  opened.push(harness);
  return harness;
}

async function signInAs(
  { systems }: ReturnType<typeof start>,
  owner: { system: string; person?: string },
  user: string,
  accept = async () => {},
) {
  const { url, verifier } = await systems.signIn.begin("paperbox", { state: "s-1", redirectUri });
  await systems.signIn.complete(owner, vendor.agree(url, user), { state: "s-1", redirectUri, verifier, accept });
}

async function read({ systems }: ReturnType<typeof start>, who = anna): Promise<string> {
  const { ready, missing } = await systems.for(who, "documents", { trace: "t" });
  if (missing[0]) throw missing[0].error;
  const { content } = (await ready[0]?.documents.read("1")) ?? {};
  return content && "markdown" in content ? content.markdown : "";
}

describe("signing in to a system", () => {
  it("asks the vendor's page for a code with state, S256 and the exact way back, keeping what the address had", async () => {
    const { systems } = start();
    const { url, verifier } = await systems.signIn.begin("paperbox", { state: "s-1", redirectUri });
    const page = new URL(url);
    expect(page.origin + page.pathname).toBe(`${vendor.url}/authorize`);
    expect(Object.fromEntries(page.searchParams)).toMatchObject({
      theme: "dark",
      response_type: "code",
      client_id: "app",
      redirect_uri: redirectUri,
      scope: "read",
      state: "s-1",
      code_challenge_method: "S256",
    });
    expect(verifier?.length).toBeGreaterThan(40);
    expect(url).not.toContain(verifier);
    expect(url).not.toContain("app-secret");
  });

  it("lets a person in under their own name, and nobody else with them", async () => {
    const svyaz = start();
    await expect(read(svyaz)).rejects.toMatchObject({ code: "sign-in-needed", connectable: true });
    await signInAs(svyaz, { system: "paperbox", person: "anna" }, "anna-there");
    expect(await read(svyaz)).toBe("anna-there anna-there");
    await expect(read(svyaz, person("boris"))).rejects.toBeInstanceOf(SignInNeeded);
    expect(signIns.said).toEqual(["connected paperbox:anna"]);
  });

  it("takes a system's own sign-in for those who have none of theirs, and changes over when they get one", async () => {
    const svyaz = start();
    await signInAs(svyaz, { system: "paperbox" }, "service");
    expect(await read(svyaz)).toBe("service service");
    await signInAs(svyaz, { system: "paperbox", person: "anna" }, "anna-there");
    expect(await read(svyaz)).toBe("anna-there anna-there");
    await svyaz.systems.signIn.disconnect({ system: "paperbox", person: "anna" });
    expect(await read(svyaz)).toBe("service service");
  });

  it.each<[string, (callback: Record<string, string>) => Record<string, string>]>([
    ["a state that was not ours", (callback) => ({ ...callback, state: "another" })],
    ["no state", ({ code = "" }) => ({ code })],
    ["an invented code", (callback) => ({ ...callback, code: "invented" })],
    ["no code", ({ state = "" }) => ({ state })],
    ["the vendor's refusal", ({ state = "" }) => ({ state, error: "access_denied" })],
    ["another issuer (mix-up)", (callback) => ({ ...callback, iss: "https://evil.example.com" })],
  ])("keeps nothing after %s", async (_what, spoil) => {
    const { systems } = start();
    const { url, verifier } = await systems.signIn.begin("paperbox", { state: "s-1", redirectUri });
    const back = spoil(vendor.agree(url, "anna"));
    const done = systems.signIn.complete({ system: "paperbox", person: "anna" }, back, {
      state: "s-1",
      redirectUri,
      verifier,
      accept: async () => {},
    });
    await expect(done).rejects.toThrow(/paperbox: sign-in/);
    expect(vault.stored.size).toBe(0);
    expect(signIns.said).toEqual([]);
  });

  it("takes a code once, with its verifier and its way back only", async () => {
    const { systems } = start();
    const { url, verifier } = await systems.signIn.begin("paperbox", { state: "s-1", redirectUri });
    const owner = { system: "paperbox", person: "anna" };
    const accept = async () => {};
    const stolen = vendor.agree(url, "anna");
    await expect(systems.signIn.complete(owner, stolen, { state: "s-1", redirectUri, verifier: "x".repeat(43), accept })).rejects.toThrow();
    const elsewhere = { state: "s-1", redirectUri: `${redirectUri}/`, verifier, accept };
    await expect(systems.signIn.complete(owner, vendor.agree(url, "anna"), elsewhere)).rejects.toThrow();
    const good = vendor.agree(url, "anna");
    await systems.signIn.complete(owner, good, { state: "s-1", redirectUri, verifier, accept });
    await expect(systems.signIn.complete(owner, good, { state: "s-1", redirectUri, verifier, accept })).rejects.toThrow();
  });

  it("gives the token back when it turns out to be somebody else's", async () => {
    const svyaz = start();
    const accept = async () => {
      throw new RequestRefused("not theirs");
    };
    await expect(signInAs(svyaz, { system: "paperbox", person: "anna" }, "boris-there", accept)).rejects.toThrow("not theirs");
    expect(vault.stored.size).toBe(0);
    expect(vendor.state.revoked).toHaveLength(1);
  });

  it("revokes at the vendor and erases here when it is disconnected, once", async () => {
    const svyaz = start();
    const owner = { system: "paperbox", person: "anna" };
    await signInAs(svyaz, owner, "anna-there");
    await expect(svyaz.systems.signIn.disconnect(owner)).resolves.toEqual({ erased: true, revoked: true });
    expect(vendor.state.revoked).toHaveLength(1);
    expect(vault.stored.size).toBe(0);
    await expect(read(svyaz)).rejects.toBeInstanceOf(SignInNeeded);
    await expect(svyaz.systems.signIn.disconnect(owner)).resolves.toEqual({ erased: false, revoked: false });
  });

  it("erases here even when the vendor does not answer", async () => {
    const svyaz = start();
    const owner = { system: "paperbox", person: "anna" };
    await signInAs(svyaz, owner, "anna-there");
    await vendor.close();
    await expect(svyaz.systems.signIn.disconnect(owner)).resolves.toEqual({ erased: true, revoked: false });
    expect(vault.stored.size).toBe(0);
  });
});

describe("a token that has run out", () => {
  const owner = { system: "paperbox", person: "anna" };

  it("is renewed by one request for fifty calls of two processes, and the new pair is stored before it is used", async () => {
    const [first, second] = [start(), start()];
    await signInAs(first, owner, "anna-there");
    vendor.state.tokenRequests = 0;
    passedMs = hour;
    vendor.state.spoil = ["slow"];
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => read(at % 2 === 0 ? first : second)));
    expect(new Set(answers)).toEqual(new Set(["anna-there anna-there"]));
    expect(vendor.state.tokenRequests).toBe(1);
    const kept = JSON.parse(vault.stored.get("paperbox|anna|oauth") ?? "{}") as { access: string };
    expect(vendor.requests.at(-1)?.headers.authorization).toBe(`Bearer ${kept.access}`);
  });

  it("is renewed a minute before its end, not earlier", async () => {
    const svyaz = start();
    await signInAs(svyaz, owner, "anna-there");
    vendor.state.tokenRequests = 0;
    passedMs = hour - 61_000;
    await read(svyaz);
    expect(vendor.state.tokenRequests).toBe(0);
    passedMs = hour - 59_000;
    await read(svyaz);
    expect(vendor.state.tokenRequests).toBe(1);
  });

  it("is renewed once after a 401, for all who met it", async () => {
    const svyaz = start();
    await signInAs(svyaz, owner, "anna-there");
    vendor.state.tokenRequests = 0;
    vendor.forgetAccess();
    const answers = await Promise.all(Array.from({ length: 20 }, () => read(svyaz)));
    expect(new Set(answers)).toEqual(new Set(["anna-there anna-there"]));
    expect(vendor.state.tokenRequests).toBe(1);
  });

  it("ends the sign-in when the vendor takes it no more: one request, one word, then refusals at once", async () => {
    const svyaz = start();
    await signInAs(svyaz, owner, "anna-there");
    vendor.forgetAll();
    vendor.state.tokenRequests = 0;
    passedMs = hour;
    const calls = await Promise.allSettled(Array.from({ length: 20 }, () => read(svyaz)));
    expect(calls.every((call) => call.status === "rejected" && call.reason instanceof SignInNeeded)).toBe(true);
    const sent = vendor.requests.length;
    await expect(read(svyaz)).rejects.toMatchObject({ code: "sign-in-needed", connectable: true });
    await expect(read(start())).rejects.toBeInstanceOf(SignInNeeded);
    expect(vendor.state.tokenRequests).toBe(1);
    expect(vendor.requests.length).toBe(sent);
    expect(new Set(signIns.said)).toEqual(new Set(["connected paperbox:anna", "lost paperbox:anna"]));
    await signInAs(svyaz, owner, "anna-there");
    expect(await read(svyaz)).toBe("anna-there anna-there");
  });

  it("stays as it is when the vendor has trouble, and the next call goes on", async () => {
    const svyaz = start();
    await signInAs(svyaz, owner, "anna-there");
    const before = vault.stored.get("paperbox|anna|oauth");
    passedMs = hour;
    vendor.state.spoil = ["error"];
    await expect(read(svyaz)).rejects.toBeInstanceOf(SystemUnavailable);
    expect(vault.stored.get("paperbox|anna|oauth")).toBe(before);
    expect(await read(svyaz)).toBe("anna-there anna-there");
    expect(signIns.said).not.toContain("lost paperbox:anna");
  });

  it("is lost when the vendor rotated and its answer never came, where old tokens are spent at once", async () => {
    const svyaz = start();
    await signInAs(svyaz, owner, "anna-there");
    passedMs = hour;
    vendor.state.spoil = ["cut"];
    await expect(read(svyaz)).rejects.toBeInstanceOf(SystemUnavailable);
    await expect(read(svyaz)).rejects.toBeInstanceOf(SignInNeeded);
    expect(signIns.said.filter((line) => line.startsWith("lost")).length).toBeGreaterThan(0);
  });

  it("is not given up for a wrong secret of the app: that is the admin's to mend", async () => {
    const svyaz = start();
    await signInAs(svyaz, owner, "anna-there");
    passedMs = hour;
    vendor.state.refusals = [{ status: 401, body: { error: "invalid_client" } }];
    await expect(read(svyaz)).rejects.toBeInstanceOf(SettingsInvalid);
    passedMs += 60_000;
    expect(await read(svyaz)).toBe("anna-there anna-there");
  });

  it.each([
    { status: 200, body: [] },
    { status: 200, body: { access_token: "" } },
    { status: 200, body: "<html>" },
    { status: 418, body: null },
    { status: 400, body: { error: { deep: 1 } } },
  ])("survives a nonsensical answer of the token endpoint: $status $body", async (refusal) => {
    const svyaz = start();
    await signInAs(svyaz, owner, "anna-there");
    passedMs = hour;
    vendor.state.refusals = [refusal];
    await expect(read(svyaz)).rejects.toMatchObject({
      code: expect.stringMatching(/answer-unexpected|request-refused|system-unavailable/) as string,
    });
    expect(await read(svyaz)).toBe("anna-there anna-there");
  });

  it("never shows tokens, codes or the app's secret in errors and logs", async () => {
    const svyaz = start();
    await signInAs(svyaz, owner, "anna-there");
    const kept = JSON.parse(vault.stored.get("paperbox|anna|oauth") ?? "{}") as { access: string; refresh: string };
    vendor.forgetAll();
    passedMs = hour;
    const error = await read(svyaz).catch((thrown: unknown) => thrown);
    const { inspect } = await import("node:util");
    const shown = `${inspect(error, { depth: 9 })} ${svyaz.log.lines.join("\n")} ${JSON.stringify(svyaz.audit.rows)}`;
    for (const secret of [kept.access, kept.refresh, "app-secret"]) expect(shown).not.toContain(secret);
  });
});
