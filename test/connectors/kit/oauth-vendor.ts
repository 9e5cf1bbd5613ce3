import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { defineConnector } from "../../../src/connectors/kit/define.js";
import { baseUrl } from "../../../src/connectors/kit/define.js";
import { listing } from "../../../src/connectors/kit/listing.js";
import type { OAuth } from "../../../src/domain/connector.js";
import { json, type Seen, startVendor } from "./vendor.js";

/** Seconds; the vendor's tokens of an hour. */
const lifeSeconds = 3_600;

/**
 * An authorization server and an API in one, as RFC 6749, 7636 and 7009 have them: S256 only, codes and refresh tokens work once.
 * Tests spoil the next token answer or change its rules.
 */
export async function startAuthorization() {
  const codes = new Map<string, { readonly user: string; readonly challenge: string; readonly redirectUri: string }>();
  const access = new Map<string, string>();
  const refresh = new Map<string, string>();
  const state = {
    tokenRequests: 0,
    revoked: [] as string[],
    /** What happens to the next token answers, one each. */
    spoil: [] as ("cut" | "error" | "slow")[],
    refusals: [] as { readonly status: number; readonly body: unknown }[],
  };
  const random = () => randomBytes(16).toString("hex");
  const pair = (user: string) => {
    const issued = { access_token: random(), refresh_token: random(), expires_in: lifeSeconds, token_type: "Bearer" };
    access.set(issued.access_token, user);
    refresh.set(issued.refresh_token, user);
    return issued;
  };
  const takeOnce = (tokens: Map<string, string>, token: string) => {
    const user = tokens.get(token);
    tokens.delete(token);
    return user;
  };

  const vendor = await startVendor((seen, response) => {
    const url = new URL(seen.url, "http://vendor.invalid");
    if (url.pathname === "/token") return token(seen, response);
    if (url.pathname === "/revoke") {
      const form = new URLSearchParams(seen.body);
      state.revoked.push(form.get("token") ?? "");
      return response.writeHead(200).end();
    }
    const user = access.get(seen.headers.authorization?.replace("Bearer ", "") ?? "");
    return user === undefined ? json(response, { error: "invalid_token" }, 401) : json(response, { user });
  });

  function token(seen: Seen, response: Parameters<typeof json>[0]): void {
    state.tokenRequests += 1;
    const form = new URLSearchParams(seen.body);
    const refused = state.refusals.shift();
    if (refused) return json(response, refused.body, refused.status);
    if (form.get("client_secret") !== "app-secret") return json(response, { error: "invalid_client" }, 401);
    const spoilt = state.spoil.shift();
    if (spoilt === "error") return void response.writeHead(502).end("bad gateway");
    const answer = grant(form);
    if (answer === undefined) return json(response, { error: "invalid_grant", error_description: form.get("refresh_token") }, 400);
    if (spoilt === "cut") return void response.destroy();
    if (spoilt === "slow") return void setTimeout(() => json(response, answer), 150);
    return json(response, answer);
  }

  function grant(form: URLSearchParams) {
    if (form.get("grant_type") === "refresh_token") {
      const user = takeOnce(refresh, form.get("refresh_token") ?? "");
      return user === undefined ? undefined : pair(user);
    }
    const code = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (!code || code.challenge !== challenge || code.redirectUri !== form.get("redirect_uri")) return undefined;
    return pair(code.user);
  }

  return {
    ...vendor,
    state,
    /** What the browser brings back when `user` agrees on the page. */
    agree(page: string, user: string): Record<string, string> {
      const query = new URL(page).searchParams;
      if (query.get("code_challenge_method") !== "S256") throw new Error("the page was asked for without S256");
      const code = random();
      codes.set(code, { user, challenge: query.get("code_challenge") ?? "", redirectUri: query.get("redirect_uri") ?? "" });
      return { code, state: query.get("state") ?? "" };
    },
    /** All access tokens stop working, whatever time they had. */
    forgetAccess: () => access.clear(),
    /** The person takes the consent back at the vendor. */
    forgetAll: () => (access.clear(), refresh.clear()),
  };
}

export type Authorization = Awaited<ReturnType<typeof startAuthorization>>;

const signIn: OAuth<{ readonly BASE_URL: string }> = {
  kind: "oauth2",
  scopes: ["read"],
  pkce: true,
  authorizeUrl: ({ BASE_URL }) => `${BASE_URL}/authorize?theme=dark`,
  tokenUrl: ({ BASE_URL }) => `${BASE_URL}/token`,
  revokeUrl: ({ BASE_URL }) => `${BASE_URL}/revoke`,
  async afterSignIn(_settings, http) {
    return http.request({ method: "GET", path: "/me", answer: z.object({ user: z.string() }) });
  },
};

/** A connector that answers who it is asked as. */
export const paperbox = defineConnector({
  id: "paperbox",
  title: "Paperbox",
  families: ["documents"],
  settings: z.object({ BASE_URL: baseUrl() }),
  signIn: [signIn, { kind: "secret", names: ["TOKEN"] }],
  limits: () => ({ perSecond: 10_000, atOnce: 60 }),
  open: (_settings, { http, signedIn }) => ({
    documents: {
      search: () => listing(async () => ({ items: [] })),
      readable: async (ids) => ids,
      read: async (id) => {
        const { user } = await http.request({ method: "GET", path: "/me", answer: z.object({ user: z.string() }) });
        const card = { ref: { system: "paperbox", kind: "page", id }, title: id, updatedAt: new Date(0), readers: "everyone" as const };
        return { card, content: { markdown: `${user} ${signedIn["user"] ?? ""}` }, attachments: [] };
      },
    },
    check: async () => void (await http.request({ method: "GET", path: "/me", answer: z.unknown() })),
  }),
});
