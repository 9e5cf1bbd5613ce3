import { afterEach, describe, expect, it } from "vitest";
import { amocrm } from "../../../src/connectors/amocrm/index.js";
import { confluence } from "../../../src/connectors/confluence/index.js";
import type { ConnectorDefinition } from "../../../src/domain/connector.js";
import { SignInNeeded } from "../../../src/domain/errors.js";
import { createAccount } from "../../../src/sandbox/amocrm/account.js";
import { startAmocrm } from "../../../src/sandbox/amocrm/index.js";
import { createCompany } from "../../../src/sandbox/company.js";
import { startConfluence } from "../../../src/sandbox/confluence/index.js";
import { createLibrary } from "../../../src/sandbox/library.js";
import { createMemoryVault } from "../../fakes/vault.js";
import { anchorNow, createFakeSignIns, openHarness, person } from "../harness.js";

const company = createCompany({ anchor: "2026-11-20" });
const library = createLibrary(company);
const closers: (() => Promise<unknown>)[] = [];
const clock = { passedMs: 0 };
const now = () => new Date(anchorNow.getTime() + clock.passedMs);
const anna = person("anna");
const owner = (system: string) => ({ system, person: "anna" });
const appFor = (system: string) => {
  const redirectUri = `https://svyaz.example.com/oauth/${system}`;
  return { redirectUri, app: { clientId: "app-1", clientSecret: "secret-of-app", redirects: (uri: string) => uri === redirectUri } };
};

afterEach(async () => {
  clock.passedMs = 0;
  await Promise.all(closers.splice(0).map((close) => close()));
});

function svyaz(definition: ConnectorDefinition, environment: Record<string, string>) {
  const vault = createMemoryVault(environment);
  const signIns = createFakeSignIns();
  const harness = openHarness([definition], environment, { vault, signIns, now });
  closers.push(() => harness.systems.close());
  return { ...harness, vault, signIns };
}

/** What a person does in the browser. */
async function browse(
  { systems }: ReturnType<typeof svyaz>,
  system: string,
  user: string,
  spoil = (query: Record<string, string>) => query,
) {
  const { redirectUri } = appFor(system);
  const { url } = await systems.signIn.begin(system, { state: "s", redirectUri });
  const to = new URL(url);
  to.searchParams.set("user", user);
  const back = new URL((await fetch(to, { redirect: "manual" })).headers.get("location") ?? "");
  const users: (string | undefined)[] = [];
  await systems.signIn.complete(owner(system), spoil(Object.fromEntries(back.searchParams)), {
    state: "s",
    redirectUri,
    accept: async (found) => void users.push(found),
  });
  return users[0];
}

describe("amoCRM by each person's own sign-in", () => {
  const userOf = (email: string) => String(createAccount(company).users.find((user) => user.email === email)?.id);

  async function open() {
    const { app } = appFor("amocrm");
    const server = await startAmocrm({ company, token: "service", perSecond: 1_000, app, now });
    closers.push(() => server.close());
    const one = svyaz(amocrm, {
      AMOCRM_BASE_URL: server.url,
      AMOCRM_REQUESTS_PER_SECOND: "50",
      AMOCRM_CLIENT_ID: app.clientId,
      AMOCRM_CLIENT_SECRET: app.clientSecret,
    });
    const ask = async () => {
      const { ready, missing } = await one.systems.for(anna, "crm", { trace: "t" });
      if (missing[0]) throw missing[0].error;
      return (await ready[0]?.crm.deals({}).page())?.items;
    };
    return { server, one, ask };
  }

  it("says who has signed in, works in their name, and renews the token after a day", async () => {
    const { server, one, ask } = await open();
    await expect(ask()).rejects.toMatchObject({ code: "sign-in-needed", connectable: true });
    expect(await browse(one, "amocrm", userOf("anna@example.com"))).toBe(userOf("anna@example.com"));
    await expect(ask()).resolves.not.toHaveLength(0);
    clock.passedMs = 86_400_000;
    await Promise.all(Array.from({ length: 10 }, ask));
    expect(server.grants?.counters()).toEqual({ exchanged: 1, refreshed: 1 });
  });

  it("gives its secret to no other account than the configured one", async () => {
    const { server, one } = await open();
    const before = server.counters().requests;
    await expect(browse(one, "amocrm", userOf("anna@example.com"), (query) => ({ ...query, referer: "evil.example.com" }))).rejects.toThrow(
      /another account/,
    );
    // The page itself, and nothing else.
    expect(server.counters().requests).toBe(before + 1);
    expect(one.vault.stored.size).toBe(0);
  });

  it("must be signed in to again when the vendor rotated and its answer was lost", async () => {
    const { server, one, ask } = await open();
    await browse(one, "amocrm", userOf("anna@example.com"));
    clock.passedMs = 86_400_000;
    server.faults.add({ kind: "cut", takesEffect: true, path: "/oauth2/access_token" });
    await expect(ask()).rejects.toBeInstanceOf(SignInNeeded);
    expect(one.signIns.said).toContain("lost amocrm:anna");
    expect(server.grants?.counters().refreshed).toBe(2);
  });

  it("is not lost when the token request never got through", async () => {
    const { server, one, ask } = await open();
    await browse(one, "amocrm", userOf("anna@example.com"));
    clock.passedMs = 86_400_000;
    server.faults.add({ kind: "cut", takesEffect: false, path: "/oauth2/access_token" });
    await expect(ask()).resolves.toBeDefined();
    expect(one.signIns.said).toEqual(["connected amocrm:anna"]);
  });

  it("leads to the vendor's page of the account's brand", () => {
    const [way] = amocrm.signIn;
    const page = (BASE_URL: string) => way?.kind === "oauth2" && way.authorizeUrl({ BASE_URL, REQUESTS_PER_SECOND: 5 });
    expect(page("https://romashka.amocrm.ru")).toBe("https://www.amocrm.ru/oauth?mode=popup");
    expect(page("https://romashka.kommo.com")).toBe("https://www.kommo.com/oauth?mode=popup");
  });
});

describe("Confluence Cloud by each person's own sign-in", () => {
  async function open(more: Record<string, string> = {}) {
    const { app } = appFor("confluence");
    const server = await startConfluence({ company, library, edition: "cloud", tokens: { svyaz: "service" }, app, now });
    closers.push(() => server.close());
    const { origin } = new URL(server.url);
    const one = svyaz(confluence, {
      CONFLUENCE_BASE_URL: server.url,
      CONFLUENCE_EDITION: "cloud",
      CONFLUENCE_SIGN_IN_URL: origin,
      CONFLUENCE_GATEWAY_URL: origin,
      CONFLUENCE_CLIENT_ID: app.clientId,
      CONFLUENCE_CLIENT_SECRET: app.clientSecret,
      CONFLUENCE_REQUESTS_PER_SECOND: "100",
      ...more,
    });
    const { identities, groups } = server.store;
    const own = [...groups.values()].filter(({ members }) => members.includes("anna")).map(({ name }) => identities.groupId(name));
    const linked = person("anna", [
      `confluence:user:${identities.byId("anna").accountId}`,
      ...own.map((group) => `confluence:group:${group}`),
    ]);
    const read = async (id: number) => {
      const { ready, missing } = await one.systems.for(linked, "documents", { trace: "t" });
      if (missing[0]) throw missing[0].error;
      return ready[0]?.documents.read(String(id));
    };
    return { server, one, read };
  }
  const seen = library.pages.find(({ key }) => library.mayRead("anna", key));
  const hidden = library.pages.find(({ key }) => !library.mayRead("anna", key));

  it("finds the site, calls it through the gateway, and shows what the person may read there and no more", async () => {
    const { server, one, read } = await open();
    expect(await browse(one, "confluence", "anna")).toBe(server.store.identities.byId("anna").accountId);
    expect((await read(seen?.id ?? 0))?.card.title).toBe(seen?.title);
    await expect(read(hidden?.id ?? 0)).rejects.toMatchObject({ code: "not-found" });
    const routes = Object.keys(server.counters().byRoute).filter((route) => route.includes("/wiki/"));
    expect(routes.length).toBeGreaterThan(0);
    expect(routes.every((route) => route.includes("/ex/confluence/"))).toBe(true);
  });

  it("keeps nothing when the person has no access to the configured site", async () => {
    const { one } = await open({ CONFLUENCE_BASE_URL: "https://elsewhere.atlassian.net" });
    await expect(browse(one, "confluence", "anna")).rejects.toThrow(/does not open https:\/\/elsewhere/);
    expect(one.vault.stored.size).toBe(0);
  });

  it("goes on when the vendor rotated and its answer was lost: the old token works ten minutes more", async () => {
    const { server, one, read } = await open();
    await browse(one, "confluence", "anna");
    clock.passedMs = 3_600_000;
    server.faults.add({ kind: "cut", takesEffect: true, path: "/oauth/token" });
    await expect(read(seen?.id ?? 0)).resolves.toBeDefined();
    expect(one.signIns.said).toEqual(["connected confluence:anna"]);
  });

  it("needs a new sign-in when the person took the access back there", async () => {
    const { server, one, read } = await open();
    await browse(one, "confluence", "anna");
    await server.oauth?.grants.revoke("anna");
    await expect(read(seen?.id ?? 0)).rejects.toBeInstanceOf(SignInNeeded);
    expect(one.signIns.said).toContain("lost confluence:anna");
  });
});
