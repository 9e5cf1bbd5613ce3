import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type AmocrmSandbox, startAmocrm } from "../../src/sandbox/amocrm/index.js";
import { createAccount } from "../../src/sandbox/amocrm/account.js";
import { company, NOW, TOKEN } from "./amocrm-account.js";

const redirectUri = "https://svyaz.example.com/oauth/amocrm";
const app = { clientId: "app-1", clientSecret: "secret-1", redirects: (uri: string) => uri === redirectUri };
const anna = createAccount(company).users.find(({ email }) => email === "anna@example.com");
let passedMs = 0;
let amo: AmocrmSandbox;

const open = async (dir?: string) => {
  amo = await startAmocrm({ company, token: TOKEN, perSecond: 1_000, app, dir, now: () => new Date(NOW.getTime() + passedMs) });
};
afterEach(async () => {
  passedMs = 0;
  await amo.close();
});

const page = (more: Record<string, string>) =>
  fetch(`${amo.url}/oauth?${new URLSearchParams({ client_id: app.clientId, state: "s", redirect_uri: redirectUri, ...more }).toString()}`, {
    redirect: "manual",
  });
const token = async (body: Record<string, string>) => {
  const answer = await fetch(`${amo.url}/oauth2/access_token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_id: app.clientId, client_secret: app.clientSecret, redirect_uri: redirectUri, ...body }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
};
const codeFor = async () => {
  const back = new URL((await page({ user: String(anna?.id) })).headers.get("location") ?? "");
  return Object.fromEntries(back.searchParams);
};
const signIn = async () => token({ grant_type: "authorization_code", code: (await codeFor())["code"] ?? "" });
const me = async (access = "") => {
  const answer = await fetch(`${amo.url}/api/v4/account`, { headers: { authorization: `Bearer ${access}` } });
  return {
    status: answer.status,
    user: answer.status === 200 ? ((await answer.json()) as { current_user_id: number }).current_user_id : undefined,
  };
};
const day = 86_400_000;

describe("signing in to the amoCRM account", () => {
  it("asks who one is, and goes back with code, state and the account's host", async () => {
    await open();
    expect(await (await page({})).text()).toContain(anna?.name);
    expect(await codeFor()).toMatchObject({ state: "s", referer: new URL(amo.url).host, client_id: app.clientId });
    const declined = new URL((await page({ decline: "1" })).headers.get("location") ?? "");
    expect(declined.searchParams.get("error")).toBe("access_denied");
  });

  it("sends nobody to another address than the registered one, and knows no other app", async () => {
    await open();
    expect((await page({ redirect_uri: `${redirectUri}/`, user: String(anna?.id) })).status).toBe(400);
    expect((await page({ client_id: "app-2" })).status).toBe(400);
  });

  it("gives a token of a day with the rights of who signed in, which ends", async () => {
    await open();
    const { status, body } = await signIn();
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 86_400 });
    expect(await me(body["access_token"])).toEqual({ status: 200, user: anna?.id });
    passedMs = day + 1;
    expect((await me(body["access_token"])).status).toBe(401);
  });

  it("takes a code once and for twenty minutes, with the right secret and way back", async () => {
    await open();
    const { code = "" } = await codeFor();
    const given = { grant_type: "authorization_code", code };
    expect((await token({ ...given, client_secret: "wrong" })).status).toBe(401);
    expect((await token({ ...given, redirect_uri: "https://evil.example.com" })).status).toBe(400);
    expect((await token(given)).status).toBe(200);
    expect(await token(given)).toMatchObject({ status: 400, body: { hint: "Authorization code has been revoked" } });
    const later = await codeFor();
    passedMs = 20 * 60_000;
    expect(await token({ ...given, code: later["code"] ?? "" })).toMatchObject({ body: { hint: "Authorization code has expired" } });
  });

  it("changes the refresh token at each use and takes the old one never again", async () => {
    await open();
    const first = (await signIn()).body;
    const refresh = (given = "") => token({ grant_type: "refresh_token", refresh_token: given });
    const second = await refresh(first["refresh_token"]);
    expect(second.status).toBe(200);
    expect(second.body["refresh_token"]).not.toBe(first["refresh_token"]);
    expect(await refresh(first["refresh_token"])).toMatchObject({ status: 401, body: { hint: "Token has been revoked" } });
    passedMs = 91 * day;
    expect(await refresh(second.body["refresh_token"])).toMatchObject({ status: 401, body: { hint: "Token has expired" } });
  });

  it("forgets the tokens of who took the access back", async () => {
    await open();
    const { body } = await signIn();
    await amo.grants?.revoke(String(anna?.id));
    expect((await me(body["access_token"])).status).toBe(401);
    expect((await token({ grant_type: "refresh_token", refresh_token: body["refresh_token"] ?? "" })).status).toBe(401);
  });

  it("knows its tokens after a restart", async () => {
    const dir = mkdtempSync(join(tmpdir(), "svyaz-amo-"));
    await open(dir);
    const { body } = await signIn();
    await amo.close();
    await open(dir);
    expect((await me(body["access_token"])).status).toBe(200);
    expect((await token({ grant_type: "refresh_token", refresh_token: body["refresh_token"] ?? "" })).status).toBe(200);
    rmSync(dir, { recursive: true });
  });
});
