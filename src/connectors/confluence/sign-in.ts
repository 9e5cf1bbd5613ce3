import { z } from "zod";
import type { OAuth } from "../../domain/connector.js";
import { RequestRefused } from "../../domain/errors.js";
import { User } from "./answers.js";

interface Addresses {
  readonly BASE_URL: string;
  readonly SIGN_IN_URL: string;
  readonly GATEWAY_URL: string;
}

const Sites = z.array(z.object({ id: z.string().regex(/^[\w-]+$/), url: z.url() }));

/** Cloud only (3LO): each person with their own rights. Calls go through the gateway, because the site itself takes no such token. */
export const signInByBrowser: OAuth<Addresses> = {
  kind: "oauth2",
  // v2 asks for granular scopes, v1 (search, rights) for classic ones.
  scopes: [
    "read:page:confluence",
    "read:space:confluence",
    "read:attachment:confluence",
    "read:content-details:confluence",
    "search:confluence",
    "read:confluence-content.all",
    "read:confluence-content.permission",
    "read:confluence-user",
    "read:confluence-groups",
    "readonly:content.attachment:confluence",
    "offline_access",
  ],
  pkce: false,
  tokenRequests: "json",
  descriptions: {
    CLIENT_ID: "Cloud, people sign in as themselves: developer.atlassian.com, OAuth 2.0 app, Settings",
    CLIENT_SECRET: "Secret, same page",
  },

  authorizeUrl: ({ SIGN_IN_URL }) => `${SIGN_IN_URL}/authorize?audience=api.atlassian.com&prompt=consent`,
  tokenUrl: ({ SIGN_IN_URL }) => `${SIGN_IN_URL}/oauth/token`,

  baseUrl({ BASE_URL, GATEWAY_URL }, { cloudId }) {
    if (cloudId === undefined) return GATEWAY_URL;
    return `${GATEWAY_URL}/ex/confluence/${cloudId}${BASE_URL.endsWith("/wiki") ? "/wiki" : ""}`;
  },

  async afterSignIn({ BASE_URL }, http) {
    const sites = await http.request({ method: "GET", path: "/oauth/token/accessible-resources", answer: Sites });
    const { origin } = new URL(BASE_URL);
    // One may have been let into several sites; the configured one is meant.
    const site = sites.find(({ url }) => new URL(url).origin === origin);
    if (!site)
      throw new RequestRefused(`the sign-in does not open ${origin}: choose that site on the consent page`, { operation: "sign-in" });
    const path = `/ex/confluence/${site.id}/wiki/rest/api/user/current`;
    const { accountId } = await http.request({ method: "GET", path, answer: User });
    return { cloudId: site.id, ...(accountId === undefined ? {} : { user: accountId }) };
  },
};
