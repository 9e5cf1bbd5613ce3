import { z } from "zod";
import type { OAuth } from "../../domain/connector.js";
import { RequestRefused } from "../../domain/errors.js";
import { Account } from "./answers.js";

const Me = Account.extend({ current_user_id: z.number() });
const Hint = z.object({ hint: z.string() });

/**
 * Each person with their own rights. The vendor takes no PKCE and no scopes (they are ticked in the integration), writes its
 * refusals in `hint`, and spends a refresh token at its first use: after an answer that was lost one signs in again.
 */
export const signInByBrowser: OAuth<{ readonly BASE_URL: string }> = {
  kind: "oauth2",
  scopes: [],
  pkce: false,
  tokenRequests: "json",
  descriptions: {
    CLIENT_ID: "People sign in as themselves: integration ID, tab Keys and scopes of the integration",
    CLIENT_SECRET: "Secret key, same tab",
  },

  authorizeUrl({ BASE_URL }) {
    const { hostname, origin } = new URL(BASE_URL);
    const brand = ["amocrm.ru", "amocrm.com", "kommo.com"].find((domain) => hostname.endsWith(`.${domain}`));
    return `${brand === undefined ? origin : `https://www.${brand}`}/oauth?mode=popup`;
  },

  tokenUrl({ BASE_URL }, { referer }) {
    const { host } = new URL(BASE_URL);
    // `referer` names the account that was signed in to; the secret is for the configured one alone.
    if (referer !== undefined && referer.replace(/^https?:\/\//, "") !== host) {
      throw new RequestRefused(`the sign-in was to another account of amoCRM than ${host}`, { operation: "sign-in" });
    }
    return `${BASE_URL}/oauth2/access_token`;
  },

  grantRefused(status, body) {
    if (status !== 400 && status !== 401) return false;
    const said = Hint.safeParse(parsed(body));
    return said.success && /^(token|authorization code) has (been revoked|expired)/i.test(said.data.hint);
  },

  async afterSignIn(_settings, http) {
    const { current_user_id } = await http.request({ method: "GET", path: "/api/v4/account", answer: Me });
    return { user: String(current_user_id) };
  },
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
