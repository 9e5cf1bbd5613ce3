import { createHash } from "node:crypto";
import type { SandboxAnswer, SandboxRequest } from "../http.js";
import { consentPage, createGrants, type Grants, type RegisteredApp, sendBack } from "../grants.js";
import type { Account, Identities } from "./identities.js";

const HOUR = 3_600_000;
/** The vendor's: access an hour, refresh 90 idle days, and a used refresh token goes on for ten minutes. A code's life is not published. */
const LIFETIMES = { code: 10 * 60_000, access: HOUR, refresh: 90 * 24 * HOUR, grace: 10 * 60_000 };

export interface ConfluenceOAuth {
  readonly grants: Grants;
  readonly cloudId: string;
  /** Undefined: not a path of signing in. */
  answer(request: SandboxRequest, siteUrl: string): Promise<SandboxAnswer | undefined>;
  /** The gateway's path without the gateway's part, and who is asking; undefined where it is no path of the gateway. */
  gateway(request: SandboxRequest): { readonly path: string; readonly account: Account | undefined } | undefined;
}

/**
 * Atlassian's sign-in (3LO): `/authorize`, `/oauth/token`, the list of sites, and the gateway `/ex/confluence/<cloudId>`,
 * in the sandbox all on the site's own host. `user` names who signs in.
 */
export async function createOAuth(options: {
  readonly identities: Identities;
  readonly app: RegisteredApp;
  readonly dir?: string;
  readonly now: () => Date;
}): Promise<ConfluenceOAuth> {
  const { identities, app, now } = options;
  const grants = await createGrants({ dir: options.dir, name: "confluence-oauth", lifetimes: LIFETIMES, now });
  const cloudId = createHash("sha256")
    .update("cloud site")
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  const scopes = new Map<string, string>();

  function authorize(request: SandboxRequest): SandboxAnswer {
    const query = request.url.searchParams;
    const redirectUri = query.get("redirect_uri") ?? "";
    const wellFormed = query.get("response_type") === "code" && query.get("audience") === "api.atlassian.com";
    if (query.get("client_id") !== app.clientId || !app.redirects(redirectUri) || !wellFormed) {
      return { status: 400, headers: { "content-type": "text/html; charset=utf-8" }, body: "<h1>Something went wrong</h1>" };
    }
    const state = query.get("state") ?? "";
    if (query.has("decline")) return sendBack(redirectUri, { error: "access_denied", state });
    const account = identities.accounts.find(({ id }) => id === query.get("user"));
    if (!account) {
      const people = identities.accounts.map(({ id, displayName }) => ({ id, name: displayName }));
      return { status: 200, body: consentPage("Atlassian", request.url, people) };
    }
    scopes.set(account.id, query.get("scope") ?? "");
    return sendBack(redirectUri, { code: grants.code(account.id, redirectUri), state });
  }

  async function token(request: SandboxRequest): Promise<SandboxAnswer> {
    const body = (request.json() ?? {}) as Readonly<Record<string, unknown>>;
    const given = (name: string) => (typeof body[name] === "string" ? body[name] : "");
    if (given("client_id") !== app.clientId || given("client_secret") !== app.clientSecret) return refused(401, "invalid_client");
    const issued =
      given("grant_type") === "authorization_code"
        ? await grants.exchange(given("code"), given("redirect_uri"))
        : given("grant_type") === "refresh_token"
          ? await grants.refresh(given("refresh_token"))
          : undefined;
    if (issued === undefined) return refused(400, "unsupported_grant_type");
    if (typeof issued === "string") return refused(400, "invalid_grant");
    const scope = scopes.get(issued.user) ?? "";
    // Without offline_access an app gets nothing to refresh with.
    const offline = scope === "" || scope.split(" ").includes("offline_access");
    return {
      status: 200,
      body: {
        access_token: issued.access,
        expires_in: LIFETIMES.access / 1_000,
        ...(offline ? { refresh_token: issued.refresh } : {}),
        scope,
        token_type: "Bearer",
      },
    };
  }

  const bearer = (request: SandboxRequest): Account | undefined => {
    const id = grants.userOf(request.headers.authorization?.replace(/^Bearer /, "") ?? "");
    return identities.accounts.find((one) => one.id === id);
  };

  return {
    grants,
    cloudId,
    async answer(request, siteUrl) {
      switch (`${request.method} ${request.path}`) {
        case "GET /authorize":
          return authorize(request);
        case "POST /oauth/token":
          return token(request);
        case "GET /oauth/token/accessible-resources": {
          const account = bearer(request);
          if (!account) return { status: 401, body: { code: 401, message: "Unauthorized" } };
          const scope = (scopes.get(account.id) ?? "").split(" ").filter(Boolean);
          const elsewhere = {
            id: "00000000-0000-4000-8000-000000000000",
            url: "https://another.example.com",
            name: "another",
            scopes: scope,
          };
          return { status: 200, body: [elsewhere, { id: cloudId, url: siteUrl, name: "site", scopes: scope }] };
        }
        default:
          return undefined;
      }
    },
    gateway(request) {
      const found = /^\/ex\/confluence\/([^/]+)(\/.*)$/.exec(request.path);
      if (!found) return undefined;
      return { path: found[2] ?? "/", account: found[1] === cloudId ? bearer(request) : undefined };
    },
  };
}

function refused(status: number, error: string): SandboxAnswer {
  return { status, body: { error, error_description: error.replaceAll("_", " ") } };
}
