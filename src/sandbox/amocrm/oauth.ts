import type { SandboxAnswer, SandboxRequest } from "../http.js";
import { consentPage, createGrants, type Grants, type RegisteredApp, sendBack, type Spent } from "../grants.js";
import type { AmoAccount, AmoUser } from "./account.js";

const DAY = 86_400_000;
/** The vendor's: a code 20 minutes, access a day, refresh three months, and a used refresh token is spent at once. */
const LIFETIMES = { code: 20 * 60_000, access: DAY, refresh: 90 * DAY, grace: 0 };

export interface AmocrmOAuth {
  readonly grants: Grants;
  /** Undefined: not a path of signing in. */
  answer(request: SandboxRequest): Promise<SandboxAnswer | undefined>;
  /** Whose access token it is. */
  userOf(authorization: string | undefined): AmoUser | undefined;
}

/**
 * Signing in to the account: the vendor's page at `/oauth`, the token endpoint at `/oauth2/access_token`.
 * `user` names who signs in.
 */
export async function createOAuth(options: {
  readonly account: AmoAccount;
  readonly app: RegisteredApp;
  readonly dir?: string;
  readonly now: () => Date;
  /** "127.0.0.1:41234" */
  readonly host: () => string;
}): Promise<AmocrmOAuth> {
  const { account, app, now, host } = options;
  const grants = await createGrants({ dir: options.dir, name: "amocrm-oauth", lifetimes: LIFETIMES, now });

  function authorize(request: SandboxRequest): SandboxAnswer {
    const query = request.url.searchParams;
    const redirectUri = query.get("redirect_uri") ?? "";
    if (query.get("client_id") !== app.clientId || !app.redirects(redirectUri)) {
      return { status: 400, headers: { "content-type": "text/html; charset=utf-8" }, body: "<h1>Integration not found</h1>" };
    }
    const state = query.get("state") ?? "";
    if (query.has("decline")) return sendBack(redirectUri, { error: "access_denied", state });
    const user = account.users.find(({ id }) => String(id) === query.get("user"));
    if (!user) {
      const people = account.users.map(({ id, name }) => ({ id: String(id), name }));
      return { status: 200, body: consentPage("amoCRM", request.url, people) };
    }
    const code = grants.code(String(user.id), redirectUri);
    return sendBack(redirectUri, { code, state, referer: host(), client_id: app.clientId });
  }

  async function token(request: SandboxRequest): Promise<SandboxAnswer> {
    const body = (request.json() ?? {}) as Readonly<Record<string, unknown>>;
    const given = (name: string) => (typeof body[name] === "string" ? body[name] : "");
    if (given("client_id") !== app.clientId || given("client_secret") !== app.clientSecret) {
      return refused(401, "Client authentication failed");
    }
    if (!app.redirects(given("redirect_uri"))) return refused(400, "Redirect URI does not match");
    const issued =
      given("grant_type") === "authorization_code"
        ? await grants.exchange(given("code"), given("redirect_uri"))
        : given("grant_type") === "refresh_token"
          ? await grants.refresh(given("refresh_token"))
          : undefined;
    if (issued === undefined) return refused(400, "Unsupported grant type");
    if (typeof issued === "string") {
      const what = given("grant_type") === "refresh_token" ? "Token" : "Authorization code";
      return refused(given("grant_type") === "refresh_token" ? 401 : 400, HINTS[issued](what));
    }
    return {
      status: 200,
      body: {
        token_type: "Bearer",
        expires_in: LIFETIMES.access / 1_000,
        server_time: Math.floor(now().getTime() / 1_000),
        access_token: issued.access,
        refresh_token: issued.refresh,
      },
    };
  }

  return {
    grants,
    async answer(request) {
      const route = `${request.method} ${request.path}`;
      if (route === "GET /oauth") return authorize(request);
      return route === "POST /oauth2/access_token" ? token(request) : undefined;
    },
    userOf(authorization) {
      const id = grants.userOf(authorization?.replace(/^Bearer /, "") ?? "");
      return account.users.find((user) => String(user.id) === id);
    },
  };
}

const HINTS: Readonly<Record<Spent, (what: string) => string>> = {
  unknown: (what) => `${what} has been revoked`,
  used: (what) => `${what} has been revoked`,
  expired: (what) => `${what} has expired`,
  "other-redirect": () => "Redirect URI does not match",
};

function refused(status: number, hint: string): SandboxAnswer {
  return {
    status,
    headers: { "content-type": "application/problem+json" },
    body: { hint, title: "Unauthorized", type: "https://developers.amocrm.ru/v3/errors/OAuthProblemJson", status, detail: "Unauthorized" },
  };
}
