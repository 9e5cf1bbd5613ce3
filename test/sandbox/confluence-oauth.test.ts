import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ConfluenceServer, startConfluence } from "../../src/sandbox/confluence/index.js";
import { company, library, TOKENS } from "./confluence-site.js";

const redirectUri = "https://svyaz.example.com/oauth/confluence";
const app = { clientId: "app-1", clientSecret: "secret-1", redirects: (uri: string) => uri === redirectUri };
const begun = Date.parse("2026-11-20T09:00:00.000Z");
let passedMs = 0;
let site: ConfluenceServer;
let origin: string;

beforeEach(async () => {
  passedMs = 0;
  site = await startConfluence({ company, library, edition: "cloud", tokens: TOKENS, app, now: () => new Date(begun + passedMs) });
  origin = new URL(site.url).origin;
});
afterEach(() => site.close());

const page = (more: Record<string, string>) => {
  const query = {
    client_id: app.clientId,
    state: "s",
    redirect_uri: redirectUri,
    response_type: "code",
    audience: "api.atlassian.com",
    scope: "offline_access",
    ...more,
  };
  return fetch(`${origin}/authorize?${new URLSearchParams(query).toString()}`, { redirect: "manual" });
};
const token = async (body: Record<string, string>) => {
  const answer = await fetch(`${origin}/oauth/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_id: app.clientId, client_secret: app.clientSecret, redirect_uri: redirectUri, ...body }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
};
const signIn = async (more: Record<string, string> = {}) => {
  const back = new URL((await page({ user: "anna", ...more })).headers.get("location") ?? "");
  return token({ grant_type: "authorization_code", code: back.searchParams.get("code") ?? "" });
};
const get = (path: string, access = "") => fetch(origin + path, { headers: { authorization: `Bearer ${access}` } });
const minute = 60_000;

describe("signing in to Confluence Cloud (3LO)", () => {
  it("lists the person's sites, and opens the site through the gateway in the person's name, not by its own address", async () => {
    const { body } = await signIn();
    const access = body["access_token"];
    const sites = (await (await get("/oauth/token/accessible-resources", access)).json()) as { id: string; url: string }[];
    const id = sites.find(({ url }) => url === origin)?.id ?? "";
    const me = await (await get(`/ex/confluence/${id}/wiki/rest/api/user/current`, access)).json();
    expect(me).toMatchObject({ email: "anna@example.com" });
    expect((await get("/wiki/rest/api/user/current", access)).status).toBe(401);
    expect((await get(`/ex/confluence/another/wiki/rest/api/user/current`, access)).status).toBe(401);
    passedMs = 60 * minute;
    expect((await get(`/ex/confluence/${id}/wiki/rest/api/user/current`, access)).status).toBe(401);
  });

  it("gives nothing to refresh with unless offline_access was asked for", async () => {
    expect((await signIn()).body).toHaveProperty("refresh_token");
    expect((await signIn({ scope: "read:page:confluence" })).body).not.toHaveProperty("refresh_token");
  });

  it("changes the refresh token at each use, and takes the old one ten minutes more", async () => {
    const { body } = await signIn();
    const refresh = (given = "") => token({ grant_type: "refresh_token", refresh_token: given });
    expect((await refresh(body["refresh_token"])).status).toBe(200);
    passedMs = 9 * minute;
    expect((await refresh(body["refresh_token"])).status).toBe(200);
    passedMs = 11 * minute;
    expect(await refresh(body["refresh_token"])).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });

  it("refuses a used code, a wrong secret, another way back and a page asked for badly", async () => {
    const back = new URL((await page({ user: "anna" })).headers.get("location") ?? "");
    const given = { grant_type: "authorization_code", code: back.searchParams.get("code") ?? "" };
    expect(await token({ ...given, client_secret: "wrong" })).toMatchObject({ status: 401, body: { error: "invalid_client" } });
    expect((await token({ ...given, redirect_uri: `${redirectUri}/` })).status).toBe(400);
    expect((await token(given)).status).toBe(200);
    expect((await token(given)).body).toMatchObject({ error: "invalid_grant" });
    expect((await page({ audience: "" })).status).toBe(400);
    expect((await page({ redirect_uri: "https://evil.example.com" })).status).toBe(400);
  });

  it("forgets the tokens of who took the access back", async () => {
    const { body } = await signIn();
    await site.oauth?.grants.revoke("anna");
    expect((await get("/oauth/token/accessible-resources", body["access_token"])).status).toBe(401);
  });
});
